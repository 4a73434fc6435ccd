using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Ingestion.Annuaire.FranceServices;
using SuiviCourrier.Ingestion.BoitesFonctionnelles;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.ServiceDefaults.Schemas;

namespace SuiviCourrier.Ingestion.Annuaire;

/// <summary>Loads the site, its services, the types of courrier, the France Services links and the mailboxes.</summary>
public sealed class SeedAnnuaire(IngestionDbContext db) : ISeeder
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    public int Order => 10;

    public async Task SeedAsync(string seedsFolder, CancellationToken cancellationToken)
    {
        var reference = Path.Combine(seedsFolder, "reference");
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await SeedSiteAsync(await ReadAsync<SiteFile>(reference, "site.json", cancellationToken), cancellationToken);
        await SeedServicesAsync(await ReadAsync<ServiceFile[]>(reference, "services.json", cancellationToken), cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        await SeedTypesAsync((await ReadAsync<TypesFile>(reference, "natures-types.json", cancellationToken)).Types, cancellationToken);
        await SeedFranceServicesAsync(await ReadAsync<LienFranceServicesFile[]>(reference, "france-services.json", cancellationToken), cancellationToken);
        await SeedBoitesAsync(await ReadAsync<BoiteFile[]>(reference, "boites.json", cancellationToken), cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private async Task SeedSiteAsync(SiteFile file, CancellationToken cancellationToken)
    {
        var seeded = new Site
        {
            Code = file.Code,
            Libelle = file.Libelle,
            Fuseau = file.FuseauHoraire,
            ZoneFeries = file.ZoneJoursFeries,
            PrefixeArrivee = file.PrefixeChrono,
            Adresse = string.Join('\n', file.Adresse.Lignes),
            Telephone = file.Telephone,
            Courriel = file.Courriel,
            FranceServicesUrl = file.FranceServices.Lien,
        };
        Upsert(db.Sites, seeded, await db.Sites.SingleOrDefaultAsync(s => s.Code == file.Code, cancellationToken));
    }

    /// <summary>The site keeps its services itself: only those it does not hold yet are added.</summary>
    private async Task SeedServicesAsync(ServiceFile[] files, CancellationToken cancellationToken)
    {
        var existing = await db.Services.Select(s => s.Code).ToListAsync(cancellationToken);
        foreach (var (rank, file) in files.Index().Where(f => !existing.Contains(f.Item.Code)))
        {
            db.Services.Add(new ServicePrefecture
            {
                Code = file.Code,
                Libelle = file.Libelle,
                ParentCode = file.ParentCode,
                Courriel = file.Courriel,
                Telephone = file.Telephone,
                Adresse = file.Adresse,
                Ordre = rank + 1,
            });
        }
    }

    private async Task SeedTypesAsync(TypeFile[] files, CancellationToken cancellationToken)
    {
        var existing = await db.Types.ToDictionaryAsync(t => t.Code, cancellationToken);
        foreach (var (rank, file) in files.Index())
        {
            var seeded = new TypeCourrier
            {
                Code = file.Code,
                Libelle = file.Libelle,
                Nature = file.Nature,
                ServiceCode = file.ServiceCode,
                IsSansAccuse = file.SansAccuse,
                TeleserviceNom = file.Teleservice?.Nom,
                TeleserviceUrl = file.Teleservice?.Lien,
                Ordre = rank + 1,
            };
            Upsert(db.Types, seeded, existing.GetValueOrDefault(file.Code));
        }
    }

    /// <summary>The site keeps this list itself: only départements it does not hold yet are added.</summary>
    private async Task SeedFranceServicesAsync(LienFranceServicesFile[] files, CancellationToken cancellationToken)
    {
        var existing = await db.LiensFranceServices.Select(l => l.Departement).ToListAsync(cancellationToken);
        db.LiensFranceServices.AddRange(files.Where(f => !existing.Contains(f.Departement)).Select(f => new LienFranceServices
        {
            Departement = f.Departement,
            Libelle = f.Libelle,
            Url = f.Lien,
            VerifieLe = f.VerifieLe,
        }));
    }

    /// <summary>The site manages its mailboxes itself: only those it does not hold yet are added.</summary>
    private async Task SeedBoitesAsync(BoiteFile[] files, CancellationToken cancellationToken)
    {
        var existing = await db.Boites.Select(b => b.Code).ToListAsync(cancellationToken);
        db.Boites.AddRange(files.Where(f => !existing.Contains(f.Code)).Select(f => new BoiteFonctionnelle
        {
            Code = f.Code,
            Libelle = f.Libelle,
            Adresse = f.Adresse,
            Alias = [.. f.Alias],
            ServiceCode = f.ServiceCode,
            ExpediteursFormulaire = [.. f.ExpediteursFormulaire],
        }));
    }

    private void Upsert<T>(DbSet<T> set, T seeded, T? found)
        where T : class
    {
        if (found is null)
        {
            set.Add(seeded);
        }
        else
        {
            db.Entry(found).CurrentValues.SetValues(seeded);
        }
    }

    private static async Task<T> ReadAsync<T>(string folder, string name, CancellationToken cancellationToken)
    {
        await using var file = File.OpenRead(Path.Combine(folder, name));
        return await JsonSerializer.DeserializeAsync<T>(file, s_json, cancellationToken)
            ?? throw new JsonException($"{name} is empty");
    }

    private sealed record SiteFile(
        string Code, string Libelle, string FuseauHoraire, string ZoneJoursFeries, string PrefixeChrono, AdresseFile Adresse,
        string Telephone, string Courriel, LienFile FranceServices);

    private sealed record AdresseFile(string[] Lignes);

    private sealed record LienFile(string Lien);

    private sealed record ServiceFile(string Code, string Libelle, string? ParentCode, string? Courriel, string? Telephone, string? Adresse);

    private sealed record TypesFile(TypeFile[] Types);

    private sealed record TypeFile(
        string Code, string Libelle, NatureCourrier Nature, string? ServiceCode, bool SansAccuse = false, TeleserviceFile? Teleservice = null);

    private sealed record TeleserviceFile(string Nom, string Lien);

    private sealed record LienFranceServicesFile(string Departement, string Libelle, string Lien, DateOnly VerifieLe);

    private sealed record BoiteFile(string Code, string Libelle, string Adresse, string[] Alias, string? ServiceCode, string[] ExpediteursFormulaire);
}
