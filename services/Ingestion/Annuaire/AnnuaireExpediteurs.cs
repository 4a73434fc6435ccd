using Microsoft.EntityFrameworkCore;
using Npgsql;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Ingestion.Courriers;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.ServiceDefaults.Data;

namespace SuiviCourrier.Ingestion.Annuaire;

/// <summary>Finds those who have written before.</summary>
public sealed class AnnuaireExpediteurs(IngestionDbContext db)
{
    public static Expediteur ToExpediteur(Correspondant correspondant) => new()
    {
        Nom = correspondant.Nom,
        Categorie = correspondant.Categorie,
        Fonction = correspondant.Fonction,
        Courriel = correspondant.Courriel,
        Adresse = correspondant.Adresse,
        Telephone = correspondant.Telephone,
    };

    public Task<Correspondant?> FindAsync(Guid id, CancellationToken cancellationToken) =>
        db.Correspondants.AsNoTracking().SingleOrDefaultAsync(c => c.Id == id, cancellationToken);

    /// <summary>Asks, in the caller's round trip, for the entry that <see cref="FindOrAdd"/> then finds.</summary>
    public void Ask(RoundTrip trip, Expediteur expediteur)
    {
        if (CleOf(expediteur) is not { } cle || Known(cle) is not null)
        {
            return;
        }

        Action<NpgsqlDataReader> read = row => db.Correspondants.Attach(new Correspondant
        {
            Id = row.GetGuid(0),
            Nom = row.GetString(1),
            Categorie = Enum.Parse<CategorieExpediteur>(row.GetString(2)),
            Fonction = row.IsDBNull(3) ? null : row.GetString(3),
            Courriel = row.IsDBNull(4) ? null : row.GetString(4),
            Adresse = row.IsDBNull(5) ? null : row.GetString(5),
            Telephone = row.IsDBNull(6) ? null : row.GetString(6),
            NomCle = row.GetString(7),
            CourrielCle = row.IsDBNull(8) ? null : row.GetString(8),
            CreatedAt = row.GetFieldValue<DateTimeOffset>(9),
            IsElectroniqueRefusee = row.GetBoolean(10),
        });
        if (cle.Courriel is { } courriel)
        {
            trip.Ask(
                $"""
                SELECT id, nom, categorie, fonction, courriel, adresse, telephone, nom_cle, courriel_cle, created_at, is_electronique_refusee
                FROM ingestion.correspondants WHERE nom_cle = {cle.Nom} AND courriel_cle = {courriel} ORDER BY id LIMIT 1
                """,
                read);
        }
        else
        {
            trip.Ask(
                $"""
                SELECT id, nom, categorie, fonction, courriel, adresse, telephone, nom_cle, courriel_cle, created_at, is_electronique_refusee
                FROM ingestion.correspondants WHERE nom_cle = {cle.Nom} AND adresse = {cle.Adresse} ORDER BY id LIMIT 1
                """,
                read);
        }
    }

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

    /// <summary>Of this unit of work: one added moments ago is not in the table yet.</summary>
    private Correspondant? Known(CleExpediteur cle) => db.Correspondants.Local.FirstOrDefault(
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
            .Where(c => c.NomCle.StartsWith(cle) || c.NomCle.Contains(" " + cle) || c.CourrielCle!.StartsWith(cle))
            .OrderByDescending(c => c.Id)
            .Take(8)
            .ToListAsync(cancellationToken);
    }
}
