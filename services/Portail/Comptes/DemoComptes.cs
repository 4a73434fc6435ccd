using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Portail.Data;
using SuiviCourrier.Presentation.Rights;

namespace SuiviCourrier.Portail.Comptes;

/// <summary>
/// The accounts of the demonstration, for the Host's own embedded database. They sign in only while it is reached on loopback
/// (<see cref="ServiceDefaults.Demonstration.DemonstrationOptions"/>): their password is shown to whoever starts it.
/// </summary>
public sealed class DemoComptes(PortailDbContext db, CreateCompte createCompte, TimeProvider clock)
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    /// <summary>An account as the start-up prints it.</summary>
    public sealed record Cree(string Courriel, string Nom, RoleAgent Role, string ServiceCode);

    /// <summary>Creates those that are missing, all with the same password. May run twice.</summary>
    /// <returns>The accounts of the file, created now or before.</returns>
    public async Task<IReadOnlyList<Cree>> CreateAsync(string seedsFolder, string password, CancellationToken cancellationToken)
    {
        await using var file = File.OpenRead(Path.Combine(seedsFolder, "reference", "comptes-demo.json"));
        var comptes = await JsonSerializer.DeserializeAsync<CompteFile[]>(file, s_json, cancellationToken) ?? [];
        var existing = await db.Comptes.Select(c => c.Email).ToListAsync(cancellationToken);
        foreach (var compte in comptes.Where(c => !existing.Contains(c.Courriel)))
        {
            var created = await createCompte.CreateAsync(
                "demonstration", compte.Courriel, $"{compte.Prenom} {compte.Nom}", compte.Role, compte.ServiceCode, password, isDemonstration: true, cancellationToken);
            if (created.Id is null)
            {
                throw new InvalidOperationException($"{compte.Courriel} : {string.Join(" ; ", created.Refus)}");
            }
        }

        return [.. comptes.Select(c => new Cree(c.Courriel, $"{c.Prenom} {c.Nom}", c.Role, c.ServiceCode))];
    }

    /// <summary>They exist in the demonstration only: elsewhere, as after a restoration, they open nothing.</summary>
    /// <returns>How many were active.</returns>
    public async Task<int> DeactivateAsync(CancellationToken cancellationToken)
    {
        var actifs = await db.Comptes.Where(c => c.IsDemonstration && c.IsActif).ToListAsync(cancellationToken);
        foreach (var compte in actifs)
        {
            compte.IsActif = false;
            compte.SecurityStamp = Guid.NewGuid().ToString();
            db.Journal.Record("demonstration", nameof(DeactivateAsync), $"compte:{compte.Id}", null, clock.GetUtcNow(), avant: "actif", apres: "inactif");
        }

        await db.SaveChangesAsync(cancellationToken);
        return actifs.Count;
    }

    private sealed record CompteFile(string Courriel, string Prenom, string Nom, RoleAgent Role, string ServiceCode);
}
