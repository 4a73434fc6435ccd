using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using MimeKit;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.TestSupport;
using SuiviCourrier.TestSupport.Mail;
using SuiviCourrier.TestSupport.Processes;
using static SuiviCourrier.TestSupport.Eventually;

namespace SuiviCourrier.EndToEnd.Parcours;

/// <summary>
/// Four courriers from their arrival to their answer, by every door, through the days that matter: the Host is stopped, its clock moved, and
/// started again. The days were counted by hand on the calendar of May 2026 (8, 14 and 25 are public holidays); nothing here asks the product
/// for a date.
/// </summary>
[Category("Messages")]
public sealed partial class ParcoursTests
{
    private const string Lettre = "ARR-2026-00001";
    private const string Depot = "ARR-2026-00002";
    private const string Dossier = "ARR-2026-00003";
    private const string Imap = "ARR-2026-00004";

    private EximServer _exim = null!;
    private DovecotServer _dovecot = null!;
    private Installation _installation = null!;
    private SignedInClient _guichet = null!;
    private SignedInClient _agent = null!;
    private SignedInClient _chef = null!;
    private SignedInClient _autreChef = null!;
    private SignedInClient _superviseur = null!;
    private readonly Dictionary<string, Guid> _courriers = [];
    private int _seen;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _exim = await EximServer.StartAsync();
        _dovecot = await DovecotServer.StartAsync();
        await _dovecot.AddMailboxAsync("contact", "secret");
        var settings = new Dictionary<string, string?>([.. _exim.Settings(), .. _dovecot.Settings("contact")])
        {
            ["Releve:Quietude"] = "00:00:00.100",
            ["Relances:Cron"] = "* * * * * *",
        };
        _installation = await Installation.CreateAsync(settings);
        _guichet = await SignedInClient.CreateAsync(_installation, RoleAgent.BureauOrdre, "SGCD", "Lucie Garnier");
        _agent = await SignedInClient.CreateAsync(_installation, RoleAgent.Agent, "DCL-ETR", "Nadia Belkacem");
        _chef = await SignedInClient.CreateAsync(_installation, RoleAgent.ChefService, "DCL", "Martine Delorme");
        _autreChef = await SignedInClient.CreateAsync(_installation, RoleAgent.ChefService, "CAB", "Anne Leroux");
        _superviseur = await SignedInClient.CreateAsync(_installation, RoleAgent.Superviseur, "SG", "Marie Castel");
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        foreach (var person in (SignedInClient[])[_guichet, _agent, _chef, _autreChef, _superviseur])
        {
            person.Dispose();
        }

