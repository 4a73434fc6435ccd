using System.Runtime.Versioning;
using SuiviCourrier.TestSupport.Processes;

namespace SuiviCourrier.TestSupport.Mail;

/// <summary>
/// Where a mail server keeps everything of one test. Mail servers refuse to deliver as root: as root the mail belongs to nobody,
/// otherwise to ourselves.
/// </summary>
[UnsupportedOSPlatform("windows")]
internal sealed class ServerFolder : IDisposable
{
    public ServerFolder(string server)
    {
        Path = Directory.CreateTempSubdirectory($"courrier-{server}-").FullName;
        File.SetUnixFileMode(Path, (UnixFileMode)0b111_101_101);
    }

    public string Path { get; }

    public static bool IsRoot => Environment.IsPrivilegedProcess;

    public static string User => IsRoot ? "nobody" : Environment.UserName;

    public static async Task<(string Uid, string Gid, string Group)> OwnerAsync() =>
        ((await ChildProcess.RunAsync("id", "-u", User)).Trim(), (await ChildProcess.RunAsync("id", "-g", User)).Trim(),
            (await ChildProcess.RunAsync("id", "-gn", User)).Trim());

    public string Write(string name, string content)
    {
        var path = System.IO.Path.Combine(Path, name);
        File.WriteAllText(path, content);
        return path;
    }

    /// <summary>Makes a folder (with its parents below ours) the mail user's.</summary>
    public async Task<string> OwnedAsync(string name)
    {
        var path = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(path);
        await GiveAsync(path);
        return path;
    }

    public static async Task GiveAsync(string path)
    {
        if (IsRoot)
        {
            await ChildProcess.RunAsync("chown", "-R", $"{User}:", path);
        }
    }

    public static string Program(string variable, string usual)
    {
        var program = Environment.GetEnvironmentVariable(variable) is { Length: > 0 } named ? named : usual;
        return File.Exists(program)
            ? program
            : throw new InvalidOperationException($"{program} is missing: tests/run installs it, or {variable} names it");
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
