using Microsoft.EntityFrameworkCore;
using Npgsql;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Ingestion.Annuaire.Fonctions;
using SuiviCourrier.Ingestion.Courriers;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.ServiceDefaults.Data;

namespace SuiviCourrier.Ingestion.Annuaire;

/// <summary>Finds those who have written before.</summary>
public sealed class AnnuaireExpediteurs(IngestionDbContext db)
{
    /// <summary>Those recognised by another address than the preferred one are found again here.</summary>
    private readonly Dictionary<CleExpediteur, Correspondant> _recognised = [];

    public static Expediteur ToExpediteur(Correspondant correspondant) => new()
    {
        Nom = correspondant.Nom,
        Categorie = correspondant.Categorie,
        Fonction = correspondant.Fonction,
        Courriel = correspondant.Courriel,
        Adresse = correspondant.Adresse,
        Telephone = correspondant.Telephone,
    };

    /// <summary>The sender of a letter of this day, with the position held then; null when the directory does not know it.</summary>
    public async Task<Expediteur?> FindExpediteurAsync(Guid id, DateOnly day, CancellationToken cancellationToken)
    {
        if (await db.Correspondants.AsNoTracking().SingleOrDefaultAsync(c => c.Id == id, cancellationToken) is not { } correspondant)
        {
            return null;
        }

        var held = await db.Fonctions.AsNoTracking()
            .Where(f => f.CorrespondantId == id && f.Du <= day && (f.Au == null || day <= f.Au)).ToListAsync(cancellationToken);
        var expediteur = ToExpediteur(correspondant);
        return held.OrderBy(f => f.Nature).FirstOrDefault() is { } fonction
            ? expediteur with { Fonction = TitresFonctions.EnMots(fonction, correspondant.Civilite) }
            : expediteur;
    }

    /// <summary>Asks, in the caller's round trip, for the entry that <see cref="FindOrAdd"/> then finds.</summary>
    public void Ask(RoundTrip trip, Expediteur expediteur)
    {
        if (CleOf(expediteur) is not { } cle || Known(cle) is not null)
        {
            return;
        }

        Action<NpgsqlDataReader> read = row =>
        {
            var found = db.Correspondants.Local.FindEntry(row.GetGuid(0))?.Entity ?? db.Correspondants.Attach(Read(row)).Entity;
            _recognised[cle] = found;
        };
        if (cle.Courriel is { } courriel)
        {
            trip.Ask(
                $"""
                SELECT id, nom, categorie, fonction, courriel, adresse, telephone, nom_cle, courriel_cle, created_at, is_electronique_refusee,
                    nom_usage, nom_usage_cle, civilite, is_organisme, organisme_id, revision
                FROM ingestion.correspondants c
                WHERE (nom_cle = {cle.Nom} AND (courriel_cle = {courriel} OR EXISTS (
                    SELECT FROM ingestion.adresses_correspondants a WHERE a.correspondant_id = c.id AND a.genre = 'Electronique' AND a.cle = {courriel})))
                ORDER BY id LIMIT 1
                """,
                read);
        }
        else
        {
            trip.Ask(
                $"""
                SELECT id, nom, categorie, fonction, courriel, adresse, telephone, nom_cle, courriel_cle, created_at, is_electronique_refusee,
                    nom_usage, nom_usage_cle, civilite, is_organisme, organisme_id, revision
                FROM ingestion.correspondants c
                WHERE (nom_cle = {cle.Nom} AND (adresse = {cle.Adresse} OR EXISTS (
                    SELECT FROM ingestion.adresses_correspondants a WHERE a.correspondant_id = c.id AND a.genre = 'Postale' AND a.cle = {cle.Adresse})))
                ORDER BY id LIMIT 1
                """,
                read);
        }
    }

