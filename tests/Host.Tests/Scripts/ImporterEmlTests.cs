using System.Text;
using System.Text.Json;
using SuiviCourrier.TestSupport.Processes;
using static SuiviCourrier.TestSupport.Eventually;

namespace SuiviCourrier.Host.Tests.Scripts;

public sealed class ImporterEmlTests
{
    private Installation _installation = null!;
    private string _folder = null!;

    [SetUp]
    public async Task CreateAsync()
    {
        _installation = await Installation.CreateAsync();
        _folder = Directory.CreateDirectory(Path.Combine(_installation.Folder, "ancien")).FullName;
    }

    /// <summary>Names that are no text are not found by .NET.</summary>
    [TearDown]
    public async Task RemoveAsync()
    {
        await ChildProcess.RunAsync("rm", "-rf", _folder);
        await _installation.DisposeAsync();
    }

    [Test]
    public async Task Import_FilesOfAnyNameAndBytes_GivesEachOneFateAndTheSameOneAgain()
    {
        Write("a.eml", Message("claire@exemple.example", "Une question"));
        Write("sous dossier/sans extension", Message("paul@exemple.example", "Une autre"));
        Write("b.eml", Message("claire@exemple.example", "Une question"));
        Write("lettre.eml", Message("lettre@exemple.example", "Nos offres", "List-Unsubscribe: <mailto:x@exemple.example>\n"));
        Write("vide", "");
        File.WriteAllBytes(Path.Combine(_folder, "scan.pdf"), [.. "%PDF-1.7\n"u8, .. new byte[300]]);
        await ChildProcess.RunAsync("bash", "-c", $"cd '{_folder}' && cp vide \"$(printf 'na\\xefve\\xff')\" && mkfifo tube && printf x > $'deux\\nlignes'");

        var first = await ImportAsync();
        var second = await ImportAsync();

        Assert.That(first.ExitCode, Is.Zero, first.Errors);
        Assert.That(
            first.Lines.Select(Fate),
            Is.EqualTo(new[]
            {
                "a.eml courrier a-envoyer", "b.eml rattache non", "deux\nlignes ecarte non", "lettre.eml ecarte non", "na\uFFFDve\uFFFD ecarte non",
                "scan.pdf ecarte non", "sous dossier/sans extension courrier a-envoyer", "vide ecarte non",
            }));
        Assert.That(second.Lines.Select(WithoutTime), Is.EqualTo(first.Lines.Select(WithoutTime)), "run again, it tells the fates that were given");
        Assert.That(await CountAsync("SELECT count(*) FROM ingestion.courriers"), Is.EqualTo(2));
        Assert.That(await CountAsync("SELECT count(*) FROM ingestion.messages_recus"), Is.EqualTo(8));
    }

    [Test]
    public async Task Import_OfTheSameContent_TellsTheCourrierItRepeats()
    {
        Write("1", Message("claire@exemple.example", "Une question"));
        Write("2", Message("claire@exemple.example", "Une question"));

        var run = await ImportAsync();
        var (one, two) = (Read(run.Lines[0]), Read(run.Lines[1]));

        Assert.Multiple(() =>
        {
            Assert.That(one.GetProperty("chrono").GetString(), Does.StartWith("ARR-"));
            Assert.That(two.GetProperty("chrono").GetString(), Is.EqualTo(one.GetProperty("chrono").GetString()));
            Assert.That(two.GetProperty("motif").GetString(), Is.Not.Empty);
            Assert.That(one.GetProperty("ms").GetDouble(), Is.GreaterThan(0));
        });
    }

