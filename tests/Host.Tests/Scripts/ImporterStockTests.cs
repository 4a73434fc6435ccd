using System.Globalization;
using System.Text;
using System.Text.Json;
using SuiviCourrier.TestSupport;
using SuiviCourrier.TestSupport.Processes;
using static SuiviCourrier.TestSupport.Eventually;

namespace SuiviCourrier.Host.Tests.Scripts;

public sealed class ImporterStockTests
{
    private const string Header = "reference;recu_le;canal;objet;nom;categorie;courriel;adresse;service;accuse";

    private Installation _installation = null!;
    private string _file = null!;

    [SetUp]
    public async Task CreateAsync()
    {
        _installation = await Installation.CreateAsync();
        _file = Path.Combine(_installation.Folder, "stock.csv");
    }

    [TearDown]
    public async Task RemoveAsync() => await _installation.DisposeAsync();

    [Test]
    public async Task Stock_Tried_ReportsAndWritesNothing()
    {
        Write($"""
            {Header}
            A-1;06/05/2020;lettre;Demande de subvention;Commune de Loches;commune;;1 place de l’Hôtel-de-Ville;DCPPAT;non
            A-2;2020-05-07;Dépôt à l’accueil;Réclamation;Claire Petit;;claire@exemple.example;;DCL;oui
            ;;;;;;;;;
            """);

        var run = await ImportAsync();
        var report = Report(run);

        Assert.That(run.ExitCode, Is.Zero, run.Errors);
        Assert.Multiple(() =>
        {
            Assert.That(run.Lines.SkipLast(1).Select(Fate), Is.EqualTo(new[] { "2 A-1 a-creer non", "3 A-2 a-creer non" }));
            Assert.That(Read(run.Lines[0]).GetProperty("echeance").GetString(), Is.EqualTo("2020-05-22"), "10 working days, 8 May and Ascension off");
            Assert.That(Counts(report), Is.EqualTo("lignes 2, a_creer 2, crees 0, deja_repris 0, changes 0, erreurs 0, en_retard 2"));
            Assert.That(
                report.GetProperty("services").EnumerateArray().Select(s => $"{s.GetProperty("service")} {s.GetProperty("en_retard")}"),
                Is.EqualTo(new[] { "DCL 1", "DCPPAT 1" }));
            Assert.That(run.Errors, Does.Contain("Rien n’a été écrit"));
        });
        Assert.That(await CountAsync("SELECT count(*) FROM ingestion.courriers"), Is.Zero);
    }

    [Test]
    public async Task Stock_ExecutedTwice_IsTakenOnceAndWhatChangedIsToldAndLeftAlone()
    {
        Write($"""
            {Header}
            A-1;06/05/2020;lettre;Demande de subvention;Commune de Loches;commune;mairie@exemple.example;;DCPPAT;non
            A-2;07/05/2020;courriel;Réclamation;Claire Petit;;claire@exemple.example;;;oui
            """);
        var first = await ImportAsync("--executer");

        // The same line otherwise written, another that says something else, and a new one.
        Write("""
            objet,reference,recu_le,canal,nom,categorie,courriel,adresse,service,accuse
            Demande de subvention,A-1,2020-05-06,Lettre,Commune de Loches,Commune,mairie@exemple.example,,DCPPAT,non
            Réclamation urgente,A-2,2020-05-08,courriel,Claire Petit,,claire@exemple.example,,,oui
            Autre,A-3,2020-05-09,courriel,Claire Petit,,claire@exemple.example,,,oui
            """);
        var second = await ImportAsync("--executer");

        Assert.That(first.ExitCode, Is.Zero, first.Errors);
        Assert.That(first.Lines.SkipLast(1).Select(Fate), Is.EqualTo(new[] { "2 A-1 cree non", "3 A-2 cree non" }));
        Assert.That(second.ExitCode, Is.EqualTo(1), "something in the file is not in the register");
        Assert.Multiple(() =>
        {
            Assert.That(second.Lines.SkipLast(1).Select(Fate), Is.EqualTo(new[] { "2 A-1 deja-repris", "3 A-2 change", "4 A-3 cree non" }));
            Assert.That(Read(second.Lines[1]).GetProperty("motif").GetString(), Does.EndWith(": recu_le, objet"));
            Assert.That(Read(second.Lines[1]).GetProperty("chrono").GetString(), Is.EqualTo(Read(first.Lines[1]).GetProperty("chrono").GetString()));
            Assert.That(second.Errors, Does.Contain("depuis la reprise : 1 ligne."));
        });
        Assert.That(await CountAsync("SELECT count(*) FROM ingestion.courriers WHERE origine = 'Stock' AND objet <> 'Réclamation urgente'"), Is.EqualTo(3));
        Assert.That(await CountAsync("SELECT count(*) FROM ingestion.correspondants"), Is.EqualTo(2), "one person who wrote twice is one correspondent");
        Assert.That(await CountAsync("SELECT count(*) FROM messagerie.courriels_sortants"), Is.Zero, "nobody is written to");
        Assert.That(
            await CountAsync("SELECT count(*) FROM ingestion.accuses WHERE etat = 'SansObjet' AND motif LIKE '%ancien système%'"), Is.EqualTo(3), "and the reason is kept");
    }

