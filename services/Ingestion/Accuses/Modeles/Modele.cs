using System.Text.Json;
using System.Text.Json.Serialization;
using SuiviCourrier.Contracts.Courriers;

namespace SuiviCourrier.Ingestion.Accuses.Modeles;

/// <summary>What a letter text is for. It decides what the text must contain (<see cref="ModeleValidation"/>).</summary>
public enum GenreModele
{
    AccuseEnregistrement,

    /// <summary>What CRPA R112-5 and R112-11-1 ask for.</summary>
    AccuseReception,
    RecepisseDepot,
    Reponse,

    /// <summary>Announces an interview: it says how the person will be reached again.</summary>
    Entretien,
}

public enum SupportModele
{
    Courriel,
    Lettre,
}

/// <summary>A letter text: a subject and a body in Liquid over the small markup of <see cref="Balisage"/>.</summary>
public sealed record Modele
{
    public required string Code { get; init; }

    public required string Libelle { get; init; }

    public required GenreModele Genre { get; init; }

    public required SupportModele Support { get; init; }

    public required int Version { get; init; }

    /// <summary>Code of the service that owns the text and receives the requests to change it.</summary>
    public required string ServiceProprietaire { get; init; }

    /// <summary>Acknowledges a reception: the France Services link is compulsory (minutes of 21 April 2021).</summary>
    public bool Accuse { get; init; }

    /// <summary>Asks for documents: the return address is compulsory in the body, a footer is not enough (same minutes).</summary>
    public bool DemandePieces { get; init; }

    /// <summary>Senders to whom this text is never sent.</summary>
    public IReadOnlyList<CategorieExpediteur> CategoriesExclues { get; init; } = [];

    public required string Objet { get; init; }

    public required string Texte { get; init; }

    /// <summary>Reads <c>modeles.json</c> and the texts beside it.</summary>
    public static IReadOnlyList<Modele> Load(string folder)
    {
        using var stream = File.OpenRead(Path.Combine(folder, "modeles.json"));
        var entries = JsonSerializer.Deserialize<List<Entry>>(stream, Json) ?? [];

        return [.. entries.Select(entry => new Modele
        {
            Code = entry.Code,
            Libelle = entry.Libelle,
            Genre = entry.Genre,
            Support = entry.Support,
            Version = entry.Version,
            ServiceProprietaire = entry.ServiceProprietaire,
            Accuse = entry.Accuse,
            DemandePieces = entry.DemandePieces,
            CategoriesExclues = entry.CategoriesExclues,
            Objet = entry.Objet,
            Texte = File.ReadAllText(Path.Combine(folder, entry.Fichier)),
        })];
    }

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    private sealed record Entry(
        string Code,
        string Libelle,
        GenreModele Genre,
        SupportModele Support,
        string Objet,
        string Fichier,
        int Version,
        string ServiceProprietaire,
        bool Accuse,
        bool DemandePieces,
        IReadOnlyList<CategorieExpediteur> CategoriesExclues);
}
