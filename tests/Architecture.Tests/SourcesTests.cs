using System.Text.RegularExpressions;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.TestSupport;

namespace SuiviCourrier.Architecture.Tests;

/// <summary>What must not be written anywhere. Each rule is shown a text that breaks it, and one that does not.</summary>
public sealed class SourcesTests
{
    private const RegexOptions Sql = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    private static readonly Regex s_systemClock = new(@"\bDateTime(Offset)?\.(UtcNow|Now|Today)\b");
    private static readonly Regex s_tables = new(@"\b(from|join|into|update|table|truncate|only|references|using|exists|on)\s+""?((?-i:ingestion|echeances|portail|messagerie|hangfire))""?\.""?(\w+)", Sql);
    private static readonly Regex s_writes = new(@"\b(insert\s+into|update|delete\s+from|truncate(\s+table)?|(create|alter|drop)\s+(or\s+replace\s+)?(table|view|function|index|trigger|schema)(\s+if\s+(not\s+)?exists)?)\s+""?(?<schema>ingestion|echeances|portail|messagerie|hangfire)""?\b", Sql);
    private static readonly Regex s_machine = new(@"(?<![\w.-])/wo" + @"rk(/|\b(?!\w))|\.\./sha" + @"red\b");
    private static readonly Regex s_journal = new(@"Journal\.Record\(\s*[^,]+,\s*nameof\((\w+)\),\s*[^,]+,(?!\s*(courrierId:\s*)?null\b)");
    private static readonly Regex s_session = new(@"\bpg_(try_)?advisory_lock(_shared)?\b|\bset_config\b(?!\s*\([^)]*,\s*true\s*\))|""\s*(set\s+(?!local\b|transaction\b)|listen\s|create\s+temp)|\bcreate\s+temp(orary)?\s+table\b", Sql);
    private static readonly Regex s_visibleSets = SetsOfVisibleRows();

    private static readonly Dictionary<string, SourceRule> s_rules = new()
    {
        ["the clock"] = SourceRule.Without(s_systemClock, IsCode),
        ["the clock that nothing moves"] = SourceRule.Without(new Regex(@"\bTimeProvider\.System\b"), p => IsCode(p) && !IsPlumbing(p)),
        ["the bus"] = SourceRule.Without(new Regex(@"\b(MassTransit|RabbitMQ\.Client)\b"), p => IsService(p) && !p.StartsWith("services/ServiceDefaults/Messages/", StringComparison.Ordinal) && !p.EndsWith("ServiceDefaults.csproj", StringComparison.Ordinal)),
        ["reads of a neighbour"] = new SourceRule(p => IsCode(p) || p.EndsWith(".sql", StringComparison.Ordinal), ReadsOfANeighbour),
        ["writes at a neighbour"] = new SourceRule(p => IsCode(p) || p.EndsWith(".sql", StringComparison.Ordinal), WritesAtANeighbour),
        ["rows a page may not see"] = new SourceRule(IsPage, SetsWithoutVisible),
        ["SQL in a page"] = SourceRule.Without(new Regex(@"\b(FromSql|SqlQuery|ExecuteSql|NpgsqlCommand|NpgsqlConnection)\w*\b"), IsPage),
        ["doors open to everyone"] = SourceRule.Without(new Regex(@"\bAllowAnonymous\w*\b"), p => IsCode(p) && !IsAllowedOpenDoor(p)),
        ["traces in a session"] = SourceRule.Without(s_session, p => IsCode(p) && !HasSessionsOfItsOwn(p)),
        ["actions without words"] = new SourceRule(IsCode, ActionsWithoutWords),
        ["folders of one machine"] = SourceRule.Without(s_machine, _ => true),
        ["the order of usings"] = new SourceRule(p => p.EndsWith(".cs", StringComparison.Ordinal) && !p.Contains("/Migrations/", StringComparison.Ordinal), UsingsOutOfOrder),
    };

    /// <summary>Rules of the whole repository, its tests included.</summary>
    private static readonly string[] s_everywhere = ["folders of one machine", "the order of usings"];

    private static IEnumerable<string> Rules => s_rules.Keys;

