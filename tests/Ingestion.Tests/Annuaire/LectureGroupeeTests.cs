using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Ingestion.Annuaire;
using SuiviCourrier.Ingestion.Courriers;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.TestSupport;

namespace SuiviCourrier.Ingestion.Tests.Annuaire;

/// <summary>A registration reads types and senders in its own round trip, column by column: a column added later must not be forgotten there.</summary>
public sealed class LectureGroupeeTests
{
    [Test]
    public async Task Rows_ReadTogether_AreThoseOfTheMapping()
    {
        await using var courrier = await RunningCourrier.StartAsync(roles: ServiceDefaults.ServiceRoles.None);
        await using (var scope = courrier.Scope())
        {
            var db = scope.ServiceProvider.GetRequiredService<IngestionDbContext>();
            var sender = new Correspondant
            {
                Nom = "Essai",
                Categorie = CategorieExpediteur.Elu,
                Fonction = "maire",
                Courriel = "essai@exemple.invalid",
                Adresse = "12 rue",
                Telephone = "02",
                NomCle = "essai",
                CourrielCle = "essai@exemple.invalid",
                CreatedAt = new DateTimeOffset(2026, 5, 6, 9, 0, 0, TimeSpan.Zero),
            };
            SetFlags(sender);
            db.Correspondants.Add(sender);
            SetFlags(await db.Types.OrderBy(t => t.Code).FirstAsync());
            await db.SaveChangesAsync();
        }

        await using var reading = courrier.Scope();
        var ingestion = reading.ServiceProvider.GetRequiredService<IngestionDbContext>();
        var codes = reading.ServiceProvider.GetRequiredService<CodesAnnuaire>();
        foreach (var type in await ingestion.Types.AsNoTracking().ToListAsync())
        {
            Assert.That(Json(await codes.FindTypeAsync(type.Code, [], CancellationToken.None)), Is.EqualTo(Json(type)));
        }

        var mapped = await ingestion.Correspondants.AsNoTracking().SingleAsync();
        var found = await reading.ServiceProvider.GetRequiredService<AnnuaireExpediteurs>().FindOrAddAsync(
            AnnuaireExpediteurs.ToExpediteur(mapped), mapped.CreatedAt, CancellationToken.None);
        Assert.That(Json(found), Is.EqualTo(Json(mapped)));
    }

    private static string Json(object? row) => JsonSerializer.Serialize(row);

    private static void SetFlags(object row)
    {
        foreach (var flag in row.GetType().GetProperties().Where(p => p.PropertyType == typeof(bool) && p.CanWrite))
        {
            flag.SetValue(row, true);
        }
    }
}
