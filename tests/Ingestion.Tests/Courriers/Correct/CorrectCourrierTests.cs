using System.Net;
using Microsoft.Extensions.DependencyInjection;
using SuiviCourrier.Contracts.Accuses;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Ingestion.Courriers.Correct;
using SuiviCourrier.TestSupport;
using Outcome = SuiviCourrier.Ingestion.Courriers.Correct.CorrectCourrier.Outcome;

namespace SuiviCourrier.Ingestion.Tests.Courriers.Correct;

[Category("Messages")]
public sealed class CorrectCourrierTests
{
    private RunningCourrier _courrier = null!;

    // Nothing is sent: an acknowledgement that has not left can then be looked at.
    [OneTimeSetUp]
    public async Task StartAsync() =>
        _courrier = await RunningCourrier.StartAsync(configure: Guichet.Open, roles: ServiceDefaults.ServiceRoles.Portail);

    [OneTimeTearDown]
    public async Task StopAsync() => await _courrier.DisposeAsync();

    [Test]
    public async Task Correct_ADateAndASubject_KeepsTheNumberTellsTheFactAndWritesBothSides()
    {
        var registered = await _courrier.RegisteredAsync(Demandes.Lettre());

        var outcome = await CorrectAsync(registered.CourrierId, d => d with { RecuLe = new DateOnly(2026, 10, 30), Objet = "Objet corrigé" });

        Assert.That(outcome, Is.TypeOf<Outcome.Corrected>());
        Assert.That(
            await ScalarAsync<long>(
                "SELECT count(*) FROM ingestion.lecture_courriers WHERE courrier_id = $1 AND version = 2 AND recu_le = DATE '2026-10-30' AND numero_chrono = $2",
                registered.CourrierId, registered.NumeroChrono),
            Is.EqualTo(1));
        var audit = await ScalarAsync<string>(
            "SELECT avant || ' → ' || apres || ' (' || motif || ')' FROM ingestion.lecture_journal WHERE courrier_id = $1 AND action = 'CorrectCourrier'", registered.CourrierId);
        Assert.That(audit, Does.Contain("Objet : Demande de rendez-vous").And.Contain("Objet : Objet corrigé").And.Contain("2 novembre").And.Contain("(saisie trop rapide)"));
        Assert.That(audit, Does.Not.Contain("Claire Martin"), "only what differs");
    }

    [Test]
    public async Task Correct_ASenderNobodyHadPlaced_PlacesItInTheDirectoryToo()
    {
        var nom = $"Mairie de Saint-Essai {Guid.NewGuid():N}";
        var registered = await _courrier.RegisteredAsync(Demandes.Lettre() with { Nom = nom, Categorie = CategorieExpediteur.NonPrecisee });

        await CorrectAsync(registered.CourrierId, d => d with { Nom = nom, Categorie = CategorieExpediteur.Commune });

        Assert.That(await ScalarAsync<string>("SELECT string_agg(categorie, ',') FROM ingestion.correspondants WHERE nom = $1", nom), Is.EqualTo("Commune"));
    }

    [Test]
    public async Task Correct_WithoutAReason_IsRefusedBesideItsField()
    {
        var registered = await _courrier.RegisteredAsync(Demandes.Lettre());

        var outcome = await CorrectAsync(registered.CourrierId, d => d with { Objet = "Autre", Motif = " " });

        Assert.That(((Outcome.Refused)outcome).Erreurs.Single().Champ, Is.EqualTo("Motif"));
    }

    [Test]
    public async Task Correct_WithTheSameValues_ChangesNothing()
    {
        var registered = await _courrier.RegisteredAsync(Demandes.Lettre());

        Assert.That(await CorrectAsync(registered.CourrierId, d => d), Is.TypeOf<Outcome.NothingChanged>());
        Assert.That(await ScalarAsync<int>("SELECT version FROM ingestion.courriers WHERE id = $1", registered.CourrierId), Is.EqualTo(1));
    }

    [Test]
    public async Task Correct_BySeveralAtOnce_IsDoneByOne()
    {
        var registered = await _courrier.RegisteredAsync(Demandes.Lettre());

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(n =>
            Task.Run(() => CorrectAsync(registered.CourrierId, d => d with { Objet = $"Objet {n}" }))));

