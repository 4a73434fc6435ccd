namespace SuiviCourrier.TestSupport.Processes;

/// <summary>One installation served by several processes, each with one role; any of them may be killed and started again.</summary>
public sealed class Fleet(Installation installation, int perRole) : IAsyncDisposable
{
    private static readonly string[] s_roles = ["portail", "ingestion", "echeances"];

    public IReadOnlyList<Member> Members { get; } = [.. Enumerable.Range(0, perRole).SelectMany(_ => s_roles).Select(role => new Member(installation, role))];

    /// <summary>Where people and programs may knock.</summary>
    public IReadOnlyList<Uri> Portails => [.. Members.Where(m => m.Role == "portail").Select(m => m.Address)];

    public async Task StartAsync()
    {
        foreach (var member in Members)
        {
            member.Launch();
        }

        await UntilReadyAsync();
    }

    public async Task UntilReadyAsync()
    {
        foreach (var member in Members)
        {
            await member.UntilReadyAsync();
        }
    }

    public async Task StopAsync()
    {
        foreach (var member in Members)
        {
            await member.StopAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var member in Members)
        {
            await member.KillAsync();
        }
    }

    public sealed class Member(Installation installation, string role)
    {
        private ChildProcess? _process;

        public string Role => role;

        public Uri Address { get; } = new($"http://127.0.0.1:{FreePort.Next()}");

        public string Output => _process?.Output ?? "";

        public void Launch() => _process = installation.Launch(Address, ["--roles", role]);

        public async Task UntilReadyAsync()
        {
            using var client = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromMinutes(1) };
            await _process!.UntilAnswersAsync(client, "/sante/pret");
        }

        /// <summary>SIGKILL: nothing is finished, nothing is put away.</summary>
        public async Task KillAsync()
        {
            if (_process is not null)
            {
                await _process.DisposeAsync();
                _process = null;
            }
        }

        /// <summary>SIGTERM, and waits until everything is put away.</summary>
        public async Task StopAsync()
        {
            if (_process is not null)
            {
                var exitCode = await _process.StopAsync(within: TimeSpan.FromMinutes(1));
                if (exitCode != 0)
                {
                    throw new InvalidOperationException($"The process with the role {role} ended with {exitCode}: {Output}");
                }

                await KillAsync();
            }
        }
    }
}
