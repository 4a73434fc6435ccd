using System.Buffers;
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.IO.Pipelines;
using SuiviCourrier.Delais;

namespace SuiviCourrier.Host.Scripts;

/// <summary>
/// <c>delai</c>: the last day of a delay and why, for scripts. One request from the options, or one a line from the standard input;
/// one JSON object a line on the standard output, a line that cannot be answered holding <c>erreur</c> in its place.
/// </summary>
internal static class DelaiVerb
{
    private static readonly TimeSpan s_progress = TimeSpan.FromSeconds(2);

    public static Command Create()
    {
        var lines = new Argument<string?>("-") { Description = "« - » : une demande JSON par ligne, lue sur l’entrée standard.", Arity = ArgumentArity.ZeroOrOne };
        var recu = new Option<string>("--recu") { Description = "Jour de la réception, AAAA-MM-JJ : le jour 0." };
        var joursOuvres = new Option<string>("--jours-ouvres") { Description = "Délai en jours ouvrés." };
        var jours = new Option<string>("--jours") { Description = "Délai en jours." };
        var mois = new Option<string>("--mois") { Description = "Délai en mois, de quantième à quantième." };
        var regime = new Option<string>("--regime") { Description = "Code d’une règle du site ; seule cette option lit la base de données." };
        var zone = new Option<string>("--zone") { Description = $"Zone des jours fériés : {string.Join(", ", Zones.Toutes.Select(z => z.Code()))} (par défaut metropole, ou celle du site avec --regime)." };
        var command = new Command("delai", "Calcule une échéance, jour par jour, en JSON.") { lines, recu, joursOuvres, jours, mois, regime, zone };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var regles = new ReglesDuSite();
            await using var output = Console.OpenStandardOutput();
            using var answers = new ReponsesDelai(regles);
            if (parsed.GetValue(lines) is { } input)
            {
                if (input != "-")
                {
                    throw new RefusedException($"« {input} » n’est pas compris : « - » lit des demandes sur l’entrée standard, sinon donnez --recu et un délai.");
                }

                await using var requests = Console.OpenStandardInput();
                return await AnswerLinesAsync(requests, output, answers, cancellationToken) ? 0 : 1;
            }

            var writer = new ArrayBufferWriter<byte>();
            var isAnswered = await answers.AnswerAsync(
                new DemandeDelai
                {
                    Recu = parsed.GetValue(recu),
                    JoursOuvres = Number(parsed.GetValue(joursOuvres)),
                    Jours = Number(parsed.GetValue(jours)),
                    Mois = Number(parsed.GetValue(mois)),
                    Regime = parsed.GetValue(regime),
                    Zone = parsed.GetValue(zone),
                    Detail = true,
                },
                writer,
                cancellationToken);
            await output.WriteAsync(writer.WrittenMemory, cancellationToken);
            return isAnswered ? 0 : 1;
        });
        return command;
    }

    /// <returns>Whether every line was answered.</returns>
    internal static async Task<bool> AnswerLinesAsync(Stream requests, Stream output, ReponsesDelai answers, CancellationToken cancellationToken)
    {
        var reader = PipeReader.Create(requests, new StreamPipeReaderOptions(bufferSize: 1 << 16, leaveOpen: true));
        var writer = new ArrayBufferWriter<byte>(1 << 17);
        var (count, areAllAnswered) = (0L, true);
        var sinceProgress = Stopwatch.StartNew();
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            var rest = read.Buffer;
            while (TryTakeLine(ref rest, read.IsCompleted, out var line))
            {
                areAllAnswered &= await answers.AnswerAsync(line, writer, cancellationToken);
                count++;
                if (writer.WrittenCount > 1 << 16)
                {
                    await output.WriteAsync(writer.WrittenMemory, cancellationToken);
                    writer.ResetWrittenCount();
                    if (sinceProgress.Elapsed > s_progress)
                    {
                        await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{count} demandes traitées"));
                        sinceProgress.Restart();
                    }
                }
            }

            // What has been asked is answered before more is waited for: a program may ask one line at a time.
            await output.WriteAsync(writer.WrittenMemory, cancellationToken);
            await output.FlushAsync(cancellationToken);
            writer.ResetWrittenCount();
            reader.AdvanceTo(rest.Start, rest.End);
            if (read.IsCompleted)
            {
                await reader.CompleteAsync();
                return areAllAnswered;
            }
        }
    }

    private static bool TryTakeLine(ref ReadOnlySequence<byte> buffer, bool isLast, out ReadOnlySequence<byte> line)
    {
        if (buffer.PositionOf((byte)'\n') is { } end)
        {
            line = buffer.Slice(0, end);
            buffer = buffer.Slice(buffer.GetPosition(1, end));
            return true;
        }

        line = buffer;
        buffer = buffer.Slice(buffer.End);
        if (isLast && !line.IsEmpty)
        {
            return true;
        }

        buffer = line;
        return false;
    }

    private static NombreLu? Number(string? text) =>
        text is null ? null : new NombreLu(text, int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null);
}