        await _installation.DisposeAsync();
        await _dovecot.DisposeAsync();
        await _exim.DisposeAsync();
    }

    [Test]
    public async Task Courriers_FromArrivalToAnswer_AreAcknowledgedRemindedEscalatedAndListedOnTheRightDays()
    {
        await OnAsync("2026-05-06", ArriveAsync); // a Wednesday

        await OnAsync("2026-05-07", NothingAsync);

        // E-mails: 5 working days, 7, 11, 12, 13 and 15 May. The step of the day before falls on the 13th, for the 14th is a holiday.
        await OnAsync("2026-05-13", () => TellsAsync(_agent, "2 courriers à suivre", (Dossier, "vendredi 15 mai 2026", null), (Imap, "vendredi 15 mai 2026", null)));
        await OnAsync("2026-05-15", () => TellsAsync(_agent, "2 courriers à suivre", (Dossier, "vendredi 15 mai 2026", null), (Imap, "vendredi 15 mai 2026", null)));
        await OnAsync("2026-05-18", async () =>
        {
            await TellsAsync(
                _chef, "2 en retard, 2 courriers à suivre",
                (Dossier, "vendredi 15 mai 2026", "en retard de 3 jours"), (Imap, "vendredi 15 mai 2026", "en retard de 3 jours"));
            await LateAsync((Dossier, "15/05/2026", 3), (Imap, "15/05/2026", 3));
            await AnswerByMailAsync();
            await LateAsync((Imap, "15/05/2026", 3));
        });

        // Letter and deposit: 10 working days, 7, 11, 12, 13, 15, 18, 19, 20, 21 and 22 May.
        await OnAsync("2026-05-19", async () =>
        {
            await TellsAsync(_agent, "2 courriers à suivre", (Lettre, "vendredi 22 mai 2026", null), (Depot, "vendredi 22 mai 2026", null));
            await LateAsync((Imap, "15/05/2026", 4));
        });
        await OnAsync("2026-05-20", async () =>
        {
            await TellsAsync(_superviseur, "1 en retard, 1 courrier à suivre", (Imap, "vendredi 15 mai 2026", "en retard de 5 jours"));
            await LateAsync((Imap, "15/05/2026", 5));
            await AnswerAsync(Imap, new() { ["Mode"] = "Telephone", ["Personne"] = "Paul Mercier", ["Texte"] = "Rendez-vous donné." });
            await LateAsync();
        });
        await OnAsync("2026-05-21", () => TellsAsync(_agent, "2 courriers à suivre", (Lettre, "vendredi 22 mai 2026", null), (Depot, "vendredi 22 mai 2026", null)));
        await OnAsync("2026-05-22", async () =>
        {
            await TellsAsync(_agent, "2 courriers à suivre", (Lettre, "vendredi 22 mai 2026", null), (Depot, "vendredi 22 mai 2026", null));
            await LateAsync();
            await AnswerAsync(Depot, new() { ["Mode"] = "Lettre", ["Texte"] = "Réponse partie ce jour." }, "reponse.pdf");
        });

        // Monday 25 May is Pentecost: the day after Friday the 22nd is Tuesday the 26th, the third day is Thursday the 28th.
        await OnAsync("2026-05-26", async () =>
        {
            await TellsAsync(_chef, "1 en retard, 1 courrier à suivre", (Lettre, "vendredi 22 mai 2026", "en retard de 4 jours"));
            await LateAsync((Lettre, "22/05/2026", 4));
        });
        await OnAsync("2026-05-28", async () =>
        {
            await TellsAsync(_superviseur, "1 en retard, 1 courrier à suivre", (Lettre, "vendredi 22 mai 2026", "en retard de 6 jours"));
            await LateAsync((Lettre, "22/05/2026", 6));
            await AnswerAsync(Lettre, new() { ["Mode"] = "Lettre", ["Texte"] = "Réponse partie ce jour." }, "reponse.pdf");
            await LateAsync();
        });

        await OnAsync("2026-06-02", NothingAsync);
        var auditor = new Auditor(_installation.Database, _installation.Folder);
        Assert.That(await auditor.BreachesAtRestAsync(), Is.Empty);
    }

    /// <summary>Each by its door; then one agent is put in charge of all four.</summary>
    private async Task ArriveAsync()
    {
        await RegisterAsync(Lettre, "Lettre", "Courrier resté sans suite", "Claire Martin", ("Adresse", "3 rue des Halles, 37000 Tours"));
        await RegisterAsync(Depot, "Depot", "Dépôt de pièces", "Samir Haddad", ("Courriel", "samir.haddad@exemple.example"));
        await DropAsync(Message("julie.roux@exemple.example", "Rendez-vous en préfecture"));
        await ArrivedAsync(Dossier);
        await _dovecot.DeliverAsync("contact", Message("paul.mercier@exemple.example", "Titre de séjour perdu"), Paris("2026-05-06", 9, 20));
        await ArrivedAsync(Imap);

        var accuses = await ReceivedAsync(3);
        Assert.Multiple(() =>
        {
            Acknowledges(accuses, "samir.haddad@exemple.example", Depot, "vendredi 22 mai 2026");
            Acknowledges(accuses, "julie.roux@exemple.example", Dossier, "vendredi 15 mai 2026");
            Acknowledges(accuses, "paul.mercier@exemple.example", Imap, "vendredi 15 mai 2026");
        });
        await PrintAsync();

        foreach (var (chrono, id) in _courriers)
        {
            using var assigned = await _guichet.PostAsync($"/courriers/{id}/affecter", new() { ["Service"] = "DCL-ETR", ["AgentId"] = _agent.CompteId.ToString() });
            Assert.That(assigned.StatusCode, Is.EqualTo(HttpStatusCode.Redirect), chrono);
            Assert.That(
                await _agent.ReadAsync($"/courriers/{id}"),
                Does.Contain(chrono == Lettre || chrono == Depot ? "vendredi 22 mai 2026" : "vendredi 15 mai 2026"));
        }

        await LateAsync();
    }

    /// <summary>The letter has only a postal address: its acknowledgement is printed.</summary>
    private async Task PrintAsync()
    {
        using var prepared = await _guichet.PostAsync("/accuses", [], "?handler=Preparer");
        var lot = prepared.Headers.Location!.OriginalString;
        using var printed = await _guichet.GetAsync(lot.Replace("/accuses/", "/fichiers/", StringComparison.Ordinal));
        var pdf = Path.Combine(_installation.Folder, "lot.pdf");
        await File.WriteAllBytesAsync(pdf, await printed.Content.ReadAsByteArrayAsync());
        var text = Spaces().Replace(await ChildProcess.RunAsync("pdftotext", "-layout", pdf, "-"), " ");
        Assert.That(text, Does.Contain("Claire Martin 3 rue des Halles, 37000 Tours").And.Contain(Lettre));
        Assert.That(text, Does.Contain("Nous nous engageons à vous répondre au plus tard le vendredi 22 mai 2026."));

        using var marked = await _guichet.PostAsync(lot, [], "?handler=Marquer");
        Assert.That(
            await _installation.Database.ScalarAsync<string>("SELECT etat FROM ingestion.accuses WHERE courrier_id = $1", _courriers[Lettre]),
            Is.EqualTo("Imprime"));
    }

    private async Task RegisterAsync(string chrono, string canal, string objet, string nom, (string Field, string Value) address)
    {
        var fields = new Dictionary<string, string?>
        {
            ["Canal"] = canal,
            ["Objet"] = objet,
            ["Nom"] = nom,
            ["RecuLe"] = "2026-05-06",
            [address.Field] = address.Value,
        };
        using var registered = await _guichet.UploadAsync("/enregistrer", fields, "Scans", "lettre.pdf", Scan());
        Assert.That(registered.StatusCode, Is.EqualTo(HttpStatusCode.Redirect), await registered.Content.ReadAsStringAsync());
        await ArrivedAsync(chrono);
    }

    /// <summary>Registered, its clock open and its dossier there.</summary>
    private async Task ArrivedAsync(string chrono)
    {
        await EventuallyAsync($"{chrono} never came", async () =>
        {
            _courriers[chrono] = await _installation.Database.ScalarAsync<Guid>(
                "SELECT courrier_id FROM portail.dossiers WHERE numero_chrono = $1 AND due_on IS NOT NULL", chrono);
            return _courriers[chrono] != Guid.Empty;
        });
    }

    private async Task DropAsync(byte[] message)
    {
        var folder = Path.Combine(_installation.Folder, "courriels-entrants", "contact");
        Directory.CreateDirectory(folder);
        var aside = Path.Combine(_installation.Folder, "message.tmp");
        await File.WriteAllBytesAsync(aside, message);
        File.Move(aside, Path.Combine(folder, "message.eml"));
    }

    /// <summary>From the page of the courrier, by e-mail to whoever wrote.</summary>
    private async Task AnswerByMailAsync()
    {
        await AnswerAsync(Dossier, new() { ["Mode"] = "Courriel", ["Texte"] = "Votre rendez-vous est fixé au 2 juin à 10 heures." });
        var reponse = (await ReceivedAsync(1)).Single();
        Assert.Multiple(() =>
        {
            Assert.That(reponse.Headers["Envelope-To"], Is.EqualTo("julie.roux@exemple.example"));
            Assert.That(reponse.Subject, Does.Contain(Dossier));
            Assert.That(reponse.TextBody, Does.Contain("2 juin à 10 heures").And.Contain("Nadia Belkacem"));
        });
    }

    private async Task AnswerAsync(string chrono, Dictionary<string, string?> fields, string? scan = null)
    {
        fields["Fond"] = "SurLeFond";
        var url = $"/courriers/{_courriers[chrono]}/repondre";
        using var answered = scan is null ? await _agent.PostAsync(url, fields) : await _agent.UploadAsync(url, fields, "Document", scan, Scan());
        Assert.That(answered.StatusCode, Is.EqualTo(HttpStatusCode.Redirect), await answered.Content.ReadAsStringAsync());
        Assert.That(await _agent.ReadAsync($"/courriers/{_courriers[chrono]}"), Does.Contain("Réponse enregistrée : le délai est arrêté."));
    }

    /// <summary>Starts the Host on this day at nine, lets the day happen and the sweep pass over it, and stops it: nothing but what the day says has left.</summary>
    private async Task OnAsync(string day, Func<Task> happensAsync)
    {
        await _installation.StartAsync(Paris(day, 9, 0) - TimeProvider.System.GetUtcNow());
        foreach (var person in (SignedInClient[])[_guichet, _agent, _chef, _autreChef, _superviseur])
        {
            await person.SignInAsync();
        }

        await happensAsync();
        await SweptAsync();
        Assert.That(_exim.Delivered(), Has.Count.EqualTo(_seen), $"something else has left on {day}");
        await _installation.StopAsync();
    }

    private Task NothingAsync() => LateAsync();

    /// <summary>A sweep that began from now on has ended, and what it queued has left.</summary>
    private async Task SweptAsync()
    {
        var now = await _installation.Database.ScalarAsync<DateTime>("SELECT clock_timestamp()");
        await EventuallyAsync("no sweep ever ended", async () => await _installation.Database.ScalarAsync<bool>(
            """
            SELECT EXISTS (SELECT FROM hangfire.job WHERE createdat > $1 AND statename = 'Succeeded' AND arguments::text LIKE '%echeances.relances%')
                AND NOT EXISTS (SELECT FROM messagerie.courriels_sortants WHERE etat IN ('AEnvoyer', 'Differe', 'EnCours'))
            """,
            now));
    }

    /// <summary>One message to this person, with exactly these courriers.</summary>
    private async Task TellsAsync(SignedInClient person, string subject, params (string Chrono, string DueOn, string? Late)[] lines)
    {
        var message = (await ReceivedAsync(1)).Single();
        Assert.Multiple(() =>
        {
            Assert.That(message.Headers["Envelope-To"], Is.EqualTo(person.Courriel));
            Assert.That(message.Subject, Is.EqualTo(subject));
            Assert.That(Chronos().Matches(message.TextBody!).Select(m => m.Value), Is.EqualTo(lines.Select(l => l.Chrono)));
            foreach (var (chrono, dueOn, late) in lines)
            {
                Assert.That(message.TextBody, Does.Contain($"- {chrono} : à répondre avant le {dueOn}{(late is null ? "" : $", {late}")}, DCL-ETR"));
            }
        });
    }

    /// <summary>The late list and its export, for everyone: those of the service and above see these courriers, nobody else any.</summary>
    private async Task LateAsync(params (string Chrono, string DueOn, int Days)[] expected)
    {
        var words = expected.Select(e => $"{e.Chrono} en retard de {e.Days} jours {Iso(e.DueOn)}");
        foreach (var person in (SignedInClient[])[_superviseur, _chef])
        {
            Assert.That(RowsOf(await person.ReadAsync("/en-retard")), Is.EqualTo(words));
            Assert.That(
                (await person.ReadAsync("/en-retard?handler=Export")).TrimEnd().Split("\r\n").Skip(1).Select(l => l.Replace("\"", "", StringComparison.Ordinal).Split(';'))
                    .Select(c => (c[0], c[8], c[9])),
                Is.EqualTo(expected.Select(e => (e.Chrono, e.DueOn, e.Days.ToString(CultureInfo.InvariantCulture)))));
        }

        Assert.That(RowsOf(await _autreChef.ReadAsync("/en-retard")), Is.Empty);
        using var refused = await _agent.GetAsync("/en-retard");
        Assert.That(refused.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
    }

    /// <summary>The next messages the mail server delivers.</summary>
    private async Task<IReadOnlyList<MimeMessage>> ReceivedAsync(int count)
    {
        await EventuallyAsync($"{count} messages never came", () => Task.FromResult(_exim.Delivered().Count >= _seen + count));
        var received = _exim.Delivered().Skip(_seen).ToList();
        Assert.That(received, Has.Count.EqualTo(count));
        _seen += count;
        return received;
    }

    private static void Acknowledges(IReadOnlyList<MimeMessage> accuses, string to, string chrono, string dueOn)
    {
        var accuse = accuses.Single(m => m.Headers["Envelope-To"] == to);
        Assert.That(accuse.Subject, Does.Contain(chrono));
        Assert.That(Spaces().Replace(accuse.TextBody!, " "), Does.Contain($"Nous nous engageons à vous répondre au plus tard le {dueOn}."));
        Assert.That(accuse.Headers["Return-path"], Is.EqualTo("<>"));
    }

    private static IEnumerable<string> RowsOf(string page) =>
        Row().Matches(page).Select(m => $"{m.Groups[1].Value} {WebUtility.HtmlDecode(m.Groups[2].Value)} {m.Groups[3].Value}");

    private static byte[] Message(string from, string subject) => Encoding.UTF8.GetBytes(
        $"""
        Received: from mail.exemple.example by mx.indre-et-loire.invalid; Wed, 6 May 2026 09:10:00 +0200
        From: {from}
        To: contact@indre-et-loire.invalid
        Subject: {subject}
        Date: Wed, 6 May 2026 09:09:30 +0200
        Message-ID: <{Guid.NewGuid():N}@exemple.example>
        MIME-Version: 1.0
        Content-Type: text/plain; charset=utf-8

        Bonjour, pouvez-vous me répondre ?

        """.ReplaceLineEndings("\r\n"));

    private static byte[] Scan() => File.ReadAllBytes(Path.Combine(Repository.Root, "seeds", "demo", "scans", "demande-document.pdf"));

    private static string Iso(string day) =>
        DateOnly.ParseExact(day, "dd/MM/yyyy", CultureInfo.InvariantCulture).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>All the days of this test are in summer time.</summary>
    private static DateTimeOffset Paris(string day, int hour, int minute) =>
        new(DateOnly.Parse(day, CultureInfo.InvariantCulture).ToDateTime(new TimeOnly(hour, minute)), TimeSpan.FromHours(2));

    [GeneratedRegex("ARR-[0-9]{4}-[0-9]{5}")]
    private static partial Regex Chronos();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex("<tr data-ligne>.*?class=\"c-chrono\"[^>]*>([^<]+)<.*?class=\"c-echeance\">\\s*<span[^>]*>([^<]+)</span>\\s*<time[^>]*datetime=\"([^\"]+)\"", RegexOptions.Singleline)]
    private static partial Regex Row();
}
