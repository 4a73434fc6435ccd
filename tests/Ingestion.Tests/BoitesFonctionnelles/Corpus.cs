using System.Text.Json;
using System.Text.RegularExpressions;
using SuiviCourrier.Ingestion.BoitesFonctionnelles;
using SuiviCourrier.Ingestion.Courriers;
using SuiviCourrier.ServiceDefaults.Time;

namespace SuiviCourrier.Ingestion.Tests.BoitesFonctionnelles;

/// <summary>What must become of one committed message.</summary>
/// <param name="Sort"><c>courrier</c>, <c>information</c> (a courrier for information), <c>rattache</c> or <c>ecarte</c>.</param>
/// <param name="Accuse">Whether an acknowledgement leaves; null when that is not said, or when there is no courrier to acknowledge.</param>
/// <param name="Motif">Words of the reason: why it is set aside or attached, or why it is not acknowledged.</param>
/// <param name="De">Sender as the register shows it.</param>
/// <param name="Texte">Where its text begins, blanks apart; null when it has none.</param>
/// <param name="Pieces">Names under which its attachments are kept.</param>
/// <param name="Evenement">Day of the event of its invitation.</param>
/// <param name="Protection">How its author has protected it.</param>
/// <param name="Original">Who seems to have written what it forwards.</param>
internal sealed record Attendu(string Nom, string Sort, bool? Accuse, string? Motif, string? De, string? Objet, string? Texte, IReadOnlyList<string> Pieces,
    DateOnly? Evenement = null, string? Protection = null, string? Original = null);

/// <summary>
/// The committed messages with what must become of each (<c>Corpus/attendus.json</c>), in the order they arrive: a repeat comes after what it
/// repeats. They suppose one message of ours, <see cref="AccuseMessageId"/>, sent about <see cref="Premier"/>, and one form of the site.
/// </summary>
internal static partial class Corpus
{
    public const string Premier = "fil-premier";
    public const string AccuseMessageId = "accuse.corpus@indre-et-loire.invalid";
    public const string Formulaire = "formulaire@indre-et-loire.invalid";

    public static readonly IReadOnlySet<string> Boites = new HashSet<string>(Courriels.Boites) { "prefecture@indre-et-loire.invalid" };

    private static readonly Site s_site = new("37", "", "Europe/Paris", "", "", "", "", "", "");

    private static readonly JsonSerializerOptions s_json = new() { PropertyNameCaseInsensitive = true };

    public static IReadOnlyList<Attendu> Attendus { get; } =
        JsonSerializer.Deserialize<List<Attendu>>(File.ReadAllBytes(Path.Combine(Courriels.Folder, "attendus.json")), s_json)!;

    /// <summary>Lines of the requirement, each with its messages, as <c>Corpus/lines.md</c> says.</summary>
    public static IReadOnlyList<(string Ligne, IReadOnlyList<string> Messages)> Lignes { get; } =
    [
        .. from line in File.ReadLines(Path.Combine(Courriels.Folder, "lines.md"))
           where line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| line", StringComparison.Ordinal)
           let cells = line.Trim('|', ' ').Split(" | ")
           select (cells[0], (IReadOnlyList<string>)[.. Nom().Matches(cells[^1]).Select(m => m.Groups[1].Value)]),
    ];

    /// <summary>What the reader and the classification make of every message, one after the other, without any database.</summary>
    public static async Task<IReadOnlyList<Attendu>> ReadAsync()
    {
        var found = new List<Attendu>();
        var contents = new Dictionary<string, Guid>();
        var received = new Dictionary<string, (Guid CourrierId, string De)>();
        var premier = Guid.NewGuid();
        foreach (var attendu in Attendus)
        {
            var bytes = Courriels.Read(attendu.Nom);
            var empreinte = await EmpreinteCanonique.ComputeAsync(new MemoryStream(bytes), CancellationToken.None);
            var lu = Courriels.Parse(bytes).ThroughForm(new HashSet<string> { Formulaire });
            var antecedents = new Antecedents
            {
                MemeContenu = contents.TryGetValue(empreinte, out var same) ? same : null,
                Envoyes = new Dictionary<string, Guid?> { [AccuseMessageId] = premier },
                Recus = received,
            };
            var fate = lu.Faits is { } faits ? Classification.Decide(faits, Boites, antecedents) : new Classement.Ecarter(Classification.Illisible);
            var courrier = attendu.Nom == Premier ? premier : Guid.NewGuid();
            if (fate is Classement.Enregistrer)
            {
                contents[empreinte] = courrier;
                if (lu.Faits!.MessageId is { } id)
                {
                    received.TryAdd(id, (courrier, FaitsMessage.Normalize(lu.Faits.De!.Address)));
                }
            }

            found.Add(Of(attendu.Nom, lu, fate));
        }

        return found;
    }

