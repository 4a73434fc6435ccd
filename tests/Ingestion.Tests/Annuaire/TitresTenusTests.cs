using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SuiviCourrier.Contracts.Accuses;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Ingestion.Accuses;
using SuiviCourrier.Ingestion.Annuaire;
using SuiviCourrier.Ingestion.Annuaire.Fonctions;
using SuiviCourrier.Ingestion.Courriers.Register;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.Ingestion.Tests.Courriers;
using SuiviCourrier.TestSupport;

namespace SuiviCourrier.Ingestion.Tests.Annuaire;

/// <summary>Whoever wrote is acknowledged under the title held on the day the letter arrived, and found again by any of the known addresses.</summary>
public sealed class TitresTenusTests
{
    private static readonly DateOnly s_recu = new(2026, 11, 2);

    private RunningCourrier _courrier = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _courrier = await RunningCourrier.StartAsync(roles: ServiceDefaults.ServiceRoles.None);

    [OneTimeTearDown]
    public async Task StopAsync() => await _courrier.DisposeAsync();

    [TestCase(null, "Madame la Maire,", "Maire de Loches", TestName = "Held, without a known end")]
    [TestCase("2026-11-02", "Madame la Maire,", "Maire de Loches", TestName = "Its last day is a day of the mandate")]
    [TestCase("2026-11-01", "Madame,", null, TestName = "Ended yesterday: no title, whatever the letter says")]
    public async Task Acknowledgement_OfAMayor_HasTheTitleHeldThatDay(string? au, string appel, string? ligne)
    {
        var nom = $"Hélène {Guid.NewGuid():N}";
        var id = await RegisterAsync(nom, CategorieExpediteur.Elu, "maire de Loches");
        await HoldAsync(id, Civilite.Madame, NatureFonction.Maire, "Loches", new DateOnly(2020, 7, 4), au);

        var (text, address) = await RenderAsync(id);

        Assert.That(text, Does.Contain($"\n{appel}\n"));
        Assert.That(address[0], Is.EqualTo($"Madame {nom}"));
        Assert.That(address[1], Is.EqualTo(ligne ?? "1 place de la Mairie"));
    }

    [Test]
    public async Task Acknowledgement_OfWhoHoldsTwoMandates_NamesTheOneOfTheLetterElseTheNationalOne()
    {
        var maire = await RegisterAsync($"Paul {Guid.NewGuid():N}", CategorieExpediteur.Elu, "maire de Loches");
        await HoldAsync(maire, Civilite.Monsieur, NatureFonction.Maire, "Loches", new DateOnly(2020, 7, 4));
        await HoldAsync(maire, Civilite.Monsieur, NatureFonction.Depute, "Indre-et-Loire", new DateOnly(2024, 7, 8));
        var depute = await RegisterAsync($"Paul {Guid.NewGuid():N}", CategorieExpediteur.Elu, null);
        await HoldAsync(depute, Civilite.Monsieur, NatureFonction.Maire, "Loches", new DateOnly(2020, 7, 4));
        await HoldAsync(depute, Civilite.Monsieur, NatureFonction.Depute, "Indre-et-Loire", new DateOnly(2024, 7, 8));

        Assert.That((await RenderAsync(maire)).Text, Does.Contain("Monsieur le Maire,"));
        Assert.That((await RenderAsync(depute)).Text, Does.Contain("Monsieur le Député,"));
    }

    [TestCase("Mme Anne Petit", "conseillère départementale", "Madame la Conseillère départementale,", TestName = "A mandate nobody has written down is believed")]
    [TestCase("Anne Petit", "sénatrice d’Indre-et-Loire", "Madame la Sénatrice,", TestName = "A feminine form tells how to say it")]
    [TestCase("Dominique Petit", "maire de Loches", "Madame, Monsieur,", TestName = "Nothing tells: nothing is guessed")]
    public async Task Acknowledgement_OfAnElectedOfficialTheDirectoryDoesNotKnow_BelievesTheLetter(string nom, string fonction, string appel)
    {
        var id = await RegisterAsync(nom, CategorieExpediteur.Elu, fonction);

        var (text, address) = await RenderAsync(id);

        Assert.That(text, Does.Contain($"\n{appel}\n"));
        Assert.That(address[1], Is.EqualTo(char.ToUpperInvariant(fonction[0]) + fonction[1..]));
    }

    [Test]
    public async Task Acknowledgement_OfACommune_IsWrittenToItsMayor()
    {
        var commune = await RegisterAsync($"Commune {Guid.NewGuid():N}", CategorieExpediteur.Commune, null);
        var maire = await RegisterAsync($"Hélène {Guid.NewGuid():N}", CategorieExpediteur.Elu, null);
        await using (var scope = _courrier.Scope())
        {
            var db = scope.ServiceProvider.GetRequiredService<IngestionDbContext>();
            var organisme = await CorrespondantAsync(db, commune);
            organisme.IsOrganisme = true;
            var person = await CorrespondantAsync(db, maire);
            person.Civilite = Civilite.Madame;
            db.Fonctions.Add(new Fonction { CorrespondantId = person.Id, OrganismeId = organisme.Id, Nature = NatureFonction.Maire, Du = new DateOnly(2020, 7, 4) });
            await db.SaveChangesAsync();
        }

        Assert.That((await RenderAsync(commune)).Text, Does.Contain("\nMadame la Maire,\n"));
    }