    [TestCaseSource(nameof(Rules))]
    public void Sources_KeepTheRule(string rule)
    {
        var files = Repository.Files("services").Concat(Repository.Files("contracts"))
            .Concat(s_everywhere.Contains(rule) ? Repository.Files() : [])
            .Distinct().Where(s_rules[rule].AppliesTo).Where(IsText).ToList();

        Assert.That(files, Is.Not.Empty, "the rule looks at nothing");
        Assert.That(files.SelectMany(f => s_rules[rule].Violations(f, Repository.Read(f))), Is.Empty);
    }

    [TestCase("the order of usings", "tests/X.cs", "using Npgsql;\nusing MimeKit;\n")]
    [TestCase("the order of usings", "tests/X.cs", "using MimeKit;\nusing System.Text;\n")]
    [TestCase("the order of usings", "tests/X.cs", "using static System.Math;\nusing MimeKit;\n")]
    [TestCase("the clock", "services/Portail/Dossiers/X.cs", "var today = DateTime.UtcNow;")]
    [TestCase("the clock", "services/Host/X.cs", "clock = DateTimeOffset.Now;")]
    [TestCase("the clock that nothing moves", "services/Portail/X.cs", "clock = TimeProvider.System;")]
    [TestCase("the bus", "services/Portail/X.cs", "using MassTransit;")]
    [TestCase("the bus", "services/Portail/Portail.csproj", "<PackageReference Include=\"MassTransit\" />")]
    [TestCase("reads of a neighbour", "services/Portail/X.cs", "\"SELECT 1 FROM ingestion.courriers\"")]
    [TestCase("reads of a neighbour", "services/Echeances/Data/Sql/x.sql", "select * from portail.dossiers d\njoin echeances.horloges")]
    [TestCase("writes at a neighbour", "services/Portail/X.cs", "\"UPDATE ingestion.lecture_courriers SET x = 1\"")]
    [TestCase("writes at a neighbour", "services/Portail/X.cs", "\"INSERT INTO messagerie.courriels_sortants VALUES (1)\"")]
    [TestCase("writes at a neighbour", "services/Ingestion/Data/Sql/x.sql", "CREATE OR REPLACE VIEW portail.lecture_x AS SELECT 1")]
    [TestCase("rows a page may not see", "services/Portail/Corbeilles/Index.cshtml.cs", "var rows = db.Dossiers.Where(d => d.IsClos).ToList();")]
    [TestCase("rows a page may not see", "services/Portail/Corbeilles/Index.cshtml", "@foreach (var d in Db.Dossiers) { }")]
    [TestCase("SQL in a page", "services/Portail/Corbeilles/Index.cshtml.cs", "db.Database.SqlQuery<int>($\"select 1\")")]
    [TestCase("doors open to everyone", "services/Portail/Corbeilles/Index.cshtml.cs", "[AllowAnonymous]")]
    [TestCase("traces in a session", "services/Ingestion/X.cs", "db.Database.ExecuteSqlAsync($\"SELECT pg_advisory_lock(1)\")")]
    [TestCase("traces in a session", "services/Ingestion/X.cs", "db.Database.ExecuteSqlAsync($\"SET statement_timeout = 5\")")]
    [TestCase("traces in a session", "services/Ingestion/X.cs", "db.Database.ExecuteSqlAsync($\"SELECT set_config('synchronous_commit', 'off', false)\")")]
    [TestCase("actions without words", "services/Portail/Dossiers/X.cs", "db.Journal.Record(\n    acteur, nameof(LoseCourrier), $\"courrier:{id}\", id, now);")]
    [TestCase("folders of one machine", "docs/x.md", "see /wo" + "rk/main")]
    [TestCase("folders of one machine", "seeds/x.json", "../sha" + "red/data")]
    public void Rule_OnWhatBreaksIt_SaysWhere(string rule, string path, string text) =>
        Assert.That(s_rules[rule].Violations(path, text), Is.Not.Empty);

