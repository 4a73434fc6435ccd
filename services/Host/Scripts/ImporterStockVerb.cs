using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using SuiviCourrier.Echeances.Calendriers;
using SuiviCourrier.Echeances.Data;
using SuiviCourrier.Echeances.Regles;
using SuiviCourrier.Ingestion.Stock;
using SuiviCourrier.ServiceDefaults.Time;

namespace SuiviCourrier.Host.Scripts;

/// <summary>
/// <c>importer-stock</c>: the open mail of a former system, one line of a CSV file a courrier. The whole file is read first, and nothing is
/// written when one line is wrong. Run again, it goes on where it was stopped.
/// </summary>
internal static class ImporterStockVerb
{
    /// <summary>Lines of one transaction: as long as it lasts, other registrations wait for their number.</summary>
    private const int LinesAtOnce = 250;

    private static readonly TimeSpan s_progress = TimeSpan.FromSeconds(2);
    private static readonly CultureInfo s_french = CultureInfo.GetCultureInfo("fr-FR");

    public static Argument<string> Fichier { get; } = new("FICHIER.csv") { Description = "Le stock, une ligne par courrier ; les colonnes sont dans docs/guide/scripts.md." };

    public static Option<bool> Essai { get; } = new("--essai") { Description = "Lit tout et rend compte, sans rien écrire. C’est ce qui se passe aussi sans option." };

    public static Option<bool> Executer { get; } = new("--executer") { Description = "Enregistre les courriers, si aucune ligne n’a d’erreur." };

    public static Option<bool> Accuser { get; } = new("--accuser") { Description = "Accuse réception des lignes dont la colonne « accuse » dit non. Sans cette option, aucun accusé ne part." };

    /// <exception cref="RefusedException">The file cannot be taken, or some line was not, as its line says.</exception>
    public static async Task RunAsync(WebApplication app, ParseResult parsed, CancellationToken cancellationToken)
    {
        var path = Path.GetFullPath(parsed.GetValue(Fichier)!);
        var isReal = parsed.GetValue(Executer);
        if (isReal && parsed.GetValue(Essai))
        {
            throw new RefusedException("Choisissez : --essai n’écrit rien, --executer enregistre.");
        }

        if (!File.Exists(path))
        {
            throw new RefusedException($"Le fichier « {path} » n’existe pas.");
        }

        await using var output = new LignesStockJson(Console.OpenStandardOutput());
        await using var scope = app.Services.CreateAsyncScope();
        FichierCsv fichier;
        try
        {
            fichier = FichierCsv.Open(path);
        }
        catch (FichierCsvException refusal)
        {
            await output.WriteAsync(new ErreurStock(refusal.Ligne, null, null, refusal.Message), cancellationToken);
            throw new RefusedException($"Rien n’a été repris : {refusal.Message}.");
        }

        var codes = await scope.ServiceProvider.GetRequiredService<TakeStock>().CodesAsync(cancellationToken);
        var today = await app.Services.GetRequiredService<SiteCourant>().TodayAsync(cancellationToken);
        var lecture = new LectureStock(fichier, codes, today, parsed.GetValue(Accuser));
        var report = new RapportStock(await EcheancesAsync(scope.ServiceProvider, cancellationToken), today) { IsEssai = !isReal, Fichier = fichier };
        await foreach (var fates in FatesAsync(app, lecture, report, cancellationToken))
        {
            if (!isReal)
            {
                await output.WriteAsync(fates, report, cancellationToken);
            }

            await output.WriteAsync(report.TakeErreurs(), cancellationToken);
        }

        if (report.Erreurs == 0 && isReal)
        {
            await ExecuteAsync(app, lecture, report, output, cancellationToken);
        }

        await output.WriteAsync(report, cancellationToken);
        Conclude(report);
    }