    /// <returns>One sentence for each message that has not become what it must.</returns>
    public static IReadOnlyList<string> Differences(IEnumerable<Attendu> found) =>
        [.. Attendus.Zip(found).SelectMany(pair => Differences(pair.First, pair.Second))];

    public static IEnumerable<string> Differences(Attendu attendu, Attendu lu)
    {
        if (attendu.Nom != lu.Nom || attendu.Sort != lu.Sort)
        {
            yield return $"{attendu.Nom}: {attendu.Sort} expected, {lu.Nom} is {lu.Sort} ({lu.Motif})";
            yield break;
        }

        if (attendu.Sort is "courrier" or "information" && attendu.Accuse is not null && attendu.Accuse != lu.Accuse)
        {
            yield return $"{attendu.Nom}: acknowledged {attendu.Accuse} expected, found {lu.Accuse} ({lu.Motif})";
        }

        if (attendu.Motif is { } motif && lu.Motif?.Contains(motif, StringComparison.Ordinal) is not true)
        {
            yield return $"{attendu.Nom}: reason « {motif} » expected, found « {lu.Motif} »";
        }

        if (attendu.De != lu.De)
        {
            yield return $"{attendu.Nom}: from « {attendu.De} » expected, found « {lu.De} »";
        }

        if (attendu.Objet != lu.Objet)
        {
            yield return $"{attendu.Nom}: subject « {attendu.Objet} » expected, found « {lu.Objet} »";
        }

        if (attendu.Texte is null ? lu.Texte is not null : lu.Texte?.StartsWith(attendu.Texte, StringComparison.Ordinal) is not true)
        {
            yield return $"{attendu.Nom}: text « {attendu.Texte} » expected, found « {lu.Texte} »";
        }

        if ((attendu.Evenement, attendu.Protection, attendu.Original) != (lu.Evenement, lu.Protection, lu.Original))
        {
            yield return $"{attendu.Nom}: event {attendu.Evenement}, protection {attendu.Protection}, original of « {attendu.Original} » expected, "
                + $"found {lu.Evenement}, {lu.Protection}, « {lu.Original} »";
        }

        if (!attendu.Pieces.SequenceEqual(lu.Pieces))
        {
            yield return $"{attendu.Nom}: attachments [{string.Join(", ", attendu.Pieces)}] expected, found [{string.Join(", ", lu.Pieces)}]";
        }
    }

    private static Attendu Of(string nom, MessageLu lu, Classement fate)
    {
        var from = lu.Faits?.De;
        var texte = lu.Contenu.Texte ?? (lu.Contenu.Html is { } html ? HtmlRecu.TextOf(html) : null);
        return new Attendu(
            nom,
            fate switch
            {
                Classement.Enregistrer { IsPourInformation: true } => "information",
                Classement.Enregistrer => "courrier",
                Classement.Rattacher => "rattache",
                _ => "ecarte",
            },
            fate is Classement.Enregistrer registered ? registered.MotifSansAccuse is null : null,
            fate switch
            {
                Classement.Enregistrer enregistrer => enregistrer.MotifSansAccuse,
                Classement.Rattacher rattacher => rattacher.Resume,
                Classement.Ecarter ecarter => ecarter.Motif,
                _ => null,
            },
            from is null ? null : TexteRecu.Line(from.Name is { Length: > 0 } ? $"{from.Name} <{from.Address}>" : from.Address, 300),
            TexteRecu.Line(lu.Faits?.Objet, Limites.Objet),
            Beginning(texte),
            [.. lu.Contenu.Pieces.Select(p => NomFichier.Of(TexteRecu.Line(p.Nom, 1000), p.Instead))],
            lu.Contenu.Indices.Evenement?.DayIn(s_site),
            lu.Contenu.Indices.Protection?.ToString(),
            lu.Contenu.Indices.AuteurTransfere);
    }

    private static string? Beginning(string? texte) =>
        texte is null || string.Join(' ', texte.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)) is not { Length: > 0 } line ? null
        : line.Length > 120 ? line[..120]
        : line;

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Nom();
}