    [TestCase("the clock", "services/Portail/Dossiers/X.cs", "// DateTime.UtcNow would be the wrong day\nvar now = clock.GetUtcNow();")]
    [TestCase("the bus", "services/ServiceDefaults/Messages/RabbitMq/X.cs", "using MassTransit;")]
    [TestCase("reads of a neighbour", "services/Portail/X.cs", "\"SELECT 1 FROM ingestion.lecture_courriers JOIN portail.dossiers\"")]
    [TestCase("reads of a neighbour", "services/Echeances/X.cs", "using Hangfire.Storage;")]
    [TestCase("writes at a neighbour", "services/ServiceDefaults/X.cs", "\"INSERT INTO messagerie.inbox VALUES (1)\"")]
    [TestCase("rows a page may not see", "services/Portail/Corbeilles/Index.cshtml.cs", "// a comment moves nothing\nvar rows = db.Dossiers\n    .AsNoTracking()\n    .Visible(agent).ToList();")]
    [TestCase("traces in a session", "services/Ingestion/X.cs", "\"SELECT pg_advisory_xact_lock(1)\"; \"SET LOCAL statement_timeout = 5\"; \"SELECT set_config('synchronous_commit', 'off', true)\"; \"UPDATE x SET y = 1\"")]
    [TestCase("actions without words", "services/Portail/Comptes/X.cs", "db.Journal.Record(acteur, nameof(CreateCompte), $\"compte:{id}\", null, now);")]
    [TestCase("folders of one machine", "docs/x.md", "/workers and home/wo" + "rk")]
    [TestCase("the order of usings", "tests/X.cs", "using System.Text;\nusing MimeKit;\nusing MimeKit.Text;\nusing Npgsql;\nusing static System.Math;\nusing A = System.Int32;\n")]
    public void Rule_OnWhatKeepsIt_SaysNothing(string rule, string path, string text) =>
        Assert.That(s_rules[rule].Violations(path, text), Is.Empty);

    /// <summary>Another schema is read through its published views only; the plumbing's own functions are called by nobody else.</summary>
    private static IEnumerable<string> ReadsOfANeighbour(string path, string text) =>
        s_tables.Matches(SourceRule.WithoutComments(text))
            .Where(m => !m.Value.StartsWith("using Hangfire.", StringComparison.Ordinal)) // the library's namespace, not its schema
            .Where(m => !IsBackup(path) && !Owns(path, m.Groups[2].Value) && !m.Groups[3].Value.StartsWith("lecture_", StringComparison.OrdinalIgnoreCase))
            .Select(m => m.Value);

    /// <summary>System first, then by name; then static, then other names: as <c>dotnet format</c> writes them.</summary>
    private static IEnumerable<string> UsingsOutOfOrder(string path, string text)
    {
        var usings = Regex.Matches(text, @"^using (?<static>static )?(?<alias>[\w]+ = )?(?<name>[\w.<>, ]+);$", RegexOptions.Multiline);
        var lines = usings.Select(u => u.Value).ToList();
        var sorted = usings
            .OrderBy(u => u.Groups["alias"].Success ? 2 : u.Groups["static"].Success ? 1 : 0)
            .ThenBy(u => u.Groups["alias"].Success || !u.Groups["name"].Value.Split('.')[0].Equals("System", StringComparison.Ordinal))
            .ThenBy(u => u.Groups["alias"].Success ? u.Groups["alias"].Value : u.Groups["name"].Value, StringComparer.OrdinalIgnoreCase)
            .Select(u => u.Value);
        return lines.Zip(sorted).Where(pair => pair.First != pair.Second).Select(pair => $"{pair.First} stands where {pair.Second} should").Take(1);
    }

    /// <summary>The history of a courrier is read by agents: what each command did has its words.</summary>
    private static IEnumerable<string> ActionsWithoutWords(string path, string text)
    {
        var words = Repository.Read("services/Portail/Dossiers/Show/ActionsEnMots.cs");
        return s_journal.Matches(text).Select(m => m.Groups[1].Value).Where(action => !words.Contains($"[\"{action}\"]", StringComparison.Ordinal));
    }

    private static IEnumerable<string> WritesAtANeighbour(string path, string text) =>
        s_writes.Matches(SourceRule.WithoutComments(text)).Where(m => !Owns(path, m.Groups["schema"].Value)).Select(m => m.Value);