    [Test]
    public async Task Stock_WithWrongLines_SaysWhereAndWhyOfEachAndTakesNothing()
    {
        (string Line, string Colonne, string Motif)[] wrong =
        [
            ("A-1;31/02/2026;lettre;Objet;Nom", "recu_le", "« 31/02/2026 » n’est pas une date"),
            ("A-2;06/05/26;lettre;Objet;Nom", "recu_le", "JJ/MM/AAAA ou AAAA-MM-JJ"),
            ("A-3;2999-01-01;lettre;Objet;Nom", "recu_le", "dans le futur"),
            ("A-4;;lettre;Objet;Nom", "recu_le", "Indiquez le jour"),
            ("A-5;2026-05-06;fax;Objet;Nom", "canal", "« fax » n’est pas un canal : lettre, depot, courriel, formulaire"),
            ("A-6;2026-05-06;;Objet;Nom", "canal", "Indiquez le canal"),
            ("A-7;2026-05-06;lettre;;Nom", "objet", "Indiquez l’objet"),
            ("A-8;2026-05-06;lettre;Objet;", "nom", "« anonyme »"),
            (";2026-05-06;lettre;Objet;Nom", "reference", "Indiquez la référence"),
            ("B-1;2026-05-06;lettre;Objet;Nom", "reference", "est déjà celle de la ligne 2"),
        ];

        var (run, errors) = await RefusedAsync(string.Join('\n', wrong.Select(w => w.Line)));

        Assert.Multiple(() =>
        {
            Assert.That(errors.Select(e => (Ligne(e), Colonne(e))), Is.EqualTo(wrong.Select((w, n) => (n + 4, w.Colonne))));
            foreach (var (error, expected) in errors.Zip(wrong))
            {
                Assert.That(error.GetProperty("motif").GetString(), Does.Contain(expected.Motif), expected.Line);
            }

            Assert.That(run.Errors, Does.Contain("rien n’a été repris"));
        });
    }

    [TestCase("A-1;2026-05-06;lettre;Objet", "compte 4 champs, l’en-tête 5")]
    [TestCase("A-1;2026-05-06;lettre;Ob\"jet;Nom", "guillemet")]
    [TestCase("A-1;2026-05-06;lettre;\"Objet;Nom", "guillemet")]
    public async Task Stock_WithALineThatIsNone_SaysWhereAndWhyAndTakesNothing(string line, string expected)
    {
        var (_, errors) = await RefusedAsync(line);

        Assert.That(errors.Select(e => (Ligne(e), Colonne(e))), Is.EqualTo(new[] { (4, (string?)null) }));
        Assert.That(errors[0].GetProperty("motif").GetString(), Does.Contain(expected));
    }

