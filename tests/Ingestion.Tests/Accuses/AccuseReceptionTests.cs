using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MimeKit;
using SuiviCourrier.Contracts.Accuses;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Ingestion.Accuses;
using SuiviCourrier.Ingestion.Accuses.ATraiter;
using SuiviCourrier.Ingestion.Accuses.Impression;
using SuiviCourrier.Ingestion.Accuses.PiecesDemandees;
using SuiviCourrier.Ingestion.Courriers.Correct;
using SuiviCourrier.Ingestion.Courriers.Register;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.Ingestion.Tests.BoitesFonctionnelles;
using SuiviCourrier.Ingestion.Tests.Courriers;
using SuiviCourrier.Portail.Dossiers.Answer;
using SuiviCourrier.Portail.Dossiers.Assign;
using SuiviCourrier.Portail.Dossiers.Close;
using SuiviCourrier.Portail.Dossiers.Qualify;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.TestSupport;
using UglyToad.PdfPig;
using UglyToad.PdfPig.DocumentLayoutAnalysis.TextExtractor;
using static SuiviCourrier.TestSupport.Eventually;

namespace SuiviCourrier.Ingestion.Tests.Accuses;

/// <summary>The accusé de réception: once service and type are known, once per courrier, with what CRPA R112-5 and R112-11-1 ask for.</summary>
[Category("Messages")]
public sealed class AccuseReceptionTests
{
    private const string Postale = "3 rue des Lilas\n18000 BOURGES";

    private static readonly Agent Marie = new(Guid.CreateVersion7(), "Marie Essai", RoleAgent.Superviseur, "SG", ["SG", "DCL", "DCL-ETR", "DDPP"]);

    private RunningCourrier _courrier = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _courrier = await RunningCourrier.StartAsync(BoiteDepot.Settings);

    [OneTimeTearDown]
    public async Task StopAsync() => await _courrier.DisposeAsync();

    [Test]
    public async Task Complaint_QualifiedAndAssigned_IsAcknowledgedWithServiceSilenceAndRemedies()
    {
        var id = await RegisterAsync(Message());
        await BecomesAsync(id, KindAccuse.Enregistrement, EtatAccuse.Envoye);

        await QualifyAsync(id, NatureCourrier.Reclamation, "reclamation");
        Assert.That(await AccuseAsync(id, KindAccuse.Reception), Is.Null, "the service is not known yet");
        await AssignAsync(id, "DCL-ETR");

        var accuse = await BecomesAsync(id, KindAccuse.Reception, EtatAccuse.Envoye);
        var message = await SentAsync(accuse);
        var text = message.TextBody ?? "";
        Assert.Multiple(() =>
        {
            Assert.That(message.To.ToString(), Is.EqualTo(accuse.Destinataire));
            Assert.That(message.Headers["Auto-Submitted"], Is.EqualTo("auto-replied"));
            Assert.That(text, Does.Contain("lundi 2 novembre 2026"));
            Assert.That(text, Does.Contain("Bureau de l’immigration et du séjour"));
            Assert.That(text, Does.Contain("02 61 91 37 11").And.Contain("etrangers@indre-et-loire.invalid").And.Contain("15 rue Bernard Palissy"));
            Assert.That(text, Does.Contain("une décision de rejet naît le samedi 2 janvier 2027"));
            Assert.That(text, Does.Contain("deux mois pour saisir le tribunal administratif"));
            Assert.That(text, Does.Contain("délégué à la protection des données"));
            Assert.That(
                text.IndexOf("02 61 91 37 11", StringComparison.Ordinal),
                Is.LessThan(text.IndexOf("France Services", StringComparison.Ordinal)), "the service's own phone first");
        });
        Assert.That((accuse.ModeleCode, accuse.ModeleVersion), Is.EqualTo(("accuse-reception-courriel", (int?)2)));
        Assert.That(accuse.PieceId, Is.Not.Null, "the exact text is kept");
        await EventuallyAsync(
            "Both acknowledgement clocks never stopped, or the answer's did",
            async () => await ClockAsync(id) == "AccuseEnregistrement:Accuse,AccuseReception:Accuse,Reponse:-,Silence:-");
    }