    /// <summary>A backup copies every table, its own plumbing's included.</summary>
    private static bool IsBackup(string path) => path.StartsWith("services/Host/Sauvegardes/", StringComparison.Ordinal);

    /// <summary>Connections that never serve a second caller, or that are cleaned before they do: those of the migrations are.</summary>
    private static bool HasSessionsOfItsOwn(string path) =>
        path is "services/Host/Serve/TransportLock.cs" or "services/ServiceDefaults/Schemas/SchemaMigrator.cs" || IsBackup(path);

    /// <summary>The plumbing compares the clocks, and dates what is not the domain's: it may ask the system.</summary>
    private static bool IsPlumbing(string path) => House.RoomOf(path) is "Host" or "ServiceDefaults";

    private static bool Owns(string path, string schema) =>
        House.SchemaOf.GetValueOrDefault(House.RoomOf(path))?.Equals(schema, StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>A set of rows that not everyone may see, used in a statement that never asks who looks.</summary>
    private static IEnumerable<string> SetsWithoutVisible(string path, string text)
    {
        var code = SourceRule.WithoutComments(text);
        return s_visibleSets.Matches(code)
            .Where(m => !StatementFrom(code, m.Index).Contains(".Visible(", StringComparison.Ordinal))
            .Select(m => m.Value);
    }

    private static string StatementFrom(string text, int start)
    {
        var end = text.IndexOfAny([';', '}'], start);
        return end < 0 ? text[start..] : text[start..end];
    }

    private static Regex SetsOfVisibleRows()
    {
        var sets = House.Contexts().Values.SelectMany(c => c.GetType().GetProperties())
            .Where(p => p.PropertyType.IsGenericType && typeof(IVisibleRow).IsAssignableFrom(p.PropertyType.GetGenericArguments()[0]))
            .Select(p => p.Name)
            .Concat(["Dossiers", "Courriers"])
            .Distinct();
        return new Regex($@"\b_?\w*(db|context)\.({string.Join('|', sets)})\b", RegexOptions.IgnoreCase);
    }

    private static bool IsService(string path) => path.StartsWith("services/", StringComparison.Ordinal) || path.StartsWith("contracts/", StringComparison.Ordinal);

    private static bool IsCode(string path) =>
        IsService(path) && (path.EndsWith(".cs", StringComparison.Ordinal) || path.EndsWith(".cshtml", StringComparison.Ordinal))
        && !path.Contains("/Migrations/", StringComparison.Ordinal);

    private static bool IsPage(string path) =>
        path.EndsWith(".cshtml", StringComparison.Ordinal) || path.EndsWith(".cshtml.cs", StringComparison.Ordinal)
        || path.EndsWith("PageModel.cs", StringComparison.Ordinal);

    /// <summary>
    /// Writing to the préfecture and following what was written, signing in, saying whether the process lives, saying that something went wrong, the
    /// declaration of accessibility, which the law makes public, and what programs may ask, which says nothing of what is here.
    /// </summary>
    private static bool IsAllowedOpenDoor(string path) =>
        path.StartsWith("services/Portail/Comptes/", StringComparison.Ordinal) || path.Contains("/Health/", StringComparison.Ordinal)
        || path is "services/Ingestion/Formulaires/Contact/Index.cshtml.cs" or "services/Ingestion/SuiviPublic/Index.cshtml.cs"
        || path.Contains("/Sante/", StringComparison.Ordinal) || path.Contains("/Erreurs/", StringComparison.Ordinal)
        || path is "services/Presentation/Accessibilite/Index.cshtml" or "services/Host/CourrierApplication.cs"
        or "services/Presentation/Api/DocumentApi.cs" or "services/Presentation/Api/Index.cshtml.cs";

    private static bool IsText(string path) =>
        Path.GetExtension(path) is not (".png" or ".jpg" or ".jpeg" or ".tif" or ".tiff" or ".pdf" or ".woff2" or ".ttf" or ".ico" or ".zip" or ".eml" or ".dat");
}
