using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using SuiviCourrier.TestSupport;

namespace SuiviCourrier.EndToEnd.Api;

/// <summary>The examples of docs/guide/api.md, taken out of it and run as a reader would.</summary>
public sealed partial class GuideTests
{
    private RunningCourrier _courrier = null!;
    private Dictionary<string, string> _environment = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _courrier = await RunningCourrier.StartAsync();
        var key = await ApiKey.CreateAsync(_courrier, ["enregistrer_courrier", "lire_courrier", "lister_courriers"], "DCL");
        var pdf = Path.Combine(_courrier.Folder, "lettre.pdf");
        await File.WriteAllBytesAsync(pdf, Encoding.ASCII.GetBytes("%PDF-1.7\nUne lettre\n%%EOF"));
        _environment = new()
        {
            ["COURRIER"] = _courrier.BaseAddress.GetLeftPart(UriPartial.Authority),
            ["CLE"] = key.Secret,
            ["PDF"] = pdf,
        };
    }

    [OneTimeTearDown]
    public async Task StopAsync() => await _courrier.DisposeAsync();

    [Test]
    public async Task Curl_OfTheGuide_RegistersReadsAndLists()
    {
        var output = await RunAsync("bash", ["-c", ExampleOf("curl")]);

        Assert.That(output, Does.Contain("\"numero_chrono\":\"ARR-").And.Contain("\"type_mime\":\"application/pdf\"").And.Contain("\"courriers\":["));
    }

    [Test]
    public async Task CSharp_OfTheGuide_RegistersReadsAndLists()
    {
        var folder = Directory.CreateTempSubdirectory("courrier-guide-").FullName;
        try
        {
            var program = Path.Combine(folder, "courrier.cs");
            await File.WriteAllTextAsync(program, ExampleOf("csharp"));

            var output = await RunAsync("dotnet", ["run", program]);

            Assert.That(output, Does.Match(@"ARR-\d{4}-\d{5} : réponse attendue pour le 20\d\d-\d\d-\d\d").And.Contain("affecte, 1 fichier").And.Contain("courrier(s) en retard"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string ExampleOf(string name)
    {
        var found = Example().Matches(Repository.Read("docs/guide/api.md")).Single(m => m.Groups["name"].Value == name);
        return found.Groups["code"].Value;
    }

    private async Task<string> RunAsync(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, StandardOutputEncoding = Encoding.UTF8 };
        foreach (var (name, value) in _environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(3));
        Assert.That(process.ExitCode, Is.Zero, $"{await output}\n{await errors}");
        return await output;
    }

    [GeneratedRegex(@"<!-- exemple : (?<name>\w+) -->\n```\w+\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Example();
}