    /// <summary>Imports a right line, on lines 2 and 3 of the file, and these.</summary>
    private async Task<(ScriptRun Run, IReadOnlyList<JsonElement> Errors)> RefusedAsync(string lines)
    {
        Write($"reference;recu_le;canal;objet;nom\nB-1;2026-05-06;lettre;\"Sur deux\nlignes\";Nom\n{lines}\n");

        var run = await ImportAsync("--executer");

        Assert.That(run.ExitCode, Is.EqualTo(1));
        Assert.That(await CountAsync("SELECT count(*) FROM ingestion.courriers"), Is.Zero);
        return (run, [.. run.Lines.Select(Read).Where(l => l.TryGetProperty("sort", out var sort) && sort.GetString() == "erreur")]);
    }

    private static int Ligne(JsonElement erreur) => erreur.GetProperty("ligne").GetInt32();

    private static string? Colonne(JsonElement erreur) => erreur.GetProperty("colonne").GetString();

    [TestCase("reference;recu_le;canal;objet\n", "La colonne « nom » manque")]
    [TestCase("reference;recu_le;canal;objet;nom;nom\n", "« nom » est là deux fois")]
    [TestCase("reference;recu_le;canal;objet;nom;couleur\n", "La colonne « couleur » n’est pas connue")]
    [TestCase("", "Le fichier est vide")]
    [TestCase("PK\u0003\u0004", "est un classeur")]
    [TestCase("reference;recu_le\0", "caractère nul")]
    public async Task Stock_OfAnotherShape_SaysSo(string content, string expected)
    {
        Write(content);

        var run = await ImportAsync();

        Assert.That(run.ExitCode, Is.EqualTo(1));
        Assert.That(Read(run.Lines[0]).GetProperty("motif").GetString(), Does.Contain(expected));
    }

    [TestCase("utf-8", false, ';')]
    [TestCase("utf-8", true, ',')]
    [TestCase("windows-1252", false, '\t')]
    public async Task Stock_InEachEncodingAndSeparator_KeepsTheAccents(string encoding, bool hasMark, char separator)
    {
        var text = string.Join('\n', ["Référence;Reçu le;Canal;Objet;Nom", "A-1;06/05/2020;lettre;\"Élu ; l’Œuvre\nà 100 €\";Zoé Lœb"]);
        text = separator == ';' ? text : text.Replace(" ; ", " _ ", StringComparison.Ordinal).Replace(';', separator).Replace(" _ ", $" {separator} ", StringComparison.Ordinal);
        var bytes = CodePagesEncodingProvider.Instance.GetEncoding(encoding)?.GetBytes(text) ?? Encoding.UTF8.GetBytes(text);
        await File.WriteAllBytesAsync(_file, hasMark ? [.. Encoding.UTF8.Preamble, .. bytes] : bytes);

        var run = await ImportAsync("--executer");

        Assert.That(run.ExitCode, Is.Zero, run.Output + run.Errors);
        Assert.That(Report(run).GetProperty("encodage").GetString(), Is.EqualTo(encoding));
        Assert.That(
            await _installation.Database.ScalarAsync<string>("SELECT objet || '|' || expediteur_nom || '|' || recu_le FROM ingestion.courriers"),
            Is.EqualTo($"Élu {(separator == '\t' ? "" : $"{separator} ")}l’Œuvre à 100 €|Zoé Lœb|2020-05-06"));
    }

    [Test]
    public async Task Stock_InUtf8WithOneBrokenCharacter_IsRefusedThere()
    {
        byte[] broken = [.. Encoding.UTF8.GetBytes("reference;recu_le;canal;objet;nom\nA-1;2026-05-06;lettre;Éé;Zoé\nA-2;2026-05-06;lettre;"), 0xE9, .. ";Zoé\n"u8];
        await File.WriteAllBytesAsync(_file, broken);

        var run = await ImportAsync();

        Assert.That(Read(run.Lines[0]).GetProperty("ligne").GetInt32(), Is.EqualTo(3));
        Assert.That(run.Errors, Does.Contain("un caractère y est abîmé"));
    }