    [TestCase("Received: from b by a; Fri, 20 Nov 2020 23:30:00 +0000\nReceived: from c by b; Thu, 19 Nov 2020 10:00:00 +0000\n", "2020-11-21", TestName = "Import_ByItsTopmostReceivedLine_IsDatedInTheZoneOfTheSite")]
    [TestCase("Received: from b by a; Fri, 20 Nov 2099 10:00:00 +0000\n", null, TestName = "Import_WithAReceptionInTheFuture_IsDatedToday")]
    [TestCase("Received: from b by a; hier matin\n", null, TestName = "Import_WithAnUnreadableReception_IsDatedToday")]
    [TestCase("Date: Mon, 6 Jan 2020 10:00:00 +0100\n", null, TestName = "Import_WithoutAReception_IsDatedToday")]
    public async Task Import_DatesTheReception(string headers, string? expected)
    {
        Write("a", headers + Message("claire@exemple.example", "Une question"));

        await ImportAsync();

        Assert.That(
            await CountAsync("SELECT count(*) FROM ingestion.courriers WHERE recu_le = coalesce($1::date, (now() AT TIME ZONE 'Europe/Paris')::date)", (object?)expected ?? DBNull.Value),
            Is.EqualTo(1));
    }

    [TestCase(false, 7)]
    [TestCase(true, 5)]
    public async Task Import_SevenMessagesOfOneAddress_CapsTheAcknowledgementsOnlyWhenAsked(bool isCapped, int expected)
    {
        for (var n = 0; n < 7; n++)
        {
            Write($"{n}.eml", Message("claire@exemple.example", $"Question {n}"));
        }

        var run = await ImportAsync(isCapped ? ["--plafonds"] : []);

        Assert.That(run.Lines.Count(l => Read(l).GetProperty("accuse").GetString() == "a-envoyer"), Is.EqualTo(expected));
        Assert.That(
            run.Lines.Select(Read).Where(l => l.GetProperty("accuse").GetString() == "non").Select(l => l.GetProperty("motif").GetString()),
            Is.All.Contain("à cette adresse"));
    }

    [Test]
    public async Task Import_BesideARunningHost_IsAcknowledgedByIt()
    {
        await _installation.StartAsync();
        Write("a", Message("claire@exemple.example", "Une question"));

        var run = await ImportAsync();

        Assert.That(Fate(run.Lines.Single()), Is.EqualTo("a courrier a-envoyer"));
        var sent = Path.Combine(_installation.Folder, "courriels-sortants");
        await EventuallyAsync("the acknowledgement never left", () => Task.FromResult(Directory.Exists(sent) && Directory.EnumerateFiles(sent, "*.eml").Any()));
    }

    [TestCase("--boite contact /nulle/part", "n’existe pas")]
    [TestCase("--boite inconnue .", "« inconnue » n’est pas connue ; les boîtes sont contact")]
    [TestCase(".", "--boite")]
    public async Task Import_OfWhatIsNotThere_SaysSo(string arguments, string expected)
    {
        var run = await ScriptRun.RunAsync(["importer-eml", .. arguments.Replace(".", _folder, StringComparison.Ordinal).Split(' ')], settings: Settings());

        Assert.That((run.ExitCode, run.Output), Is.EqualTo((1, "")));
        Assert.That(run.Errors, Does.Contain(expected).And.Not.Contain("   at "));
    }

    private Task<ScriptRun> ImportAsync(params string[] options) =>
        ScriptRun.RunAsync(["importer-eml", _folder, "--boite", "contact", .. options], settings: Settings());

    private Dictionary<string, string?> Settings() => new()
    {
        ["ConnectionStrings__Courrier"] = _installation.Database.ConnectionStrings.Courrier,
        ["ConnectionStrings__CourrierMigration"] = _installation.Database.ConnectionStrings.Migration,
        ["Donnees__Dossier"] = _installation.Folder,
    };

    private void Write(string name, string content)
    {
        var path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
    }

    private static string Message(string from, string subject, string headers = "") =>
        $"{headers}From: <{from}>\nTo: <contact@indre-et-loire.invalid>\nSubject: {subject}\nMessage-ID: <{subject.Replace(' ', '.')}.{from}>\n\nBonjour.\n";

    private async Task<long> CountAsync(string sql, params object[] values) => await _installation.Database.ScalarAsync<long>(sql, values);

    private static JsonElement Read(string line) => JsonDocument.Parse(line).RootElement;

    private static string Fate(string line)
    {
        var read = Read(line);
        return $"{read.GetProperty("fichier").GetString()} {read.GetProperty("sort").GetString()} {read.GetProperty("accuse").GetString()}";
    }

    private static string WithoutTime(string line) => line[..line.LastIndexOf(",\"ms\"", StringComparison.Ordinal)];
}
