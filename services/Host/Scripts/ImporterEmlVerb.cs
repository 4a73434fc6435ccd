using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using SuiviCourrier.Ingestion.Accuses;
using SuiviCourrier.Ingestion.BoitesFonctionnelles;
using SuiviCourrier.ServiceDefaults.Fichiers;

namespace SuiviCourrier.Host.Scripts;

/// <summary>
/// <c>importer-eml</c>: every file below a folder, whatever its name and its bytes, becomes a message of a mailbox. One JSON object a line;
/// run again, it gives the fate each file has had.
/// </summary>
internal static class ImporterEmlVerb
{
    private static readonly TimeSpan s_progress = TimeSpan.FromSeconds(2);
    private static readonly JsonWriterOptions s_json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Argument<string> Folder { get; } = new("DOSSIER") { Description = "Dossier des messages, sous-dossiers compris." };

    public static Option<string> Boite { get; } = new("--boite") { Description = "Code de la boîte fonctionnelle qui les reçoit.", Required = true };

    public static Option<bool> Plafonds { get; } = new("--plafonds") { Description = "Applique les plafonds d’accusés par adresse, par domaine et en tout, comme la relève." };

    /// <exception cref="RefusedException">There is no such folder or mailbox; or some file could not be read, as its line says.</exception>
    public static async Task RunAsync(WebApplication app, Settings settings, ParseResult parsed, CancellationToken cancellationToken)
    {
        var folder = Path.GetFullPath(parsed.GetValue(Folder)!);
        var boite = parsed.GetValue(Boite)!;
        if (!Directory.Exists(folder))
        {
            throw new RefusedException($"Le dossier « {folder} » n’existe pas.");
        }

        await CheckBoiteAsync(app, boite, cancellationToken);
        var files = await FichiersDuDossier.ListAsync(folder, cancellationToken);
        await using var output = Console.OpenStandardOutput();
        var import = new Import(app, output, files, boite, Path.Combine(settings.Folder, ".en-cours"), parsed.GetValue(Plafonds));
        var sinceProgress = Stopwatch.StartNew();
        var areAllTaken = true;
        foreach (var (rank, name) in files.Names.Index())
        {
            areAllTaken &= await import.TakeAsync(name, cancellationToken);
            if (sinceProgress.Elapsed > s_progress)
            {
                await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{rank + 1} fichiers sur {files.Names.Count}"));
                sinceProgress.Restart();
            }
        }

        if (!areAllTaken)
        {
            throw new RefusedException("Des fichiers n’ont pas pu être lus : leur ligne le dit. Relancez la même commande quand ils seront lisibles.");
        }
    }

    private static async Task CheckBoiteAsync(WebApplication app, string boite, CancellationToken cancellationToken)
    {
        await using var scope = app.Services.CreateAsyncScope();
        var import = scope.ServiceProvider.GetRequiredService<ImportMessage>();
        if (!await import.KnowsAsync(boite, cancellationToken))
        {
            var known = await import.BoitesAsync(cancellationToken);
            throw new RefusedException(known.Count == 0
                ? "Aucune boîte fonctionnelle n’est enregistrée : lancez d’abord la commande « seed »."
                : $"La boîte « {boite} » n’est pas connue ; les boîtes sont {string.Join(", ", known)}.");
        }
    }

    private sealed class Import(WebApplication app, Stream output, FichiersDuDossier files, string boite, string spool, bool isWithCaps)
    {
        /// <returns>False when the file could not be read.</returns>
        public async Task<bool> TakeAsync(byte[] name, CancellationToken cancellationToken)
        {
            var watch = Stopwatch.StartNew();
            var path = FichiersDuDossier.TextOf(name);
            try
            {
                await using var content = files.Open(name);
                var fate = await TakeAsync(path, content, cancellationToken);
                await WriteAsync(path, fate, null, watch.Elapsed, cancellationToken);
                return true;
            }
            catch (IOException unreadable)
            {
                await WriteAsync(path, null, $"Ce fichier ne peut pas être lu : {unreadable.Message}", watch.Elapsed, cancellationToken);
                return false;
            }
        }

        /// <summary>What a reader cannot open is set aside whole.</summary>
        private async Task<ImportMessage.Fate> TakeAsync(string path, FileStream content, CancellationToken cancellationToken)
        {
            try
            {
                return await TakeAsync(path, content, unreadable: false, cancellationToken);
            }
#pragma warning disable CA1031 // One file never stops the others: it is tried once more, unopened. An outage ends the command: no fault of the file.
            catch (Exception failure) when (failure is not OperationCanceledException && !Panne.IsCauseOf(failure))
#pragma warning restore CA1031
            {
                content.Position = 0;
                return await TakeAsync(path, content, unreadable: true, cancellationToken);
            }
        }

        private async Task<ImportMessage.Fate> TakeAsync(string path, FileStream content, bool unreadable, CancellationToken cancellationToken)
        {
            await using var scope = app.Services.CreateAsyncScope();
            return await scope.ServiceProvider.GetRequiredService<ImportMessage>()
                .ExecuteAsync(boite, path, content, spool, isWithCaps, unreadable, cancellationToken);
        }

        private async Task WriteAsync(string path, ImportMessage.Fate? fate, string? erreur, TimeSpan taken, CancellationToken cancellationToken)
        {
            using var line = new MemoryStream();
            await using (var json = new Utf8JsonWriter(line, s_json))
            {
                json.WriteStartObject();
                json.WriteString("fichier", path);
                json.WriteString("sort", fate?.Sort switch
                {
                    SortMessage.Courrier => "courrier",
                    SortMessage.Rattache => "rattache",
                    SortMessage.Ecarte => "ecarte",
                    null => null,
                });
                json.WriteString("chrono", fate?.Chrono);
                json.WriteString("accuse", fate?.Accuse switch
                {
                    CanalAccuse.Courriel => "a-envoyer",
                    CanalAccuse.Courrier => "a-imprimer",
                    null => "non",
                });
                json.WriteString("motif", erreur ?? fate?.Motif);
                json.WriteNumber("ms", Math.Round(taken.TotalMilliseconds, 1));
                json.WriteEndObject();
            }

            line.WriteByte((byte)'\n');
            await output.WriteAsync(line.ToArray(), cancellationToken);
            await output.FlushAsync(cancellationToken);
        }
    }
}