    [Test]
    public async Task Stock_WithAcknowledgementsAskedFor_SendsThemToThoseNotAcknowledged()
    {
        Write($"""
            {Header}
            A-1;06/05/2020;courriel;Une demande;Claire Petit;;claire@exemple.example;;;non
            A-2;06/05/2020;courriel;Une demande;Paul Grand;;paul@exemple.example;;;oui
            A-3;06/05/2020;lettre;Une demande;Luc Bas;;;1 rue des Lilas;;non
            """);

        var tried = Report(await ImportAsync("--accuser"));
        var run = await ImportAsync("--executer", "--accuser");

        Assert.That((tried.GetProperty("accuses_courriel").GetInt32(), tried.GetProperty("accuses_courrier").GetInt32()), Is.EqualTo((1, 1)));
        Assert.That(run.Lines.SkipLast(1).Select(Fate), Is.EqualTo(new[] { "2 A-1 cree a-envoyer", "3 A-2 cree non", "4 A-3 cree a-imprimer" }));
        Assert.That(await CountAsync("SELECT count(*) FROM messagerie.courriels_sortants"), Is.EqualTo(1));
    }

    [Test]
    public async Task Stock_BesideARunningHost_GetsItsClocksAndItsStepOnce()
    {
        await _installation.StartAsync();
        Write($"""
            {Header}
            A-1;06/05/2020;lettre;Une demande;Claire Petit;particulier;;1 rue des Lilas;DCL;oui
            """);

        var run = await ImportAsync("--executer");

        Assert.That(run.ExitCode, Is.Zero, run.Errors);
        await EventuallyAsync("the clock was never opened", async () =>
            await CountAsync("SELECT count(*) FROM echeances.horloges WHERE due_on = $1::date", Read(run.Lines[0]).GetProperty("echeance").GetString()!) == 1);
        await EventuallyAsync("the dossier never came", async () => await CountAsync("SELECT count(*) FROM portail.dossiers WHERE service_instructeur_code = 'DCL'") == 1);
        Assert.That(await CountAsync("SELECT count(*) FROM echeances.etapes WHERE etat IN ('Prevue', 'Declenchee')"), Is.EqualTo(1), "those already past are one");
    }

    [Test]
    public async Task Stock_KilledAndRunAgain_IsTakenOnceWithoutAGap()
    {
        var count = Environment.GetEnvironmentVariable("COURRIER_LONG_TESTS") is null ? 2_000 : 40_000;
        WriteMany(count);

        for (var kills = 0; kills < 3; kills++)
        {
            var before = await CountAsync("SELECT count(*) FROM ingestion.courriers");
            await using var killed = ChildProcess.Start("dotnet", [HostProcess.BuiltProgram, "importer-stock", _file, "--executer"], Settings());
            await EventuallyAsync("nothing was taken", async () =>
                killed.HasExited || await CountAsync("SELECT count(*) FROM ingestion.courriers") > before, TimeSpan.FromMinutes(3));
            await killed.KillAsync();
        }

        var halfway = await CountAsync("SELECT count(*) FROM ingestion.courriers");
        var last = await ImportAsync("--executer");

        Assert.That(halfway, Is.GreaterThan(0).And.LessThan(count), "the kills came in the middle");
        Assert.That(last.ExitCode, Is.Zero, last.Errors);
        Assert.Multiple(async () =>
        {
            Assert.That(Report(last).GetProperty("crees").GetInt32(), Is.EqualTo(count - halfway));
            Assert.That(await CountAsync("SELECT count(DISTINCT reference) FROM ingestion.lignes_stock"), Is.EqualTo(count));
            Assert.That(await CountAsync("SELECT count(*) FROM ingestion.courriers"), Is.EqualTo(count));
            Assert.That(await CountAsync("SELECT max(rang)::bigint FROM ingestion.courriers"), Is.EqualTo(count), "the chrono has no gap");
        });
    }