    [Test]
    public async Task Qualified_Twice_IsAcknowledgedOnce()
    {
        var id = await AcknowledgedAsync(Message());

        await QualifyAsync(id, NatureCourrier.Demande, "demande-document");
        await AssignAsync(id, "DDPP", "Erreur d’aiguillage");
        await _courrier.UntilAppliedAsync();

        Assert.That(await CountAsync("SELECT count(*) FROM ingestion.accuses WHERE courrier_id = $1 AND kind = 'Reception'", id), Is.EqualTo(1));
        Assert.That(await CountAsync("SELECT count(*) FROM messagerie.courriels_sortants WHERE courrier_id = $1", id), Is.EqualTo(2), "one of registration, one of reception");
    }

    [Test]
    public async Task Registered_WithServiceAndType_GetsOneMessageThatReplacesBoth()
    {
        var id = await RegisterAsync(Message() with { TypeCode = "reclamation", ServiceCode = "DDPP" });

        var accuse = await BecomesAsync(id, KindAccuse.Reception, EtatAccuse.Envoye);
        await _courrier.UntilAppliedAsync();

        Assert.That(await TextAsync(accuse), Does.Contain("protection des populations").And.Contain("samedi 2 janvier 2027"));
        Assert.That(await CountAsync("SELECT count(*) FROM messagerie.courriels_sortants WHERE courrier_id = $1", id), Is.EqualTo(1));
        Assert.That((await AccuseAsync(id, KindAccuse.Enregistrement))!.Motif, Is.EqualTo("Remplacé par l’accusé de réception"));
        await using var scope = _courrier.Scope();
        var without = await scope.ServiceProvider.GetRequiredService<AccusesATraiter>().ListAsync(Marie, GenreAccuses.SansAccuse, null, 50, CancellationToken.None);
        Assert.That(without.Select(a => a.CourrierId), Does.Not.Contain(id), "it is acknowledged");
    }

    [Test]
    public async Task Letter_NotPrintedYet_IsReplacedByALetterThatSaysMore()
    {
        var id = await RegisterAsync(Demandes.Lettre() with { Courriel = null, Adresse = Postale });

        await QualifyAsync(id, NatureCourrier.Recours, "recours-gracieux");
        await AssignAsync(id, "DCL-ETR");

        var accuse = await BecomesAsync(id, KindAccuse.Reception, EtatAccuse.AImprimer);
        Assert.That(accuse.Destinataire, Is.EqualTo($"Claire Martin\n{Postale}"));
        Assert.That((await AccuseAsync(id, KindAccuse.Enregistrement))!.Etat, Is.EqualTo(EtatAccuse.SansObjet));
        await EventuallyAsync("The letter was never ready", async () => await LetterAsync(accuse.Id) is not null);
        var text = (await LetterAsync(accuse.Id))!;
        Assert.That(text, Does.Contain("2 janvier 2027").And.Contain("votre recours est considéré comme rejeté").And.Contain("02 61 91 37 11"));
        Assert.That(text, Does.Contain("Trouver un espace France Services dans le Cher"), "of the sender's département, not of the préfecture's");
    }

    [TestCase(CategorieExpediteur.Commune, NatureCourrier.Reclamation, "reclamation", false, TestName = "L100-3: a commune is acknowledged without a silence block")]
    [TestCase(CategorieExpediteur.Administration, NatureCourrier.Demande, "demande-document", false, TestName = "L100-3: an administration too")]
    [TestCase(CategorieExpediteur.Association, NatureCourrier.Reclamation, "reclamation", true, TestName = "An association like a citizen")]
    [TestCase(CategorieExpediteur.Commune, NatureCourrier.Demande, "rescrit-collectivite", true, TestName = "Unless the type says so: CGCT L1116-1")]
    public async Task Silence_BySender_IsAnnouncedOrNot(CategorieExpediteur categorie, NatureCourrier nature, string type, bool isAnnounced)
    {
        var id = await RegisterAsync(Message() with { Categorie = categorie });

        await QualifyAsync(id, nature, type);
        await AssignAsync(id, "DCL-ETR");

        var text = await TextAsync(await BecomesAsync(id, KindAccuse.Reception, EtatAccuse.Envoye));
        Assert.That(text.Contains("Sans réponse de notre part", StringComparison.Ordinal), Is.EqualTo(isAnnounced), text);
    }

