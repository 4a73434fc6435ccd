using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.ServiceDefaults.Schemas;
using SuiviCourrier.ServiceDefaults.Time;

namespace SuiviCourrier.Ingestion.Accuses.Modeles;

/// <summary>Adds the shipped texts as approved versions. A text that the site has changed is its own: a newer shipped one is not put over it.</summary>
public sealed class SeedModeles(IngestionDbContext db, SiteCourant siteCourant, TimeProvider clock) : ISeeder
{
    /// <summary>Author and approver of what is shipped.</summary>
    public const string Livraison = "livraison";

    private const string Approbation = "livraison.approuvee";

    public int Order => 15;

    public async Task SeedAsync(string seedsFolder, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var today = (await siteCourant.GetAsync(cancellationToken)).DayOf(now);
        var known = await db.VersionsModeles.AsNoTracking().ToListAsync(cancellationToken);
        foreach (var modele in Modele.Load(Path.Combine(seedsFolder, "modeles")))
        {
            var versions = known.FindAll(v => v.Code == modele.Code);
            if (versions.Exists(v => v.Version >= modele.Version || !v.Auteurs.SequenceEqual([Livraison])))
            {
                continue;
            }

            db.VersionsModeles.Add(new VersionModele
            {
                Code = modele.Code,
                Version = modele.Version,
                Libelle = modele.Libelle,
                Genre = modele.Genre,
                Support = modele.Support,
                ServiceProprietaire = modele.ServiceProprietaire,
                Accuse = modele.Accuse,
                DemandePieces = modele.DemandePieces,
                CategoriesExclues = [.. modele.CategoriesExclues.Select(c => c.ToString())],
                Objet = modele.Objet,
                Texte = modele.Texte,
                Etat = EtatModele.Approuve,
                Auteurs = [Livraison],
                ChangedAt = now,
                ApprouvePar = Approbation,
                ApprouveLe = now,
                ValableDu = versions.Count == 0 ? new DateOnly(2000, 1, 1) : today,
            });
        }

        await db.SaveChangesAsync(cancellationToken);
    }
}
