using SuiviCourrier.Ingestion.BoitesFonctionnelles;
using SuiviCourrier.Ingestion.Tests.BoitesFonctionnelles;

namespace SuiviCourrier.Ingestion.Tests.Accuses;

/// <summary>
/// When no acknowledgement leaves, one row per rule: RFC 3834 and 5230, the CRPA, and the habits of programs that send no header. Of each rule also
/// the person nearest to it, who is answered.
/// </summary>
public sealed class QuandNePasRepondreTests
{
    private const string Repondu = "";
    private const string Ecarte = "mis de côté";

    private static readonly (string Regle, string Entetes, string Attendu)[] s_regles =
    [
        ("RFC 3834 §2: Auto-Submitted other than no", "Auto-Submitted: auto-generated", Ecarte),
        ("RFC 3834 §2: auto-replied, with its parameters", "Auto-Submitted: auto-replied; owner-email=\"x@exemple.example\"", Ecarte),
        ("RFC 3834 §2: auto-notified", "Auto-Submitted: auto-notified", Ecarte),
        ("RFC 3834 §5: no is a person", "Auto-Submitted: no", Repondu),
        ("RFC 5321 §4.5.5: null return path", "Return-Path: <>", "chemin de retour vide"),
        ("null return path with spaces", "Return-Path: < >", "chemin de retour vide"),
        ("null return path rewritten on delivery", "Return-Path: <MAILER-DAEMON>", "chemin de retour vide"),
        ("null return path rewritten with the server's name", "Return-Path: <MAILER-DAEMON@mx.exemple.example>", "chemin de retour vide"),
        ("null return path of qmail", "Return-Path: <#@[]>", "chemin de retour vide"),
        ("a return path", "Return-Path: <claire.martin@exemple.example>", Repondu),
        ("our mailbox writes", "From: Contact@indre-et-loire.invalid", "d’une de nos adresses"),
        ("our mailbox writes, with a tag", "From: contact+f.123@indre-et-loire.invalid", "d’une de nos adresses"),
        ("the answer would come to us", "Reply-To: courrier@indre-et-loire.invalid", "à une de nos adresses"),
        ("an address that begins like ours", "From: contact.dupont@indre-et-loire.invalid", Repondu),
        ("RFC 3834 §2: owner-", "From: owner-voisins@exemple.example", "automate"),
        ("majordomo's -owner", "From: voisins-owner@exemple.example", "automate"),
        ("RFC 3834 §2: -request", "From: voisins-request@exemple.example", "automate"),
        ("-bounces", "From: voisins-bounces@exemple.example", "automate"),
        ("bounce with a tag", "From: bounce+a=b@exemple.example", "automate"),
        ("mailer-daemon", "From: Mailer-Daemon@exemple.example", "automate"),
        ("postmaster", "From: postmaster@exemple.example", "automate"),
        ("noreply", "From: noreply@exemple.example", "automate"),
        ("no-reply of an application", "From: appli-no-reply@exemple.example", "automate"),
        ("no_reply with its application", "From: no_reply.impots@exemple.example", "automate"),
        ("donotreply as Reply-To", "Reply-To: donotreply@exemple.example", "automate"),
        ("ne pas répondre", "From: ne-pas-repondre@exemple.example", "automate"),
        ("nepasrepondre after the application", "From: demarches.nepasrepondre@exemple.example", "automate"),
        ("a person named Noël", "From: noel.reply@exemple.example", Repondu),
        ("List-Id", "List-Id: <voisins.exemple.example>", Ecarte),
        ("List-Unsubscribe", "List-Unsubscribe: <https://exemple.example/stop>", Ecarte),
        ("List-Post", "List-Post: <mailto:voisins@exemple.example>", "liste de diffusion"),
        ("List-Help", "List-Help: <mailto:aide@exemple.example>", "liste de diffusion"),
        ("Precedence: bulk", "Precedence: bulk", Ecarte),
        ("Precedence: list", "Precedence: list", Ecarte),
        ("Precedence: junk", "Precedence: Junk", Ecarte),
        ("Precedence: auto_reply", "Precedence: auto_reply", "Message automatique"),
        ("Precedence: first-class", "Precedence: first-class", Repondu),
        ("X-Auto-Response-Suppress: All", "X-Auto-Response-Suppress: All", "X-Auto-Response-Suppress"),
        ("X-Auto-Response-Suppress: AutoReply among others", "X-Auto-Response-Suppress: DR, RN, NRN, AutoReply", "X-Auto-Response-Suppress"),
        ("X-Auto-Response-Suppress: OOF", "X-Auto-Response-Suppress: oof", "X-Auto-Response-Suppress"),
        ("X-Auto-Response-Suppress: reports only", "X-Auto-Response-Suppress: DR, RN", Repondu),
        ("X-Loop", "X-Loop: forum@exemple.example", "X-Loop"),
        ("X-Autoreply", "X-Autoreply: yes", "X-Autoreply"),
        ("X-Autorespond", "X-Autorespond: absence", "X-Autorespond"),
        ("X-Autoresponder", "X-Autoresponder: 1", "X-Autoresponder"),
        ("multipart/report", "Content-Type: multipart/report; report-type=delivery-status; boundary=b", Ecarte),
        ("reading receipt", "Content-Type: multipart/report; report-type=disposition-notification; boundary=b", Ecarte),
        ("spam flag", "X-Spam-Flag: YES", Ecarte),
        ("spam status: no", "X-Spam-Status: No, score=-1", Repondu),
        ("DMARC failure said by our server", "Authentication-Results: mx.invalid; spf=pass; dmarc=fail (p=reject) header.from=exemple.example", "échec DMARC"),
        ("DMARC success of our server over a failure that came with the message",
            "Authentication-Results: mx.invalid; dmarc=pass header.from=exemple.example\nAuthentication-Results: relais.exemple.example; dmarc=fail header.from=exemple.example", Repondu),
        ("DMARC failure in a comment only", "Authentication-Results: mx.invalid; dmarc=pass (was dmarc=fail before the list) header.from=exemple.example", Repondu),
        ("SPF failure alone", "Authentication-Results: mx.invalid; spf=fail smtp.mailfrom=exemple.example; dmarc=pass header.from=exemple.example", Repondu),
        ("DMARC that could not be asked", "Authentication-Results: mx.invalid; dmarc=temperror header.from=exemple.example", Repondu),
        ("Outlook in French", "Subject: Réponse automatique : Mon dossier", "Message automatique"),
        ("Outlook in French, encoded", "Subject: =?utf-8?Q?R=C3=A9ponse_automatique_=3A_Mon_dossier?=", "Message automatique"),
        ("without accents", "Subject: REPONSE AUTOMATIQUE", "Message automatique"),
        ("Outlook in English", "Subject: Automatic reply: Mon dossier", "Message automatique"),
        ("Out of office", "Subject: Out of Office: retour lundi", "Message automatique"),
        ("Absence du bureau", "Subject: Absence du bureau", "Message automatique"),
        ("Absence du bureau, with dates", "Subject: Absence du bureau du 3 au 14 août", "Message automatique"),
        ("Absent(e) du bureau", "Subject: Absent(e) du bureau jusqu'au 12/08", "Message automatique"),
        ("Message d’absence", "Subject: Message d’absence", "Message automatique"),
        ("Notification d'absence after a gateway's mark", "Subject: [EXTERNE] Notification d'absence - Paul Petit", "Message automatique"),
        ("Notes", "Subject: AUTO : Paul Petit est absent(e) (retour le 12/08/2026)", "Message automatique"),
        ("Accusé de réception automatique", "Subject: Accusé de réception automatique", "Message automatique"),
        ("Notes in English", "Subject: AUTO: Petit, Paul is out of the office. (returning 12/08/2026)", "Message automatique"),
        ("a ticket program after its long mark", "Subject: [assistance.logement.departement.exemple.example #33575] AutoReply: Fuite", "Message automatique"),
        ("what came back, of a server without reports", "Subject: Returned Mail - Error During Delivery", "Message automatique"),
        ("what came back, through an antivirus", "Subject: Delivery failure notification", "Message automatique"),
        ("what came back, of Domino", "Subject: DELIVERY FAILURE: User Paul Petit not listed in Directory", "Message automatique"),
        ("what came back, of qmail", "Subject: failure notice", "Message automatique"),
        ("what came back, in French", "Subject: Notification d’échec de remise", "Message automatique"),
        ("what is late, of Exim", "Subject: Warning: message delayed 2 days", "Message automatique"),
        ("a letter about the delivery of a mail order", "Subject: Delivery of my residence permit", Repondu),
        ("a letter about a mail returned to its town hall", "Subject: Returned mail of the town hall", Repondu),
        ("a letter that warns", "Subject: Warning: dangerous road", Repondu),
        ("a daemon that forbids answers", "From: MAILER-DAEMON@exemple.example\nReturn-Path: <>\nSubject: Hi", Ecarte),
        ("a daemon that says what came back", "From: postmaster@exemple.example\nSubject: Undeliverable Mail", Ecarte),
        ("whoever writes as postmaster", "From: postmaster@exemple.example\nSubject: Votre relais de courriel", "automate"),
        ("German", "Subject: Automatische Antwort: Antrag", "Message automatique"),
        ("a letter about an absence", "Subject: Absence du bureau de vote de ma commune", Repondu),
        ("a letter about an automatic answer", "Subject: Réponse automatique reçue à ma demande de titre", Repondu),
        ("an answer to an automatic answer", "Subject: Re: Réponse automatique : votre demande", Repondu),
        ("a letter about a letter not delivered", "Subject: Non remis : mon recommandé", Repondu),
        ("a driver without office", "Subject: Automobile : carte grise", Repondu),
        ("a person", "X-Mailer: quelconque", Repondu),
    ];