    [Test]
    public async Task Answered_BeforeItLeft_IsNotAcknowledgedAnyMore()
    {
        var id = await RegisterAsync(Demandes.Lettre() with { Courriel = null });
        await QualifyAsync(id, NatureCourrier.Reclamation, "reclamation");
        await AssignAsync(id, "DCL-ETR");
        await BecomesAsync(id, KindAccuse.Reception, EtatAccuse.AImprimer);

        await CloseAsync(id);

        var accuse = await BecomesAsync(id, KindAccuse.Reception, EtatAccuse.SansObjet);
        Assert.That(accuse.Motif, Is.EqualTo("La réponse ou la clôture est venue avant"));
        Assert.That(await LetterAsync(accuse.Id), Is.Null);
    }

    [Test]
    public async Task Closed_ThenQualified_IsNeverAcknowledged()
    {
        var id = await RegisterAsync(Message());
        await AssignAsync(id, "DCL-ETR");
        await CloseAsync(id);
        await _courrier.UntilAppliedAsync();

        Assert.That(await AccuseAsync(id, KindAccuse.Reception), Is.Null);
    }

    [Test]
    public async Task Robot_NotAcknowledgedAtRegistration_IsNotAcknowledgedLater()
    {
        var id = await RegisterAsync(Message() with { InterdictionAccuse = "Message automatique" });

        await QualifyAsync(id, NatureCourrier.Reclamation, "reclamation");
        await AssignAsync(id, "DCL-ETR");

        Assert.That((await BecomesAsync(id, KindAccuse.Reception, EtatAccuse.SansObjet)).Motif, Is.EqualTo("Message automatique"));
        await _courrier.UntilAppliedAsync();
        Assert.That(await ClockAsync(id), Does.Not.Contain("Accuse"), "no clock waits for what is not owed");
    }

    [Test]
    public async Task Court_IsNeverAcknowledgedAutomatically()
    {
        var id = await RegisterAsync(Demandes.Lettre() with { TypeCode = "juridiction", Categorie = CategorieExpediteur.Juridiction });
        await AssignAsync(id, "DCL");
        await _courrier.UntilAppliedAsync();

        Assert.That(await CountAsync("SELECT count(*) FROM ingestion.accuses WHERE courrier_id = $1 AND etat <> 'SansObjet'", id), Is.Zero);
    }

    [Test]
    public async Task Refusal_OfElectronicAnswers_SendsItByPost()
    {
        var id = await RegisterAsync(Message() with { Adresse = Postale });
        await ExecuteAsync(db => db.Correspondants.Where(c => db.Courriers.Any(x => x.Id == id && x.CorrespondantId == c.Id))
            .ExecuteUpdateAsync(set => set.SetProperty(c => c.IsElectroniqueRefusee, true)));

        await QualifyAsync(id, NatureCourrier.Reclamation, "reclamation");
        await AssignAsync(id, "DCL-ETR");

        Assert.That((await BecomesAsync(id, KindAccuse.Reception, EtatAccuse.AImprimer)).Destinataire, Does.EndWith(Postale));
    }

    [Test]
    public async Task Address_ThatReturnedTheFirst_GetsTheSecondByPost()
    {
        var id = await RegisterAsync(Message() with { Adresse = Postale });
        await BecomesAsync(id, KindAccuse.Enregistrement, EtatAccuse.Envoye);
        await ExecuteAsync(db => db.Accuses.Where(a => a.CourrierId == id).ExecuteUpdateAsync(set => set.SetProperty(a => a.Etat, EtatAccuse.NonRemis)));

        await QualifyAsync(id, NatureCourrier.Reclamation, "reclamation");
        await AssignAsync(id, "DCL-ETR");

        Assert.That((await BecomesAsync(id, KindAccuse.Reception, EtatAccuse.AImprimer)).Canal, Is.EqualTo(CanalAccuse.Courrier));
    }

