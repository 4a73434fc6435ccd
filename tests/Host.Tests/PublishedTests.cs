using SuiviCourrier.TestSupport.Processes;

namespace SuiviCourrier.Host.Tests;

/// <summary>The published program, without its sources, and under an account that may do little.</summary>
public sealed class PublishedTests
{
    private string _folder = "";

    private string Program => Path.Combine(_folder, "Host.dll");

    [OneTimeSetUp]
    public async Task PublishAsync()
    {
        _folder = Directory.CreateTempSubdirectory("courrier-publie-").FullName;
        File.SetUnixFileMode(_folder, (UnixFileMode)0b111_101_101);
        await ChildProcess.RunAsync(
            "dotnet", "publish", Path.Combine(TestSupport.Repository.Root, "services", "Host"), "-c", TestSupport.Repository.Configuration, "--no-build", "-v", "q", "-o", _folder);
        await ChildProcess.RunAsync("chmod", "-R", "a+rX", _folder);
    }

    [OneTimeTearDown]
    public void Remove() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task Serve_UnderAnOrdinaryAccount_IsReadyWithItsPagesAssets()
    {
        await using var installation = new EmbeddedFolder((UnixFileMode)0b111_111_111);
        await using var host = HostProcess.Start(installation.Folder, user: Environment.IsPrivilegedProcess ? "nobody" : null, program: Program);

        var address = await host.ReadyAsync();

        using var client = new HttpClient { BaseAddress = address };
        Assert.That((await client.GetByteArrayAsync(new Uri("/dsfr/dsfr.min.css", UriKind.Relative))).Length, Is.GreaterThan(100_000));
        Assert.That((await client.GetByteArrayAsync(new Uri("/dsfr/icons/system/add-line.svg", UriKind.Relative))).Length, Is.GreaterThan(50));
        Assert.That((await client.GetByteArrayAsync(new Uri("/htmx/htmx.min.js", UriKind.Relative))).Length, Is.GreaterThan(10_000));
        Assert.That(File.Exists(Path.Combine(_folder, "polices", "DejaVuSans.ttf")));
        Assert.That(installation.Base, Is.EqualTo(installation.Folder), "an ordinary account keeps its database in its own folder");
        Assert.That(await host.StopAsync(), Is.Zero);
        Assert.That(installation.Postmaster, Is.Null);
    }

    [Test]
    public async Task Serve_WithoutThePagesAssets_SaysWhatToDo()
    {
        await using var installation = new EmbeddedFolder();
        var css = Path.Combine(_folder, "wwwroot", "dsfr", "dsfr.min.css");
        File.Move(css, css + ".ailleurs");
        try
        {
            await using var host = HostProcess.Start(installation.Folder, program: Program);
            Assert.That(await host.ExitAsync(), Is.EqualTo(1));
            Assert.That(host.Output, Does.Contain("npm").And.Not.Contain("   at "));
        }
        finally
        {
            File.Move(css + ".ailleurs", css);
        }
    }
}
