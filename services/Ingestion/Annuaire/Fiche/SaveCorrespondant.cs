using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Ingestion.Courriers;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.Presentation.Mots;

namespace SuiviCourrier.Ingestion.Annuaire.Fiche;

/// <summary>Writes an entry of the directory, new or known. No courrier already registered changes.</summary>
public sealed class SaveCorrespondant(IngestionDbContext db, TimeProvider clock)
{
    /// <summary>Most addresses beside the preferred ones, of each kind.</summary>
    private const int MaxAutres = 20;

    public abstract record Outcome
    {
        public sealed record Saved(Guid Id) : Outcome;

        /// <summary>Somebody has changed it since the form was shown.</summary>
        public sealed record ChangedMeanwhile : Outcome;

        public sealed record NotFound : Outcome;

        public sealed record Refused(IReadOnlyList<ErreurSaisie> Erreurs) : Outcome;
    }

    public sealed record Demande
    {
        public required string Acteur { get; init; }

        /// <summary>Null for a new entry.</summary>
        public Guid? Id { get; init; }

        /// <summary><see cref="Correspondant.Revision"/> the person was looking at.</summary>
        public int Vu { get; init; }

        public string? Nom { get; init; }
        public string? NomUsage { get; init; }
        public Civilite? Civilite { get; init; }
        public CategorieExpediteur? Categorie { get; init; }
        public bool IsOrganisme { get; init; }

        /// <summary>Name of an organisation of the directory.</summary>
        public string? Organisme { get; init; }

        public string? Fonction { get; init; }
        public string? Courriel { get; init; }
        public string? Adresse { get; init; }
        public string? Telephone { get; init; }
        public bool IsElectroniqueRefusee { get; init; }

        /// <summary>One on each line.</summary>
        public string? AutresCourriels { get; init; }

        /// <summary>An empty line between two.</summary>
        public string? AutresAdresses { get; init; }
    }

    public async Task<Outcome> ExecuteAsync(Demande demande, CancellationToken cancellationToken)
    {
        var champs = new ChampsLus();
        var nom = champs.Line(nameof(demande.Nom), demande.Nom, Limites.Nom, "Indiquez le nom");
        var nomUsage = champs.Line(nameof(demande.NomUsage), demande.NomUsage, Limites.Nom);
        var fonction = champs.Line(nameof(demande.Fonction), demande.Fonction, Limites.Fonction);
        var courriel = champs.Courriel(nameof(demande.Courriel), demande.Courriel);
        var adresse = champs.Lines(nameof(demande.Adresse), demande.Adresse, Limites.Adresse);
        var telephone = champs.Telephone(nameof(demande.Telephone), demande.Telephone);
        if (demande.Categorie is null or CategorieExpediteur.Anonyme)
        {
            champs.Say(nameof(demande.Categorie), "Choisissez une catégorie");
        }

        if (demande.IsOrganisme && (demande.Civilite is not null || nomUsage is not null || !string.IsNullOrWhiteSpace(demande.Organisme)))
        {
            champs.Say(nameof(demande.IsOrganisme), "Un organisme n’a ni civilité, ni nom d’usage, ni organisme : videz ces champs, ou décochez la case");
        }

        if (demande.IsElectroniqueRefusee && adresse is null)
        {
            champs.Say(nameof(demande.Adresse), "Indiquez où lui écrire, puisque les réponses électroniques sont refusées");
        }

        var autres = ReadAutres(demande, champs, courriel, adresse);
        var organisme = await FindOrganismeAsync(demande, champs, cancellationToken);
        if (champs.Erreurs.Count > 0)
        {
            return new Outcome.Refused(champs.Erreurs);
        }

        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var correspondant = demande.Id is null
            ? New(nom!, demande.Categorie!.Value)
            : await db.Correspondants.FromSql($"SELECT * FROM ingestion.correspondants WHERE id = {demande.Id} FOR UPDATE").SingleOrDefaultAsync(cancellationToken);
        if (correspondant is null)
        {
            return new Outcome.NotFound();
        }

        if (demande.Id is not null && correspondant.Revision != demande.Vu)
        {
            return new Outcome.ChangedMeanwhile();
        }

        var known = await db.AdressesCorrespondants.Where(a => a.CorrespondantId == correspondant.Id).OrderBy(a => a.Id).ToListAsync(cancellationToken);
        var before = LinesOf(correspondant, known, demande.Id is null);
        (correspondant.Nom, correspondant.NomCle) = (nom!, CleAnnuaire.Of(nom!));
        (correspondant.NomUsage, correspondant.NomUsageCle) = (nomUsage, nomUsage is null ? null : CleAnnuaire.Of(nomUsage));
        (correspondant.Civilite, correspondant.Categorie) = (demande.Civilite, demande.Categorie!.Value);
        (correspondant.IsOrganisme, correspondant.OrganismeId, correspondant.Fonction) = (demande.IsOrganisme, organisme?.Id, fonction);
        (correspondant.Courriel, correspondant.CourrielCle) = (courriel, courriel is null ? null : CleAnnuaire.Of(courriel));
        (correspondant.Adresse, correspondant.Telephone) = (adresse, telephone);
        correspondant.IsElectroniqueRefusee = demande.IsElectroniqueRefusee;
        correspondant.Revision++;
        var wanted = autres.Select(a => new AdresseCorrespondant { CorrespondantId = correspondant.Id, Genre = a.Genre, Valeur = a.Valeur, Cle = a.Cle }).ToList();
        db.AdressesCorrespondants.RemoveRange(known.Where(k => !wanted.Exists(w => (w.Genre, w.Valeur) == (k.Genre, k.Valeur))));
        db.AdressesCorrespondants.AddRange(wanted.Where(w => !known.Exists(k => (w.Genre, w.Valeur) == (k.Genre, k.Valeur))));
        var (avant, apres) = CourrierEnMots.Difference(before, LinesOf(correspondant, wanted, isNew: false));
        if (avant != apres)
        {
            db.Journal.Record(
                demande.Acteur, nameof(SaveCorrespondant), $"correspondant:{correspondant.Id}", null, clock.GetUtcNow(), avant.Length > 0 ? avant : null, apres);
        }

        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new Outcome.Saved(correspondant.Id);
    }

