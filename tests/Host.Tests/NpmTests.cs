using System.Runtime.InteropServices;
using SuiviCourrier.TestSupport;
using SuiviCourrier.TestSupport.Processes;

namespace SuiviCourrier.Host.Tests;

/// <summary>The step of the build that fetches page assets and PostgreSQL, run alone, on a machine whose npm is ours or missing.</summary>
public sealed class NpmTests
{
    private string _folder = "";

    private string Calls => Path.Combine(_folder, "appels");

    [SetUp]
    public void MakeMachine()
    {
        _folder = Directory.CreateTempSubdirectory("courrier-npm-").FullName;
        var programs = Directory.CreateDirectory(Path.Combine(_folder, "programmes")).FullName;
        File.CreateSymbolicLink(Path.Combine(programs, "sh"), "/bin/sh");
        File.WriteAllText(Path.Combine(_folder, "package-lock.json"), """{"lockfileVersion": 3}""");
        File.WriteAllText(Calls, "");
    }

    [TearDown]
    public void Remove() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task Build_WithoutNpm_SaysWhatToInstallInBothLanguages()
    {
        var (exitCode, output) = await BuildAsync();

        Assert.That(exitCode, Is.EqualTo(1));
        Assert.That(output, Does.Contain("COURRIER001").And.Contain("npm est introuvable : installez Node.js 20").And.Contain("npm was not found"));
    }

    [Test]
    public async Task Build_CallsNpmOnlyWhenTheLockFileHasChanged()
    {
        var npm = Path.Combine(_folder, "programmes", "npm");
        await File.WriteAllTextAsync(npm, $"#!/bin/sh\necho \"$@\" >> '{Calls}'\n");
        File.SetUnixFileMode(npm, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        Assert.That((await BuildAsync()).ExitCode, Is.Zero);
        Assert.That(await File.ReadAllTextAsync(Calls), Does.Contain("ci --ignore-scripts"));

        await File.WriteAllTextAsync(Calls, "");
        Assert.That((await BuildAsync()).ExitCode, Is.Zero);
        Assert.That(await File.ReadAllTextAsync(Calls), Is.Empty, "nothing had changed");

        await File.WriteAllTextAsync(Path.Combine(_folder, "package-lock.json"), """{"lockfileVersion": 3, "name": "x"}""");
        Assert.That((await BuildAsync()).ExitCode, Is.Zero);
        Assert.That(await File.ReadAllTextAsync(Calls), Does.Contain("ci --ignore-scripts"));
    }

    private async Task<(int ExitCode, string Output)> BuildAsync()
    {
        var dotnet = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));
        await using var build = ChildProcess.Start(
            dotnet,
            [
                "msbuild", Path.Combine(Repository.Root, "services", "Presentation", "Npm.targets"), "-t:InstallNpmPackages", "-nologo", "-v:m",
                $"-p:NpmLock={Path.Combine(_folder, "package-lock.json")}", $"-p:NpmInstalledLock={Path.Combine(_folder, "installed-lock.json")}",
            ],
            new Dictionary<string, string?> { ["PATH"] = Path.Combine(_folder, "programmes"), ["DOTNET_CLI_HOME"] = _folder, ["MSBUILDDISABLENODEREUSE"] = "1" });
        return (await build.ExitAsync(TimeSpan.FromMinutes(5)), build.Output);
    }
}