    /// <summary>First reading: what would become of every line. Errors stay in the report.</summary>
    private static async IAsyncEnumerable<IReadOnlyList<(LigneLue Ligne, TakeStock.Fate? Fate)>> FatesAsync(
        WebApplication app, LectureStock lecture, RapportStock report, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var sinceProgress = Stopwatch.StartNew();
        foreach (var chunk in lecture.Read().Chunk(LinesAtOnce))
        {
            await using var scope = app.Services.CreateAsyncScope();
            var lignes = chunk.Select(c => c.Ligne).OfType<LigneLue>().ToList();
            var known = await scope.ServiceProvider.GetRequiredService<TakeStock>().FindAsync(lignes, cancellationToken);
            var fates = lignes.Select(l => (l, known.GetValueOrDefault(l.Reference))).ToList();
            report.Add(fates);
            report.Add(chunk.SelectMany(c => c.Erreurs));
            await TellAsync(sinceProgress, $"{report.Lignes.ToString("N0", s_french)} lignes lues", cancellationToken);
            yield return fates;
        }
    }

    /// <summary>Second reading: registers, and tells what is registered once it is.</summary>
    private static async Task ExecuteAsync(
        WebApplication app, LectureStock lecture, RapportStock report, LignesStockJson output, CancellationToken cancellationToken)
    {
        var sinceProgress = Stopwatch.StartNew();
        var done = 0;
        foreach (var chunk in lecture.Read().Chunk(LinesAtOnce))
        {
            if (chunk.Any(c => c.Ligne is null))
            {
                throw new RefusedException("Le fichier a changé pendant la reprise : relancez la commande, qui continuera.");
            }

            await using var scope = app.Services.CreateAsyncScope();
            var fates = await scope.ServiceProvider.GetRequiredService<TakeStock>().ExecuteAsync([.. chunk.Select(c => c.Ligne!)], cancellationToken);
            report.Crees += fates.Count(f => f.Sort == SortStock.Cree);
            await output.WriteAsync([.. fates.Select(f => (f.Ligne, (TakeStock.Fate?)f))], report, cancellationToken);
            done += fates.Count;
            await TellAsync(sinceProgress, $"{done.ToString("N0", s_french)} lignes sur {report.Lignes.ToString("N0", s_french)} reprises", cancellationToken);
        }
    }

    private static async Task<EcheancesStock> EcheancesAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var db = services.GetRequiredService<EcheancesDbContext>();
        return new EcheancesStock(
            (await services.GetRequiredService<RegimesCourants>().GetAsync(db, cancellationToken)).Regimes,
            await services.GetRequiredService<CalendrierCourant>().GetAsync(db, cancellationToken));
    }

    private static void Conclude(RapportStock report)
    {
        if (report.Erreurs > 0)
        {
            throw new RefusedException(
                $"{Count(report.Erreurs, "erreur")}, chacune dite avec sa ligne et sa colonne : rien n’a été repris. Corrigez le fichier et relancez la commande.");
        }

        Console.Error.WriteLine(report.IsEssai
            ? $"{Count(report.Lignes, "ligne")} : {Count(report.ACreer, "courrier")} à créer, dont {report.EnRetard.ToString("N0", s_french)} déjà en retard ; {report.DejaRepris.ToString("N0", s_french)} déjà repris. Rien n’a été écrit : relancez avec --executer."
            : $"{Count(report.Crees, "courrier")} à l’instant, {report.DejaRepris.ToString("N0", s_french)} déjà repris.");
        if (report.Changes > 0)
        {
            throw new RefusedException(
                $"Changement depuis la reprise : {Count(report.Changes, "ligne")}. Aucun courrier n’a été modifié : corrigez-les sur leur page s’il le faut.");
        }
    }

    private static string Count(int number, string what) => $"{number.ToString("N0", s_french)} {what}{(number > 1 ? "s" : "")}";

    private static async Task TellAsync(Stopwatch sinceProgress, string sentence, CancellationToken cancellationToken)
    {
        if (sinceProgress.Elapsed > s_progress)
        {
            await Console.Error.WriteLineAsync(sentence.AsMemory(), cancellationToken);
            sinceProgress.Restart();
        }
    }
}
