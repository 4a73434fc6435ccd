using System.Globalization;

namespace SuiviCourrier.Host.Embedded;

/// <summary>
/// The system account PostgreSQL runs under: ours, except when we are root, whom PostgreSQL refuses.
/// </summary>
internal sealed record PostgresAccount(string? User, string? Group)
{
    private static readonly PostgresAccount s_ours = new(null, null);

    public bool IsOurs => User is null;

    /// <param name="existingData">Data that already have an owner.</param>
    public static async Task<PostgresAccount> ForAsync(string existingData, CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows() || !Environment.IsPrivilegedProcess)
        {
            return s_ours;
        }

        if (Directory.Exists(existingData) && await OwnerOfAsync(existingData, cancellationToken) is { User: not "0" } owner)
        {
            return owner;
        }

        var accounts = (await File.ReadAllLinesAsync("/etc/passwd", cancellationToken)).Select(line => line.Split(':')).Where(line => line.Length > 3).ToList();
        var account = accounts.Find(a => a[0] == "postgres") ?? accounts.Find(a => a[0] == "nobody")
            ?? throw new RefusedException("PostgreSQL ne fonctionne pas sous le compte root, et aucun compte « postgres » ou « nobody » n’existe sur cette machine : lancez Courrier sous un compte ordinaire.");
        return new PostgresAccount(account[2], account[3]);
    }

    /// <summary>The words of a command, run under this account.</summary>
    public IEnumerable<string> Run(params string[] words) =>
        IsOurs ? words : ["setpriv", $"--reuid={User}", $"--regid={Group}", "--clear-groups", "--", .. words];

    /// <summary>Gives a file or a folder, with everything in it, to this account.</summary>
    public async Task OwnAsync(string path, CancellationToken cancellationToken)
    {
        if (!IsOurs)
        {
            var (exitCode, output) = await SystemProgram.RunAsync("/", ["chown", "-R", $"{User}:{Group}", path], cancellationToken);
            if (exitCode != 0)
            {
                throw new RefusedException($"Le dossier « {path} » ne peut pas être confié au compte de PostgreSQL ({output}).");
            }
        }
    }

    private static async Task<PostgresAccount> OwnerOfAsync(string folder, CancellationToken cancellationToken)
    {
        var (_, output) = await SystemProgram.RunAsync("/", ["stat", "-c", "%u %g", folder], cancellationToken);
        var words = output.Split(' ');
        return words.Length == 2 && int.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out _)
            ? new PostgresAccount(words[0], words[1])
            : new PostgresAccount("0", "0");
    }
}