    [Test]
    public async Task Corrected_WithATypeAndAService_IsAcknowledged()
    {
        var letter = Demandes.Lettre() with { Courriel = null };
        var id = await RegisterAsync(letter);
        await using (var scope = _courrier.Scope())
        {
            await scope.ServiceProvider.GetRequiredService<CorrectCourrier>().ExecuteAsync(
                new CorrectCourrier.Demande
                {
                    Acteur = "test",
                    CourrierId = id,
                    Vu = 1,
                    Motif = "Type oublié",
                    Canal = letter.Canal,
                    RecuLe = letter.RecuLe,
                    Objet = letter.Objet,
                    Nom = letter.Nom,
                    Categorie = letter.Categorie,
                    Adresse = letter.Adresse,
                    TypeCode = "demande-document",
                    ServiceCode = "DDPP",
                },
                CancellationToken.None);
        }

        var accuse = await BecomesAsync(id, KindAccuse.Reception, EtatAccuse.AImprimer);
        await EventuallyAsync("The letter was never ready", async () => await LetterAsync(accuse.Id) is not null);
        Assert.That(await LetterAsync(accuse.Id), Does.Contain("2 décembre 2026").And.Contain("Commission d’accès aux documents administratifs"));
    }

    [Test]
    public async Task Pieces_AskedForBeforeItLeft_AreListedWithTheirDateAndTheAddress()
    {
        var id = await RegisterAsync(Demandes.Lettre() with { Courriel = null });
        await AssignAsync(id, "DCL-ETR");
        await using (var scope = _courrier.Scope())
        {
            var outcome = await scope.ServiceProvider.GetRequiredService<RequestPieces>().ExecuteAsync(
                Marie, id, "Acte de naissance\n\nJustificatif de domicile\nActe de naissance", new DateOnly(2099, 1, 5), CancellationToken.None);
            Assert.That(outcome, Is.EqualTo(new RequestPieces.Outcome.Requested(2, IsAnnounced: true)));
        }

        await QualifyAsync(id, NatureCourrier.Demande, "titre-sejour-pieces");

        var accuse = await BecomesAsync(id, KindAccuse.Reception, EtatAccuse.AImprimer);
        await EventuallyAsync("The letter was never ready", async () => await LetterAsync(accuse.Id) is not null);
        var text = (await LetterAsync(accuse.Id))!;
        Assert.That(text, Does.Contain("Acte de naissance").And.Contain("Justificatif de domicile").And.Contain("5 janvier 2099"));
        Assert.That(text, Does.Contain("Envoyez-les à").And.Contain("Administration numérique pour les étrangers en France"), "L112-9: the teleservice");
    }

    [TestCase(null, "2099-01-05", "", TestName = "An empty list is a list")]
    [TestCase("Acte", null, "Avant", TestName = "A time is given with the list")]
    [TestCase("Acte", "2026-11-02", "Avant", TestName = "Not a day that is past")]
    public async Task Pieces_Read_AreRefusedBesideTheirField(string? pieces, string? avant, string champ)
    {
        var id = await RegisterAsync(Demandes.Lettre() with { Courriel = null });
        await using var scope = _courrier.Scope();

        var outcome = await scope.ServiceProvider.GetRequiredService<RequestPieces>().ExecuteAsync(
            Marie, id, pieces, avant is null ? null : DateOnly.Parse(avant, System.Globalization.CultureInfo.InvariantCulture), CancellationToken.None);

        Assert.That(outcome is RequestPieces.Outcome.Refused refused ? refused.Champ : "", Is.EqualTo(champ));
    }

    private static RegisterCourrier.Demande Message() => Demandes.Lettre() with
    {
        Canal = Canal.Courriel,
        Courriel = $"{Guid.NewGuid():N}@exemple.example",
        Adresse = null,
        DateCourrier = null,
    };

    private async Task<Guid> RegisterAsync(RegisterCourrier.Demande demande) => (await _courrier.RegisteredAsync(demande)).CourrierId;

