using System.ComponentModel;
using System.Diagnostics;

namespace SuiviCourrier.Host.Embedded;

/// <summary>Runs a program of the machine to its end.</summary>
internal static class SystemProgram
{
    /// <returns>Exit code, and what it said on both outputs.</returns>
    public static async Task<(int ExitCode, string Output)> RunAsync(string folder, IEnumerable<string> words, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(words.First(), words.Skip(1))
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["LC_ALL"] = "C";
        try
        {
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var error = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return (process.ExitCode, (await output + await error).Trim());
        }
        catch (Win32Exception)
        {
            throw new RefusedException($"Le programme « {start.FileName} » est introuvable ou ne peut pas être lancé.");
        }
    }
}