    private Correspondant New(string nom, CategorieExpediteur categorie)
    {
        var correspondant = new Correspondant { Nom = nom, NomCle = CleAnnuaire.Of(nom), Categorie = categorie, CreatedAt = clock.GetUtcNow() };
        db.Correspondants.Add(correspondant);
        return correspondant;
    }

    private static List<(GenreAdresse Genre, string Valeur, string Cle)> ReadAutres(Demande demande, ChampsLus champs, string? courriel, string? adresse)
    {
        var all = new List<(GenreAdresse Genre, string Valeur, string Cle)>();
        foreach (var typed in (demande.AutresCourriels ?? "").ReplaceLineEndings("\n").Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            Add(GenreAdresse.Electronique, champs.Courriel(nameof(demande.AutresCourriels), typed), courriel);
        }

        foreach (var typed in (demande.AutresAdresses ?? "").ReplaceLineEndings("\n").Split("\n\n", StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            Add(GenreAdresse.Postale, champs.Lines(nameof(demande.AutresAdresses), typed, Limites.Adresse), adresse);
        }

        foreach (var (genre, champ) in new[] { (GenreAdresse.Electronique, nameof(demande.AutresCourriels)), (GenreAdresse.Postale, nameof(demande.AutresAdresses)) })
        {
            if (all.Count(a => a.Genre == genre) > MaxAutres)
            {
                champs.Say(champ, $"{MaxAutres} autres adresses au plus");
            }
        }

        return all;

        void Add(GenreAdresse genre, string? valeur, string? preferred)
        {
            if (valeur is null)
            {
                return;
            }

            var cle = AdresseCorrespondant.CleOf(genre, valeur);
            if (!all.Exists(a => (a.Genre, a.Cle) == (genre, cle)) && (preferred is null || AdresseCorrespondant.CleOf(genre, preferred) != cle))
            {
                all.Add((genre, valeur, cle));
            }
        }
    }

    private async Task<Correspondant?> FindOrganismeAsync(Demande demande, ChampsLus champs, CancellationToken cancellationToken)
    {
        var nom = champs.Line(nameof(demande.Organisme), demande.Organisme, Limites.Nom);
        if (nom is null)
        {
            return null;
        }

        var organisme = await db.OrganismeAsync(nom, cancellationToken);
        if (organisme is null || organisme.Id == demande.Id)
        {
            champs.Say(nameof(demande.Organisme), OrganismesAnnuaire.Inconnu);
        }

        return organisme;
    }

    private static List<(string Libelle, string Valeur)> LinesOf(Correspondant c, IReadOnlyList<AdresseCorrespondant> autres, bool isNew)
    {
        var lines = new List<(string, string)>();
        if (isNew)
        {
            return lines;
        }

        Add("Nom", c.Nom);
        Add("Nom d’usage", c.NomUsage);
        Add("Civilité", c.Civilite?.EnMots());
        Add("Catégorie", c.Categorie.Libelle());
        Add("Organisme", c.IsOrganisme ? "oui" : null);
        Add("Membre de", c.OrganismeId?.ToString());
        Add("Fonction", c.Fonction);
        Add("Adresse électronique", c.Courriel);
        Add("Adresse postale", c.Adresse?.Replace("\n", ", ", StringComparison.Ordinal));
        Add("Téléphone", c.Telephone);
        Add("Réponses électroniques", c.IsElectroniqueRefusee ? "refusées" : null);
        var others = autres.Select(a => a.Valeur.Replace("\n", ", ", StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToList();
        Add("Autres adresses", others.Count > 0 ? string.Join(" ; ", others) : null);
        return lines;

        void Add(string libelle, string? valeur)
        {
            if (valeur is not null)
            {
                lines.Add((libelle, valeur));
            }
        }
    }
}
