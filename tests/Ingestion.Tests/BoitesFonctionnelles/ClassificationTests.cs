using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Ingestion.BoitesFonctionnelles;

namespace SuiviCourrier.Ingestion.Tests.BoitesFonctionnelles;

/// <summary>The fate table of the design, and every condition under which no acknowledgement leaves (RFC 3834, RFC 5230, CRPA R112-11-3).</summary>
public sealed class ClassificationTests
{
    private static readonly Guid s_courrier = Guid.NewGuid();

    private static readonly Antecedents s_connus = new()
    {
        Envoyes = new Dictionary<string, Guid?> { ["accuse.1@indre-et-loire.invalid"] = s_courrier, ["relances.2@indre-et-loire.invalid"] = null },
        Recus = new Dictionary<string, (Guid, string)> { ["premier@exemple.example"] = (s_courrier, "claire.martin@exemple.example") },
    };

    [TestCase("", TestName = "A person writes")]
    [TestCase("Auto-Submitted: no", TestName = "Auto-Submitted: no is a person")]
    [TestCase("X-Auto-Response-Suppress: RN, NRN", TestName = "Only read receipts are refused")]
    [TestCase("Precedence: normal", TestName = "Precedence: normal")]
    [TestCase("In-Reply-To: <inconnu@exemple.example>", TestName = "Answers a message that is not ours")]
    [TestCase("To: prefet@ailleurs.example", TestName = "Our address is nowhere: an alias or a blind copy")]
    [TestCase("From: \n From: x\nSender: Paul <paul@exemple.example>", TestName = "Empty From: the Sender counts")]
    public void Message_OfAPerson_IsRegisteredAndAcknowledged(string headers) =>
        Assert.That(Decide(Courriels.Make(headers)), Is.EqualTo(new Classement.Enregistrer(IsPourInformation: false, MotifSansAccuse: null)));

    [TestCase("Return-Path: <>", "chemin de retour vide")]
    [TestCase("From: contact@indre-et-loire.invalid", "d’une de nos adresses")]
    [TestCase("Reply-To: Courrier@Indre-et-Loire.invalid", "à une de nos adresses")]
    [TestCase("From: no-reply@exemple.example", "automate")]
    [TestCase("From: NePasRepondre@exemple.example", "automate")]
    [TestCase("From: noreply+abc@exemple.example", "automate")]
    [TestCase("From: postmaster@exemple.example", "automate")]
    [TestCase("From: owner-liste@exemple.example", "automate")]
    [TestCase("From: liste-request@exemple.example", "automate")]
    [TestCase("From: liste-bounces@exemple.example", "automate")]
    [TestCase("Reply-To: donotreply@exemple.example", "automate")]
    [TestCase("List-Post: <mailto:liste@exemple.example>", "liste de diffusion")]
    [TestCase("Precedence: auto_reply", "auto_reply")]
    [TestCase("X-Auto-Response-Suppress: OOF, AutoReply", "X-Auto-Response-Suppress")]
    [TestCase("X-Auto-Response-Suppress: All", "X-Auto-Response-Suppress")]
    [TestCase("X-Loop: robot", "X-Loop")]
    [TestCase("X-Autoreply: yes", "X-Autoreply")]
    [TestCase("X-Autoresponder: oui", "X-Autoresponder")]
    [TestCase("X-Autorespond: oui", "X-Autorespond")]
    [TestCase("Authentication-Results: mail.invalid; spf=pass; dmarc=fail (p=none) header.from=exemple.example", "usurpée")]
    public void Message_WithACauseNotToAnswer_IsRegisteredWithoutAcknowledgementAndSaysWhy(string headers, string motif) =>
        Assert.That((Decide(Courriels.Make(headers)) as Classement.Enregistrer)?.MotifSansAccuse, Does.Contain(motif));

    [TestCase("List-Id: <lettre.exemple.example>", "liste")]
    [TestCase("List-Unsubscribe: <mailto:stop@exemple.example>", "liste")]
    [TestCase("Precedence: bulk", "nombre")]
    [TestCase("Precedence: LIST", "nombre")]
    [TestCase("Precedence: junk", "nombre")]
    [TestCase("Auto-Submitted: auto-generated", "automatique")]
    [TestCase("Auto-Submitted: auto-replied (rejected)", "automatique")]
    [TestCase("Content-Type: multipart/report; report-type=delivery-status; boundary=b", "Compte rendu")]
    [TestCase("X-Spam-Flag: YES", "indésirable")]
    [TestCase("X-Spam-Status: Yes, score=9.1", "indésirable")]
    [TestCase("X-MS-Exchange-Organization-SCL: 6", "indésirable")]
    [TestCase("From: ", "expéditeur utilisable")]
    [TestCase("From: <>", "expéditeur utilisable")]
    [TestCase("From: Claire sans adresse", "expéditeur utilisable")]
    [TestCase("Message-ID: <accuse.1@indre-et-loire.invalid>", "envoyé par cette application")]
    [TestCase("Auto-Submitted: auto-replied\nIn-Reply-To: <relances.2@indre-et-loire.invalid>", "message de service")]
    public void Message_ThatNobodyWroteToUs_IsSetAsideAndSaysWhy(string headers, string motif) =>
        Assert.That((Decide(Courriels.Make(headers)) as Classement.Ecarter)?.Motif, Does.Contain(motif));