        Assert.That(outcomes.OfType<Outcome.Corrected>().Count(), Is.EqualTo(1));
        Assert.That(outcomes.OfType<Outcome.ChangedMeanwhile>().Count(), Is.EqualTo(7));
    }

    [Test]
    public async Task Correct_AnAccuseThatHasNotLeft_FollowsTheAddress()
    {
        var registered = await _courrier.RegisteredAsync(Demandes.Lettre());

        await CorrectAsync(registered.CourrierId, d => d with { Courriel = "autre@exemple.invalid" });
        Assert.That(await AccuseAsync(registered.CourrierId), Is.EqualTo("AEnvoyer autre@exemple.invalid AEnvoyer"));

        await CorrectAsync(registered.CourrierId, d => d with { Courriel = null, Vu = 2 });
        Assert.That(await AccuseAsync(registered.CourrierId), Does.StartWith("AImprimer Claire Martin").And.EndsWith("Supprime"));

        await CorrectAsync(registered.CourrierId, d => d with { Courriel = null, Adresse = null, Vu = 3 });
        Assert.That(await AccuseAsync(registered.CourrierId), Is.EqualTo("SansObjet personne Supprime"));

        await CorrectAsync(registered.CourrierId, d => d with { Vu = 4 });
        Assert.That(await AccuseAsync(registered.CourrierId), Is.EqualTo("AEnvoyer claire.martin@exemple.invalid AEnvoyer"));
    }

    [TestCase(EtatAccuse.Envoye)]
    [TestCase(EtatAccuse.Incertain)]
    [TestCase(EtatAccuse.Imprime)]
    public async Task Correct_AnAccuseThatHasLeftOrMayHave_StaysAsItIs(EtatAccuse etat)
    {
        var registered = await _courrier.RegisteredAsync(Demandes.Lettre());
        await ScalarAsync<int>($"UPDATE ingestion.accuses SET etat = '{etat}' WHERE courrier_id = $1", registered.CourrierId);

        await CorrectAsync(registered.CourrierId, d => d with { Courriel = "autre@exemple.invalid" });

        Assert.That(await AccuseAsync(registered.CourrierId), Is.EqualTo($"{etat} claire.martin@exemple.invalid AEnvoyer"));
    }

    [Test]
    public async Task Correct_OnThePage_ShowsWhatIsThereAndSaysWhatIsWrong()
    {
        using var guichet = new Guichet(_courrier);
        var registered = await _courrier.RegisteredAsync(Demandes.Lettre() with { TypeCode = "audience" });
        var url = $"/courriers/{registered.CourrierId}/corriger";

        var refused = await guichet.SendAsync(url, new() { ["RecuLe"] = "1899-01-01", ["Motif"] = "erreur\0" });

        Assert.That(refused.ErrorsOf("RecuLe").Single(), Does.Contain("1900"));
        Assert.That(refused.ErrorsOf("Motif").Single(), Does.Contain("invisible"));
        var kept = Guichet.FieldsOf(refused.Html);
        Assert.That((kept["Nom"], kept["TypeCode"], kept["ServiceCode"], kept["Objet"]), Is.EqualTo(("Claire Martin", "audience", "CAB", "Demande de rendez-vous")));

        var corrected = await guichet.SendAsync(url, new() { ["Canal"] = "Depot", ["Motif"] = "déposé en main propre" });

        Assert.That(corrected.Status, Is.EqualTo(HttpStatusCode.Redirect), corrected.Html);
        Assert.That(await ScalarAsync<string>("SELECT canal FROM ingestion.courriers WHERE id = $1", registered.CourrierId), Is.EqualTo("Depot"));
        Assert.That(await guichet.ReadAsync(corrected.Location!), Does.Contain("est corrigé ; les délais sont recalculés"));
    }

    private async Task<Outcome> CorrectAsync(Guid courrierId, Func<CorrectCourrier.Demande, CorrectCourrier.Demande> change)
    {
        var registered = Demandes.Lettre();
        var demande = change(new CorrectCourrier.Demande
        {
            Acteur = "test",
            CourrierId = courrierId,
            Vu = 1,
            Motif = "saisie trop rapide",
            Canal = Canal.Lettre,
            RecuLe = registered.RecuLe,
            DateCourrier = registered.DateCourrier,
            Objet = registered.Objet,
            Nom = registered.Nom,
            Categorie = registered.Categorie,
            Courriel = registered.Courriel,
            Adresse = registered.Adresse,
        });
        await using var scope = _courrier.Scope();
        return await scope.ServiceProvider.GetRequiredService<CorrectCourrier>().ExecuteAsync(demande, CancellationToken.None);
    }

    private Task<string?> AccuseAsync(Guid courrierId) => ScalarAsync<string>(
        """
        SELECT a.etat || ' ' || coalesce(a.destinataire, 'personne') || ' ' || c.etat FROM ingestion.lecture_accuses a
        JOIN messagerie.courriels_sortants c ON c.cle = 'accuse:' || a.courrier_id || ':Enregistrement' WHERE a.courrier_id = $1
        """,
        courrierId);

    private Task<T?> ScalarAsync<T>(string sql, params object[] values) => _courrier.Database.ScalarAsync<T>(sql, values);
}