    /// <summary>200,000 lines must be practicable; one wrong among them is found before anything is written.</summary>
    [Test]
    public async Task Stock_OfManyLinesOneOfThemWrong_IsRefusedWholeInSeconds()
    {
        var count = Environment.GetEnvironmentVariable("COURRIER_LONG_TESTS") is null ? 20_000 : 200_000;
        WriteMany(count, wrong: count - 1);

        var run = await ImportAsync("--executer");
        TestContext.Out.WriteLine($"{count} lines read and refused in {run.Processor.TotalSeconds:0.0} s of a processor, the start of the process included");

        Assert.That(run.ExitCode, Is.EqualTo(1));
        Assert.That(run.Lines, Has.Length.EqualTo(2), "the error and the report");
        Assert.That(Read(run.Lines[0]).GetProperty("ligne").GetInt32(), Is.EqualTo(count));
        Assert.That(await CountAsync("SELECT count(*) FROM ingestion.courriers"), Is.Zero);
        Assert.That(run.Processor, Is.LessThan(TimeSpan.FromMinutes(1)));
    }

    [TestCase("--essai --executer", "Choisissez")]
    [TestCase("/nulle/part.csv", "n’existe pas")]
    public async Task Stock_OfWhatCannotBe_SaysSo(string arguments, string expected)
    {
        Write(Header);

        var run = await ScriptRun.RunAsync(
            ["importer-stock", .. arguments.StartsWith('/') ? arguments.Split(' ') : [_file, .. arguments.Split(' ')]], settings: Settings());

        Assert.That((run.ExitCode, run.Output), Is.EqualTo((1, "")));
        Assert.That(run.Errors, Does.Contain(expected).And.Not.Contain("   at "));
    }

    [Test]
    public async Task Stock_OfTheGuide_IsTaken()
    {
        File.Copy(Path.Combine(Repository.Root, "docs", "guide", "stock.csv"), _file);

        var run = await ImportAsync();

        Assert.That(run.ExitCode, Is.Zero, run.Output);
        Assert.That(Report(run).GetProperty("a_creer").GetInt32(), Is.GreaterThan(3));
    }

    private Task<ScriptRun> ImportAsync(params string[] options) => ScriptRun.RunAsync(["importer-stock", _file, .. options], settings: Settings());

    private Dictionary<string, string?> Settings() => new()
    {
        ["ConnectionStrings__Courrier"] = _installation.Database.ConnectionStrings.Courrier,
        ["ConnectionStrings__CourrierMigration"] = _installation.Database.ConnectionStrings.Migration,
        ["Donnees__Dossier"] = _installation.Folder,
    };

    private void Write(string content) => File.WriteAllText(_file, content, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));

    private void WriteMany(int count, int? wrong = null)
    {
        using var writer = new StreamWriter(_file);
        writer.WriteLine(Header);
        for (var n = 1; n <= count; n++)
        {
            var recu = n == wrong ? "2026-02-30" : new DateOnly(2020, 1, 1).AddDays(n % 2000).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            writer.WriteLine($"R-{n};{recu};lettre;Demande numéro {n};Personne {n % 5000};particulier;p{n % 5000}@exemple.example;;DCL;non");
        }
    }

    private async Task<long> CountAsync(string sql, params object[] values) => await _installation.Database.ScalarAsync<long>(sql, values);

    private static JsonElement Report(ScriptRun run) => Read(run.Lines[^1]).GetProperty("rapport");

    private static string Counts(JsonElement report) => string.Join(
        ", ", new[] { "lignes", "a_creer", "crees", "deja_repris", "changes", "erreurs", "en_retard" }.Select(k => $"{k} {report.GetProperty(k)}"));

    private static JsonElement Read(string line) => JsonDocument.Parse(line).RootElement;

    private static string Fate(string line)
    {
        var read = Read(line);
        var accuse = read.TryGetProperty("accuse", out var decided) ? $" {decided.GetString()}" : "";
        return $"{read.GetProperty("ligne").GetInt32()} {read.GetProperty("reference").GetString()} {read.GetProperty("sort").GetString()}{accuse}";
    }
}