    [TestCase("In-Reply-To: <accuse.1@indre-et-loire.invalid>", KindEchange.Reponse)]
    [TestCase("References: <x@y.example> <accuse.1@indre-et-loire.invalid> <z@y.example>", KindEchange.Reponse)]
    [TestCase("In-Reply-To: <accuse.1@indre-et-loire.invalid>\nList-Id: <l.exemple.example>", KindEchange.Reponse)]
    [TestCase("In-Reply-To: <accuse.1@indre-et-loire.invalid>\nX-Auto-Response-Suppress: All", KindEchange.Reponse)]
    [TestCase("References: <premier@exemple.example>", KindEchange.Reponse)]
    [TestCase("In-Reply-To: <accuse.1@indre-et-loire.invalid>\nAuto-Submitted: auto-replied", KindEchange.ReponseAutomatique)]
    [TestCase("In-Reply-To: <accuse.1@indre-et-loire.invalid>\nReturn-Path: <>", KindEchange.ReponseAutomatique)]
    [TestCase("In-Reply-To: <accuse.1@indre-et-loire.invalid>\nX-Autoreply: yes", KindEchange.ReponseAutomatique)]
    [TestCase("In-Reply-To: <accuse.1@indre-et-loire.invalid>\nPrecedence: auto_reply", KindEchange.ReponseAutomatique)]
    public void Message_AnsweringOurs_IsAttachedToItsCourrier(string headers, KindEchange kind)
    {
        var attached = Decide(Courriels.Make(headers)) as Classement.Rattacher;

        Assert.That(attached?.CourrierId, Is.EqualTo(s_courrier));
        Assert.That(attached?.Kind, Is.EqualTo(kind));
    }

    [Test]
    public void Message_QuotingTheMessageOfSomebodyElse_IsACourrierOfItsOwn() =>
        Assert.That(Decide(Courriels.Make("From: paul@exemple.example\nReferences: <premier@exemple.example>")), Is.TypeOf<Classement.Enregistrer>());

    [TestCase("failed", KindEchange.NonRemis)]
    [TestCase("delayed", KindEchange.ReponseAutomatique)]
    [TestCase("delivered", KindEchange.ReponseAutomatique)]
    public void Report_AboutOurMessage_IsAttached(string action, KindEchange kind)
    {
        var attached = Decide(Courriels.Bounce("accuse.1@indre-et-loire.invalid", action)) as Classement.Rattacher;

        Assert.That(attached?.Kind, Is.EqualTo(kind));
        Assert.That(attached?.MessageIdNonRemis, Is.EqualTo(kind == KindEchange.NonRemis ? "accuse.1@indre-et-loire.invalid" : null));
    }

    [Test]
    public void Report_AboutSomebodyElsesMessage_IsSetAside() =>
        Assert.That(Decide(Courriels.Bounce("autre@ailleurs.example")), Is.TypeOf<Classement.Ecarter>());

    [Test]
    public void Daemon_QuotingOurMessageInPlainText_IsABounce()
    {
        var bytes = Courriels.Make("From: MAILER-DAEMON@exemple.example\nReturn-Path: <>", text: "Undeliverable:\r\n\r\n> Message-ID: <accuse.1@indre-et-loire.invalid>\r\n");

        Assert.That((Decide(bytes) as Classement.Rattacher)?.Kind, Is.EqualTo(KindEchange.NonRemis));
    }

    [TestCase("To: maire@exemple.example\nCc: contact@indre-et-loire.invalid", true)]
    [TestCase("To: maire@exemple.example, Contact@Indre-et-Loire.invalid\nCc: courrier@indre-et-loire.invalid", false)]
    public void Message_WithOurMailboxOnlyInCc_IsForInformation(string headers, bool expected) =>
        Assert.That((Decide(Courriels.Make(headers)) as Classement.Enregistrer)?.IsPourInformation, Is.EqualTo(expected));

    [Test]
    public void Message_ReceivedBefore_IsAttachedAsARepeat_WhateverItsHeaders()
    {
        var lu = Courriels.Parse(Courriels.Make("List-Id: <l.exemple.example>"));

        var fate = Classification.Decide(lu.Faits!, Courriels.Boites, s_connus with { MemeContenu = s_courrier });

        Assert.That((fate as Classement.Rattacher)?.Kind, Is.EqualTo(KindEchange.Repetition));
    }

    [TestCase("utf8-base64", null)]
    [TestCase("liste", "Ecarter")]
    [TestCase("nombre", "Ecarter")]
    [TestCase("automatique", "Ecarter")]
    [TestCase("indesirable", "Ecarter")]
    [TestCase("rapport-ailleurs", "Ecarter")]
    [TestCase("de-vide", "Ecarter")]
    [TestCase("de-absent", "Ecarter")]
    [TestCase("de-chevrons", "Ecarter")]
    [TestCase("pas-un-courriel-image", "Ecarter")]
    [TestCase("pas-un-courriel-texte", "Ecarter")]
    [TestCase("pas-un-courriel-pdf", "Ecarter")]
    [TestCase("pas-un-courriel-vide", "Ecarter")]
    [TestCase("pas-un-courriel-lignes", "Ecarter")]
    [TestCase("chemin-vide", "sans accusé")]
    [TestCase("noreply", "sans accusé")]
    [TestCase("usurpe", "sans accusé")]
    [TestCase("copie", "pour information")]
    public void Corpus_HasTheFateItsNameSays(string name, string? expected)
    {
        var fate = Decide(Courriels.Read(name)) switch
        {
            Classement.Ecarter => "Ecarter",
            Classement.Enregistrer { IsPourInformation: true } => "pour information",
            Classement.Enregistrer { MotifSansAccuse: not null } => "sans accusé",
            Classement.Enregistrer => null,
            _ => "autre",
        };

        Assert.That(fate, Is.EqualTo(expected));
    }

    private static Classement Decide(byte[] bytes) =>
        Courriels.Parse(bytes).Faits is { } faits ? Classification.Decide(faits, Courriels.Boites, s_connus) : new Classement.Ecarter(Classification.Illisible);
}