    [Test]
    public async Task Acknowledgement_OfAnAssociationAndItsClient_SaysForWhomItWrote()
    {
        var id = await RegisterAsync($"Association {Guid.NewGuid():N}", CategorieExpediteur.Association, null, pourLeCompteDe: "M. Ali Haddad");

        Assert.That((await RenderAsync(id)).Text, Does.Contain("écrit pour le compte de M. Ali Haddad").And.Contain("\nMadame, Monsieur,\n"));
    }

    [Test]
    public async Task Registered_FromAnotherKnownAddress_IsTheSameCorrespondent()
    {
        var nom = $"Claire {Guid.NewGuid():N}";
        var first = await RegisterAsync(nom, CategorieExpediteur.Particulier, null);
        var (courriel, adresse) = ($"{Guid.NewGuid():N}@exemple.example", "8 rue Neuve\n37000 TOURS");
        await using (var scope = _courrier.Scope())
        {
            var db = scope.ServiceProvider.GetRequiredService<IngestionDbContext>();
            var correspondant = await CorrespondantAsync(db, first);
            foreach (var (genre, valeur) in new[] { (GenreAdresse.Electronique, courriel), (GenreAdresse.Postale, adresse) })
            {
                db.AdressesCorrespondants.Add(new AdresseCorrespondant
                {
                    CorrespondantId = correspondant.Id,
                    Genre = genre,
                    Valeur = valeur,
                    Cle = AdresseCorrespondant.CleOf(genre, valeur),
                });
            }

            await db.SaveChangesAsync();
        }

        var byMail = (await _courrier.RegisteredAsync(Demandes.Lettre() with { Nom = nom, Canal = Canal.Courriel, DateCourrier = null, Courriel = courriel.ToUpperInvariant(), Adresse = null })).CourrierId;
        var byPost = (await _courrier.RegisteredAsync(Demandes.Lettre() with { Nom = nom, Courriel = null, Adresse = adresse })).CourrierId;
        var stranger = (await _courrier.RegisteredAsync(Demandes.Lettre() with { Nom = nom, Courriel = null, Adresse = "9 rue Neuve\n37000 TOURS" })).CourrierId;

        await using var reading = _courrier.Scope();
        var courriers = reading.ServiceProvider.GetRequiredService<IngestionDbContext>().Courriers.AsNoTracking();
        var known = (await courriers.SingleAsync(c => c.Id == first)).CorrespondantId;
        Assert.Multiple(async () =>
        {
            Assert.That((await courriers.SingleAsync(c => c.Id == byMail)).CorrespondantId, Is.EqualTo(known));
            Assert.That((await courriers.SingleAsync(c => c.Id == byPost)).CorrespondantId, Is.EqualTo(known));
            Assert.That((await courriers.SingleAsync(c => c.Id == stranger)).CorrespondantId, Is.Not.EqualTo(known), "one name alone is not one person");
        });
    }

    private async Task<Guid> RegisterAsync(string nom, CategorieExpediteur categorie, string? fonction, string? pourLeCompteDe = null) =>
        (await _courrier.RegisteredAsync(Demandes.Lettre() with
        {
            Nom = nom,
            Categorie = categorie,
            Fonction = fonction,
            PourLeCompteDe = pourLeCompteDe,
            RecuLe = s_recu,
            DateCourrier = null,
            Courriel = null,
            Adresse = "1 place de la Mairie\n37600 LOCHES",
        })).CourrierId;

    private async Task HoldAsync(Guid courrierId, Civilite civilite, NatureFonction nature, string territoire, DateOnly du, string? au = null)
    {
        await using var scope = _courrier.Scope();
        var db = scope.ServiceProvider.GetRequiredService<IngestionDbContext>();
        var correspondant = await CorrespondantAsync(db, courrierId);
        correspondant.Civilite = civilite;
        db.Fonctions.Add(new Fonction
        {
            CorrespondantId = correspondant.Id,
            Nature = nature,
            Territoire = territoire,
            Du = du,
            Au = au is null ? null : DateOnly.Parse(au, System.Globalization.CultureInfo.InvariantCulture),
        });
        await db.SaveChangesAsync();
    }

    private static async Task<Correspondant> CorrespondantAsync(IngestionDbContext db, Guid courrierId)
    {
        var id = (await db.Courriers.AsNoTracking().SingleAsync(c => c.Id == courrierId)).CorrespondantId;
        return await db.Correspondants.SingleAsync(c => c.Id == id);
    }

    private async Task<(string Text, string[] Address)> RenderAsync(Guid courrierId)
    {
        await using var scope = _courrier.Scope();
        var db = scope.ServiceProvider.GetRequiredService<IngestionDbContext>();
        var courrier = await db.Courriers.AsNoTracking().SingleAsync(c => c.Id == courrierId);
        var accuse = await db.Accuses.AsNoTracking().SingleAsync(a => a.CourrierId == courrierId && a.Kind == KindAccuse.Enregistrement);
        var rendered = await scope.ServiceProvider.GetRequiredService<TexteAccuse>().RenderAsync(courrier, accuse, ReponseAnnoncee.Inconnue, CancellationToken.None);
        var lines = rendered.Text.Split('\n');
        return (rendered.Text, lines.SkipWhile(l => !l.Contains(courrier.Expediteur.Nom!, StringComparison.Ordinal)).ToArray());
    }
}
