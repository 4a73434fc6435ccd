using Microsoft.Extensions.DependencyInjection;
using SuiviCourrier.Ingestion.Annuaire;
using SuiviCourrier.ServiceDefaults.Schemas;
using SuiviCourrier.TestSupport;

namespace SuiviCourrier.Ingestion.Tests.Annuaire;

public sealed class SeedAnnuaireTests
{
    [Test]
    public async Task Seed_RunTwiceAfterAnEdit_KeepsWhatThePortalChangedAndAddsNothing()
    {
        await using var courrier = await RunningCourrier.StartAsync();
        var services = await courrier.Database.ScalarAsync<long>("SELECT count(*) FROM ingestion.lecture_services");
        await courrier.Database.ScalarAsync<int>("UPDATE ingestion.services SET libelle = 'x' WHERE code = 'DCL'");

        await using (var scope = courrier.Scope())
        {
            var seeder = scope.ServiceProvider.GetServices<ISeeder>().OfType<SeedAnnuaire>().Single();
            await seeder.SeedAsync(Path.Combine(AppContext.BaseDirectory, "seeds"), CancellationToken.None);
        }

        Assert.Multiple(async () =>
        {
            Assert.That(services, Is.GreaterThan(15));
            Assert.That(await courrier.Database.ScalarAsync<long>("SELECT count(*) FROM ingestion.lecture_services"), Is.EqualTo(services));
            Assert.That(
                await courrier.Database.ScalarAsync<string>("SELECT libelle FROM ingestion.lecture_services WHERE code = 'DCL'"),
                Is.EqualTo("x"), "the site keeps its services itself");
            Assert.That(
                await courrier.Database.ScalarAsync<string>("SELECT adresse FROM ingestion.lecture_sites WHERE prefixe_arrivee = 'ARR'"),
                Is.EqualTo("Préfecture d’Indre-et-Loire\n15 rue Bernard Palissy\n37925 TOURS CEDEX 9"));
            Assert.That(
                await courrier.Database.ScalarAsync<string>("SELECT service_code FROM ingestion.lecture_types WHERE code = 'audience'"),
                Is.EqualTo("CAB"));
            Assert.That(await courrier.Database.ScalarAsync<long>("SELECT count(*) FROM ingestion.boites WHERE code = 'contact'"), Is.EqualTo(1));
        });
    }
}