    private async Task<Guid> AcknowledgedAsync(RegisterCourrier.Demande demande)
    {
        var id = await RegisterAsync(demande);
        await BecomesAsync(id, KindAccuse.Enregistrement, EtatAccuse.Envoye);
        await QualifyAsync(id, NatureCourrier.Reclamation, "reclamation");
        await AssignAsync(id, "DCL-ETR");
        await BecomesAsync(id, KindAccuse.Reception, EtatAccuse.Envoye);
        return id;
    }

    private async Task QualifyAsync(Guid id, NatureCourrier nature, string type)
    {
        await using var scope = _courrier.Scope();
        Assert.That(
            await scope.ServiceProvider.GetRequiredService<QualifyCourrier>().ExecuteAsync(Marie, id, nature, type, null, CancellationToken.None),
            Is.EqualTo(QualifyCourrier.Outcome.Qualified));
        await _courrier.UntilAppliedAsync();
    }

    private async Task AssignAsync(Guid id, string service, string? reason = null)
    {
        await using var scope = _courrier.Scope();
        Assert.That(
            await scope.ServiceProvider.GetRequiredService<AssignCourrier>().ExecuteAsync(Marie, id, service, null, reason, null, CancellationToken.None),
            Is.EqualTo(AssignCourrier.Outcome.Assigned));
    }

    private async Task CloseAsync(Guid id)
    {
        using var client = await SignedInClient.CreateAsync(_courrier, RoleAgent.Superviseur, "SG");
        using var response = await client.PostAsync($"/courriers/{id}/classer", new() { ["Motif"] = "DemandeRetiree" });
        Assert.That((int)response.StatusCode, Is.EqualTo(302), await response.Content.ReadAsStringAsync());
    }

    private async Task<Accuse?> AccuseAsync(Guid id, KindAccuse kind)
    {
        await using var scope = _courrier.Scope();
        return await scope.ServiceProvider.GetRequiredService<IngestionDbContext>().Accuses.AsNoTracking()
            .SingleOrDefaultAsync(a => a.CourrierId == id && a.Kind == kind);
    }

    private async Task<Accuse> BecomesAsync(Guid id, KindAccuse kind, EtatAccuse etat)
    {
        await EventuallyAsync($"The acknowledgement ({kind}) never became {etat}", async () => (await AccuseAsync(id, kind))?.Etat == etat);
        return (await AccuseAsync(id, kind))!;
    }

    private async Task<string> TextAsync(Accuse accuse) => (await SentAsync(accuse)).TextBody ?? "";

    private async Task<MimeMessage> SentAsync(Accuse accuse)
    {
        var messageId = await _courrier.Database.ScalarAsync<string>("SELECT message_id FROM messagerie.courriels_sortants WHERE reference = $1", accuse.Id.ToString());
        return await MimeMessage.LoadAsync(Path.Combine(_courrier.Folder, "courriels-sortants", $"{messageId}.eml"));
    }

    /// <summary>The letter as it would be printed now.</summary>
    private async Task<string?> LetterAsync(Guid accuseId)
    {
        await using var scope = _courrier.Scope();
        await using var pdf = await scope.ServiceProvider.GetRequiredService<PrepareLot>().LookAsync(accuseId, asPage: false, CancellationToken.None);
        if (pdf is null)
        {
            return null;
        }

        using var bytes = new MemoryStream();
        await pdf.CopyToAsync(bytes);
        using var document = PdfDocument.Open(bytes.ToArray());
        return string.Join(' ', document.GetPages().Select(p => ContentOrderTextExtractor.GetText(p).ReplaceLineEndings(" ").Replace('\u00A0', ' ')));
    }

    private Task<string?> ClockAsync(Guid id) => _courrier.Database.ScalarAsync<string>(
        "SELECT string_agg(kind || ':' || coalesce(motif_arret, '-'), ',' ORDER BY kind) FROM echeances.lecture_echeances WHERE courrier_id = $1", id);

    private Task<long> CountAsync(string sql, Guid id) => _courrier.Database.ScalarAsync<long>(sql, id);

    private async Task ExecuteAsync(Func<IngestionDbContext, Task> change)
    {
        await using var scope = _courrier.Scope();
        await change(scope.ServiceProvider.GetRequiredService<IngestionDbContext>());
    }
}
