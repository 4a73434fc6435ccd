using System.Globalization;
using System.Text;
using System.Text.Json;
using SuiviCourrier.Delais;
using SuiviCourrier.TestSupport.Processes;

namespace SuiviCourrier.Host.Tests.Scripts;

public sealed class DelaiTests
{
    /// <summary>No database answers there, and no folder can be made.</summary>
    private static readonly Dictionary<string, string?> s_nothing = new()
    {
        ["ConnectionStrings__Courrier"] = "Host=127.0.0.1;Port=1;Username=x;Database=x;Timeout=2",
        ["Donnees__Dossier"] = "/proc/nothing",
    };

    [Test]
    public async Task Delai_TenWorkingDaysInMay_SaysEachDayAndWhyItIsNotCounted()
    {
        var run = await ScriptRun.RunAsync(["delai", "--recu", "2026-05-06", "--jours-ouvres", "10", "--zone", "metropole"], settings: s_nothing);

        Assert.That(run.Errors, Is.Empty);
        Assert.That(run.ExitCode, Is.Zero);
        Assert.That(run.Output, Is.EqualTo(
            """
            {"recu":"2026-05-06","zone":"metropole","echeance":"2026-05-22","detail":[{"date":"2026-05-07","compte":1},{"date":"2026-05-08","compte":null,"motif":"férié (8 mai)"},{"date":"2026-05-09","compte":null,"motif":"samedi"},{"date":"2026-05-10","compte":null,"motif":"dimanche"},{"date":"2026-05-11","compte":2},{"date":"2026-05-12","compte":3},{"date":"2026-05-13","compte":4},{"date":"2026-05-14","compte":null,"motif":"férié (Ascension)"},{"date":"2026-05-15","compte":5},{"date":"2026-05-16","compte":null,"motif":"samedi"},{"date":"2026-05-17","compte":null,"motif":"dimanche"},{"date":"2026-05-18","compte":6},{"date":"2026-05-19","compte":7},{"date":"2026-05-20","compte":8},{"date":"2026-05-21","compte":9},{"date":"2026-05-22","compte":10}]}

            """.ReplaceLineEndings("\n")));
    }

    [TestCase("--jours", "60", "2026-05-06", "metropole", "2026-07-05")]
    [TestCase("--mois", "2", "2026-12-31", "metropole", "2027-02-28", TestName = "Delai_MonthsFromTheLastDayOfAMonth_EndOnTheLastDayOfTheirs")]
    [TestCase("--jours-ouvres", "1", "2026-04-02", "metropole", "2026-04-03")]
    [TestCase("--jours-ouvres", "1", "2026-04-02", "alsace-moselle", "2026-04-07", TestName = "Delai_OverGoodFridayInAlsace_SkipsItAndEasterMonday")]
    public async Task Delai_EachUnitAndZone_GivesTheDate(string option, string length, string recu, string zone, string expected)
    {
        var run = await ScriptRun.RunAsync(["delai", "--recu", recu, option, length, "--zone", zone], settings: s_nothing);

        Assert.That(Echeance(run.Lines.Single()), Is.EqualTo(expected));
    }

    [TestCase("--recu 2026-02-30 --jours 60", "« 2026-02-30 » n’est pas une date")]
    [TestCase("--recu 06/05/2026 --jours 60", "n’est pas une date AAAA-MM-JJ")]
    [TestCase("--recu 1899-12-31 --jours 60", "de 1900 à 2199")]
    [TestCase("--jours 60", "« recu » manque")]
    [TestCase("--recu 2026-05-06", "Le délai manque")]
    [TestCase("--recu 2026-05-06 --jours 60 --mois 2", "Un seul délai")]
    [TestCase("--recu 2026-05-06 --jours 0", "entier de 1 à 10000")]
    [TestCase("--recu 2026-05-06 --jours-ouvres dix", "entier de 1 à 10000")]
    [TestCase("--recu 2026-05-06 --jours 60 --zone mars", "« mars » n’est pas connue")]
    [TestCase("--recu 2199-12-30 --jours-ouvres 10", "après 2199")]
    public async Task Delai_OfWhatCannotBeAnswered_SaysWhyAndFails(string arguments, string expected)
    {
        var run = await ScriptRun.RunAsync(["delai", .. arguments.Split(' ')], settings: s_nothing);

        Assert.That(run.ExitCode, Is.EqualTo(1));
        Assert.That(JsonDocument.Parse(run.Lines.Single()).RootElement.GetProperty("erreur").GetString(), Does.Contain(expected));
    }

