using System.Diagnostics;
using System.Globalization;
using System.Text;
using SuiviCourrier.TestSupport.Processes;

namespace SuiviCourrier.Host.Tests.Scripts;

/// <summary>A verb as a script runs it: what it answers, what it says meanwhile, and its exit code.</summary>
/// <param name="Processor">What it took of the processors, its start included: the same whoever else is at work on this machine.</param>
internal sealed record ScriptRun(int ExitCode, string Output, string Errors, TimeSpan Processor)
{
    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public static async Task<ScriptRun> RunAsync(
        IEnumerable<string> arguments, string? input = null, IReadOnlyDictionary<string, string?>? settings = null)
    {
        const string Measured = "TIMEFORMAT='%U %S'; time \"$@\"";
        var start = new ProcessStartInfo("bash", ["-c", Measured, "bash", "dotnet", HostProcess.BuiltProgram, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            WorkingDirectory = Path.GetTempPath(),
        };
        foreach (var (name, value) in settings ?? new Dictionary<string, string?>())
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        await process.WaitForExitAsync(limit.Token);
        var said = (await errors).TrimEnd('\n');
        var measure = said.LastIndexOf('\n') + 1;
        var seconds = said[measure..].Split(' ').Sum(s => double.Parse(s, CultureInfo.InvariantCulture));
        return new ScriptRun(process.ExitCode, await output, said[..measure], TimeSpan.FromSeconds(seconds));
    }
}
