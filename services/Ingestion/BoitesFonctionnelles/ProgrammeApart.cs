using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Win32.SafeHandles;
using SuiviCourrier.ServiceDefaults.Fichiers;

namespace SuiviCourrier.Ingestion.BoitesFonctionnelles;

/// <summary>
/// This program started once more, to open what may hang or kill whoever opens it. It has no configuration, no secret and no database; a file goes
/// in by its input, what it found comes out; it is ended when it takes too long.
/// </summary>
internal static class ProgrammeApart
{
    /// <summary>Bytes of an answer worth reading: texts are cut before.</summary>
    private const long MaxAnswer = 64L << 20;

    /// <summary>What it ends with when the disk it writes to is full (ENOSPC).</summary>
    private const int NoRoom = 28;

    private static readonly string[] s_passedOn = ["PATH", "HOME", "TMPDIR", "TEMP", "TMP", "SystemRoot", "LANG", "DOTNET_ROOT", "DOTNET_STARTUP_HOOKS"];

    /// <param name="arguments">Of the verb; the last one, the limit in milliseconds, is added.</param>
    /// <param name="memory">Bytes of managed memory it may use.</param>
    /// <returns>Its answer, from its beginning; null when it gave none in time.</returns>
    /// <exception cref="IOException">Its disk is full: that says nothing about the file.</exception>
    public static async Task<MemoryStream?> RunAsync(
        string verb, IReadOnlyList<string> arguments, SafeFileHandle input, TimeSpan limit, long memory, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        ending.CancelAfter(limit);
        Process? process = null;
        try
        {
            process = Process.Start(StartOf([verb, .. arguments, ((long)limit.TotalMilliseconds).ToString(CultureInfo.InvariantCulture)], memory))!;
            var errors = process.StandardError.BaseStream.CopyToAsync(Stream.Null, ending.Token);
            var giving = GiveAsync(input, process.StandardInput.BaseStream, ending.Token);
            var answer = await AnswerAsync(process.StandardOutput.BaseStream, ending.Token);
            await process.WaitForExitAsync(ending.Token);
            if (process.ExitCode == NoRoom)
            {
                throw new IOException("No room is left for the file to be read", NoRoom);
            }

            await Task.WhenAll(errors, giving);
            return process.ExitCode == 0 ? answer : null;
        }
        catch (Exception failure) when (
            !cancellationToken.IsCancellationRequested && failure is OperationCanceledException or IOException or Win32Exception && !DisquePlein.IsCauseOf(failure))
        {
            return null; // it hangs, has died, or cannot be started
        }
        finally
        {
            if (process is { HasExited: false })
            {
                process.Kill(entireProcessTree: true);
            }

            process?.Dispose();
        }
    }

    /// <summary>Inside it: does the work, within a time, since whoever started it may have died and nobody else would end it.</summary>
    /// <returns>The exit code to end with.</returns>
    public static async Task<int> WorkAsync(TimeSpan limit, Func<Task> workAsync)
    {
        await using var deadline = new Timer(
            _ =>
            {
                using var self = Process.GetCurrentProcess();
                self.Kill();
            },
            null, limit, Timeout.InfiniteTimeSpan);
        try
        {
            await workAsync();
            return 0;
        }
        catch (IOException full) when (DisquePlein.IsCauseOf(full))
        {
            return NoRoom;
        }
    }

    /// <summary>By its position in the file, not by that of the stream: a reader that hangs may still move it.</summary>
    private static async Task GiveAsync(SafeFileHandle message, Stream input, CancellationToken cancellationToken)
    {
        var buffer = new byte[64 << 10];
        long at = 0;
        int read;
        while ((read = await RandomAccess.ReadAsync(message, buffer, at, cancellationToken)) > 0)
        {
            await input.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            at += read;
        }

        input.Close();
    }

    private static async Task<MemoryStream> AnswerAsync(Stream output, CancellationToken cancellationToken)
    {
        var answer = new MemoryStream();
        var buffer = new byte[64 << 10];
        int read;
        while ((read = await output.ReadAsync(buffer, cancellationToken)) > 0)
        {
            answer.Write(buffer, 0, read);
            if (answer.Length > MaxAnswer)
            {
                throw new IOException("The answer is too long");
            }
        }

        answer.Position = 0;
        return answer;
    }

    private static ProcessStartInfo StartOf(IEnumerable<string> arguments, long memory)
    {
        var library = Path.Combine(AppContext.BaseDirectory, "Host.dll");
        var itself = Environment.ProcessPath;
        var isProgram = itself is not null && Path.GetFileNameWithoutExtension(itself) == "Host";
        var start = new ProcessStartInfo(isProgram ? itself! : itself is not null && Path.GetFileNameWithoutExtension(itself) == "dotnet" ? itself : "dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (!isProgram)
        {
            start.ArgumentList.Add(library);
        }

        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment.Clear();
        foreach (var name in s_passedOn)
        {
            if (Environment.GetEnvironmentVariable(name) is { } value)
            {
                start.Environment[name] = value;
            }
        }

        start.Environment["DOTNET_GCHeapHardLimit"] = memory.ToString("x", CultureInfo.InvariantCulture);
        start.Environment["DOTNET_gcServer"] = "0";
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        return start;
    }
}