    [TestCaseSource(nameof(Regles))]
    public void Rule_OfOneRow_AnswersOrSaysWhyNot(string entetes, string attendu)
    {
        var fate = Classification.Decide(Courriels.Parse(Courriels.Make(entetes)).Faits!, Courriels.Boites, Antecedents.Aucun);

        switch (attendu)
        {
            case Ecarte:
                Assert.That(fate, Is.TypeOf<Classement.Ecarter>());
                break;
            case Repondu:
                Assert.That(fate, Is.EqualTo(new Classement.Enregistrer(IsPourInformation: false, MotifSansAccuse: null)));
                break;
            default:
                Assert.That((fate as Classement.Enregistrer)?.MotifSansAccuse, Does.Contain(attendu));
                break;
        }
    }

    /// <summary>A subject written to make a pattern run for ever is a subject like another.</summary>
    [TestCase("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[")]
    [TestCase("[a] [a] [a] [a] [a] [a] [a] [a] [a] [a] [a] [a] [a] [a] [a] [a] [a] [a] [a] [a] [a] [a] [a] [a] x")]
    [TestCase("auto : est est est est est est est est est est est est est est est est est est est est est est absen")]
    [TestCase("warning: message delayed 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1\n x")]
    public void Subject_MadeToBeSlow_IsReadAtOnce(string subject)
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();

        Assert.That(Robots.IsObjetAutomatique(subject), Is.False);
        Assert.That(watch.Elapsed, Is.LessThan(TimeSpan.FromSeconds(1)));
    }

    private static IEnumerable<TestCaseData> Regles() => s_regles.Select(r => new TestCaseData(r.Entetes, r.Attendu).SetName($"{r.Regle}: {(r.Attendu.Length == 0 ? "answered" : r.Attendu)}"));
}