    [Test]
    public async Task DelaiLines_WithBadOnesAmongThem_AnswersEachInItsPlace()
    {
        var run = await ScriptRun.RunAsync(
            ["delai", "-"],
            """
            {"recu":"2026-05-06","jours_ouvres":10,"zone":"metropole"}

            {"recu":"2026-05-06","mois":1,"zone":"guyane","detail":true}
            pas du JSON
            {"recu":"2026-05-06","jours":"60"}
            {"recu":"2026-05-06","jours":60,"couleur":"bleu"}
            {"recu":"2026-05-06","jours":60}{"recu":"2026-05-06","jours":60}
            {"recu":"2026-05-06","jours":60,"jours":61}
            ["2026-05-06"]
            {"recu":"2026-05-06","jours":60}
            """.ReplaceLineEndings("\r\n"),
            s_nothing);

        Assert.That(run.ExitCode, Is.EqualTo(1));
        Assert.That(run.Lines.Select(l => l.Contains("\"erreur\"", StringComparison.Ordinal) ? "erreur" : Echeance(l)), Is.EqualTo(new[]
        {
            "2026-05-22", "erreur", "2026-06-06", "erreur", "erreur", "erreur", "erreur", "erreur", "erreur", "2026-07-05",
        }));
        Assert.That(run.Lines[0], Does.Not.Contain("detail"), "only when it is asked for");
        Assert.That(run.Lines[2], Does.Contain("\"zone\":\"guyane\"").And.Contain("\"detail\":["));
    }

    [Test]
    public async Task DelaiLines_EachGood_Succeeds()
    {
        var run = await ScriptRun.RunAsync(["delai", "-"], "{\"recu\":\"2026-05-06\",\"jours\":1}\n", s_nothing);

        Assert.That((run.ExitCode, run.Output), Is.EqualTo((0, "{\"recu\":\"2026-05-06\",\"zone\":\"metropole\",\"echeance\":\"2026-05-07\"}\n")));
    }

    [Test]
    public async Task DelaiLines_OfEveryZone_AgreeWithTheEngine()
    {
        var random = new Random(20261124);
        var calendriers = Zones.Toutes.ToDictionary(z => z, z => new Calendrier(z));
        var asked = Enumerable.Range(0, 5_000)
            .Select(_ => (Recu: new DateOnly(1990, 1, 1).AddDays(random.Next(20_000)), Zone: Zones.Toutes[random.Next(Zones.Toutes.Count)], Length: random.Next(1, 90)))
            .ToList();

        var run = await ScriptRun.RunAsync(
            ["delai", "-"],
            string.Concat(asked.Select(a => $$"""{"recu":"{{a.Recu:yyyy-MM-dd}}","jours_ouvres":{{a.Length}},"zone":"{{a.Zone.Code()}}"}""" + "\n")),
            s_nothing);

        Assert.That(run.ExitCode, Is.Zero);
        Assert.That(
            run.Lines.Select(Echeance),
            Is.EqualTo(asked.Select(a => calendriers[a.Zone].AddJoursOuvres(a.Recu, a.Length).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))));
    }

    /// <summary>A million lines in under 10 s.</summary>
    [Test]
    public async Task DelaiLines_ByTheMillion_AreAnsweredInSeconds()
    {
        var count = Environment.GetEnvironmentVariable("COURRIER_LONG_TESTS") is null ? 100_000 : 1_000_000;
        var input = new StringBuilder();
        for (var n = 0; n < count; n++)
        {
            input.Append(CultureInfo.InvariantCulture, $$"""{"recu":"{{new DateOnly(2010, 1, 1).AddDays(n % 9_000):yyyy-MM-dd}}","jours_ouvres":10,"zone":"metropole"}""").Append('\n');
        }

        var run = await ScriptRun.RunAsync(["delai", "-"], input.ToString(), s_nothing);
        TestContext.Out.WriteLine($"{count} lines in {run.Processor.TotalSeconds:0.0} s of a processor, the start of the process included");

        Assert.That(run.Lines, Has.Length.EqualTo(count));
        Assert.That(run.Processor, Is.LessThan(TimeSpan.FromSeconds(10)));
    }

    [Test]
    public async Task DelaiRegime_OfTheSite_TakesTheVersionOfThatDay()
    {
        await using var installation = await Installation.CreateAsync();
        var settings = new Dictionary<string, string?>
        {
            ["ConnectionStrings__Courrier"] = installation.Database.ConnectionStrings.Courrier,
            ["ConnectionStrings__CourrierMigration"] = installation.Database.ConnectionStrings.Migration,
            ["Donnees__Dossier"] = installation.Folder,
        };

        var run = await ScriptRun.RunAsync(
            ["delai", "-"],
            """
            {"recu":"2026-05-06","regime":"qualepref-courriel"}
            {"recu":"2019-01-31","regime":"qualepref-courrier"}
            {"recu":"2019-02-01","regime":"qualepref-courrier"}
            {"recu":"2026-05-06","regime":"sans-reponse"}
            {"recu":"2026-05-06","regime":"inconnu"}
            """,
            settings);

        Assert.That(run.ExitCode, Is.EqualTo(1), run.Errors);
        Assert.Multiple(() =>
        {
            Assert.That(Echeance(run.Lines[0]), Is.EqualTo("2026-05-15"), "5 working days, 8 and 14 May off");
            Assert.That(Echeance(run.Lines[1]), Is.EqualTo("2019-02-21"), "15 working days until 31 January 2019");
            Assert.That(Echeance(run.Lines[2]), Is.EqualTo("2019-02-15"), "10 working days since");
            Assert.That(Echeance(run.Lines[3]), Is.Null, "no answer is expected");
            Assert.That(run.Lines[4], Does.Contain("« inconnu » n’est pas connu"));
        });
    }

    private static string? Echeance(string line) => JsonDocument.Parse(line).RootElement.GetProperty("echeance").GetString();
}