    private static Correspondant Read(NpgsqlDataReader row) => new()
    {
        Id = row.GetGuid(0),
        Nom = row.GetString(1),
        Categorie = Enum.Parse<CategorieExpediteur>(row.GetString(2)),
        Fonction = Text(row, 3),
        Courriel = Text(row, 4),
        Adresse = Text(row, 5),
        Telephone = Text(row, 6),
        NomCle = row.GetString(7),
        CourrielCle = Text(row, 8),
        CreatedAt = row.GetFieldValue<DateTimeOffset>(9),
        IsElectroniqueRefusee = row.GetBoolean(10),
        NomUsage = Text(row, 11),
        NomUsageCle = Text(row, 12),
        Civilite = Text(row, 13) is { } civilite ? Enum.Parse<Civilite>(civilite) : null,
        IsOrganisme = row.GetBoolean(14),
        OrganismeId = row.IsDBNull(15) ? null : row.GetGuid(15),
        Revision = row.GetInt32(16),
    };

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    /// <summary>
    /// The entry of the same person, among those asked for (<see cref="Ask"/>), or a new one added to the caller's transaction; null for an
    /// anonymous sender.
    /// </summary>
    public Correspondant? FindOrAdd(Expediteur expediteur, DateTimeOffset now)
    {
        if (expediteur.Nom is not { } nom)
        {
            return null;
        }

        if (CleOf(expediteur) is { } cle && Known(cle) is { } found)
        {
            // Somebody has placed this sender at last: the next message finds it placed.
            if (found.Categorie == CategorieExpediteur.NonPrecisee)
            {
                (found.Categorie, found.Fonction) = (expediteur.Categorie, expediteur.Fonction ?? found.Fonction);
            }

            return found;
        }

        var correspondant = new Correspondant
        {
            Nom = nom,
            Categorie = expediteur.Categorie,
            Fonction = expediteur.Fonction,
            Courriel = expediteur.Courriel,
            Adresse = expediteur.Adresse,
            Telephone = expediteur.Telephone,
            NomCle = CleAnnuaire.Of(nom),
            CourrielCle = expediteur.Courriel is { } courriel ? CleAnnuaire.Of(courriel) : null,
            CreatedAt = now,
        };
        db.Correspondants.Add(correspondant);
        return correspondant;
    }

    /// <summary><see cref="Ask"/> alone, then <see cref="FindOrAdd"/>.</summary>
    public async Task<Correspondant?> FindOrAddAsync(Expediteur expediteur, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var trip = new RoundTrip();
        Ask(trip, expediteur);
        await trip.ExecuteAsync(db, cancellationToken);
        return FindOrAdd(expediteur, now);
    }

    /// <summary>The same person: same name and same address, electronic or postal. One name alone is not one person.</summary>
    private static CleExpediteur? CleOf(Expediteur expediteur) => expediteur switch
    {
        { Nom: { } nom, Courriel: { } courriel } => new CleExpediteur(CleAnnuaire.Of(nom), CleAnnuaire.Of(courriel), null),
        { Nom: { } nom, Adresse: { } adresse } => new CleExpediteur(CleAnnuaire.Of(nom), null, adresse),
        _ => null,
    };

    /// <summary>Of this unit of work: one added moments ago is not in the table yet, and one let go of is asked for again.</summary>
    private Correspondant? Known(CleExpediteur cle) =>
        _recognised.TryGetValue(cle, out var recognised) && db.Entry(recognised).State != EntityState.Detached
            ? recognised
            : db.Correspondants.Local.FirstOrDefault(
                c => c.NomCle == cle.Nom && (cle.Courriel is not null ? c.CourrielCle == cle.Courriel : c.Adresse == cle.Adresse));

    private sealed record CleExpediteur(string Nom, string? Courriel, string? Adresse);

    /// <summary>Entries whose name has a word that begins so, or whose e-mail address begins so; the newest first.</summary>
    public async Task<IReadOnlyList<Correspondant>> SearchAsync(string typed, CancellationToken cancellationToken)
    {
        var cle = CleAnnuaire.Of(TexteSaisi.Repair(typed, Limites.Nom) ?? "");
        if (cle.Length < 2)
        {
            return [];
        }

        return await db.Correspondants.AsNoTracking()
            .Where(c => c.NomCle.StartsWith(cle) || c.NomCle.Contains(" " + cle) || c.NomUsageCle!.StartsWith(cle) || c.CourrielCle!.StartsWith(cle))
            .OrderByDescending(c => c.Id)
            .Take(8)
            .ToListAsync(cancellationToken);
    }
}
