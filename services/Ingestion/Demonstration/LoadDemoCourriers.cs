using System.Text.Json;
using System.Text.Json.Serialization;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Ingestion.Courriers;
using SuiviCourrier.Ingestion.Courriers.Register;
using SuiviCourrier.ServiceDefaults.Demonstration;
using SuiviCourrier.ServiceDefaults.Fichiers;
using SuiviCourrier.ServiceDefaults.Time;

namespace SuiviCourrier.Ingestion.Demonstration;

/// <summary>Registers the letters and deposits of <c>seeds/demo/courriers.json</c> as the mail room would. Their keys are fixed: loading twice doubles nothing.</summary>
public sealed class LoadDemoCourriers(RegisterCourrier registerCourrier, IFileStore store, SiteCourant siteCourant, TimeProvider clock) : IDemoLoader
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    public int Order => 10;

    public async Task LoadAsync(string seedsFolder, CancellationToken cancellationToken)
    {
        var jours = new JoursRelatifs(await siteCourant.GetAsync(cancellationToken), clock.GetUtcNow());
        var folder = Path.Combine(seedsFolder, "demo");
        await using var file = File.OpenRead(Path.Combine(folder, "courriers.json"));
        foreach (var lettre in await JsonSerializer.DeserializeAsync<List<Lettre>>(file, s_json, cancellationToken) ?? [])
        {
            var outcome = await registerCourrier.ExecuteAsync(await ReadAsync(lettre, folder, jours, cancellationToken), cancellationToken);
            if (outcome is RegisterCourrier.Outcome.Refused refused)
            {
                throw new InvalidDataException($"seeds/demo/courriers.json, {lettre.Cle} : {string.Join(" ; ", refused.Erreurs.Select(e => e.Phrase))}");
            }
        }
    }

    private async Task<RegisterCourrier.Demande> ReadAsync(Lettre lettre, string folder, JoursRelatifs jours, CancellationToken cancellationToken)
    {
        var pieces = new List<RegisterCourrier.PieceDemandee>();
        if (lettre.Scan is { } scan)
        {
            await using var content = File.OpenRead(Path.Combine(folder, scan));
            pieces.Add(new(await store.StoreAsync(content, Limites.Scan, cancellationToken), Path.GetFileName(scan), RolePiece.Document));
        }

        var expediteur = lettre.Expediteur;
        var isAnonyme = expediteur.Categorie == CategorieExpediteur.Anonyme;
        return new RegisterCourrier.Demande
        {
            Acteur = "demonstration",
            Origine = OrigineEnregistrement.Saisie,
            CleIdempotence = $"demonstration:{lettre.Cle}",
            Canal = lettre.Canal,
            RecuLe = jours.IlYA(lettre.RecuIlYA),
            DateCourrier = lettre.DateCourrierIlYA is { } written ? jours.IlYA(written) : null,
            Objet = lettre.Objet,
            IsAnonyme = isAnonyme,
            Categorie = expediteur.Categorie,
            Nom = isAnonyme ? null : expediteur.NomComplet,
            Fonction = expediteur.Fonction,
            Adresse = expediteur.Adresse is { Count: > 0 } adresse ? string.Join('\n', adresse) : null,
            Courriel = expediteur.Courriel,
            Telephone = expediteur.Telephone,
            Nature = lettre.Nature,
            TypeCode = lettre.Type,
            ServiceCode = lettre.Service,
            NumeroRecommande = lettre.Recommande,
            OriginalOu = lettre.Pieces.Any(p => p.Original == "ARestituer") ? "Coffre du bureau d’ordre, à restituer" : null,
            PourLeCompteDe = expediteur.PourLeCompteDe,
            Pieces = pieces,
            PiecesAnnoncees =
            [
                .. lettre.Pieces.Select(p => new RegisterCourrier.PieceAnnonceeDemandee(
                    p.Genre switch
                    {
                        "Cheque" => NaturePieceAnnoncee.Cheque,
                        "Original" => NaturePieceAnnoncee.DocumentOriginal,
                        _ => NaturePieceAnnoncee.Copie,
                    },
                    1,
                    p.Libelle)),
            ],
        };
    }

    private sealed record Lettre
    {
        public required string Cle { get; init; }
        public required Canal Canal { get; init; }
        public required int RecuIlYA { get; init; }
        public int? DateCourrierIlYA { get; init; }
        public required Correspondance Expediteur { get; init; }
        public required string Objet { get; init; }
        public NatureCourrier? Nature { get; init; }
        public string? Type { get; init; }
        public string? Service { get; init; }
        public string? Recommande { get; init; }
        public string? Scan { get; init; }
        public List<PieceDecrite> Pieces { get; init; } = [];
    }

    private sealed record Correspondance
    {
        public required CategorieExpediteur Categorie { get; init; }
        public string? Civilite { get; init; }
        public string? Prenom { get; init; }
        public string? Nom { get; init; }
        public string? Organisme { get; init; }
        public string? Fonction { get; init; }
        public List<string>? Adresse { get; init; }
        public string? Courriel { get; init; }
        public string? Telephone { get; init; }
        public string? PourLeCompteDe { get; init; }

        public string NomComplet
        {
            get
            {
                var personne = string.Join(' ', new[] { Civilite, Prenom, Nom }.Where(p => !string.IsNullOrEmpty(p)));
                return (Organisme, personne) switch
                {
                    (null or "", _) => personne,
                    ({ } organisme, "") => organisme,
                    ({ } organisme, _) => $"{organisme} – {personne}",
                };
            }
        }
    }

    private sealed record PieceDecrite(string Libelle, string Genre, string? Original);
}
