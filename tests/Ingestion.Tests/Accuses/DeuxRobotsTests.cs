using Microsoft.Extensions.DependencyInjection;
using MimeKit;
using SuiviCourrier.Ingestion.Tests.BoitesFonctionnelles;
using SuiviCourrier.TestSupport;
using static SuiviCourrier.TestSupport.Eventually;

namespace SuiviCourrier.Ingestion.Tests.Accuses;

/// <summary>
/// Robots at the other end, for a day: whatever answers us, and however often, each thread that comes in gets one message of ours at most.
/// </summary>
public sealed class DeuxRobotsTests
{
    private const string Ailleurs = "contact@prefecture-voisine.example";

    /// <summary>What answers every message it gets, at once and for ever.</summary>
    /// <param name="Answer">Headers and subject of its answer to a message of ours.</param>
    private sealed record Robot(string Nom, Func<MimeMessage, (string Headers, string Subject)> Answer);

    private static readonly Robot[] s_robots =
    [
        new("Absence", ours => ($"In-Reply-To: <{ours.MessageId}>\nAuto-Submitted: auto-replied\nPrecedence: bulk", $"Absent : {ours.Subject}")),
        new("AbsenceSansEntete", ours => ("", "Réponse automatique : " + ours.Subject)),
        new("AbsenceAuRetour", ours => ("Return-Path: <>", "Absence du bureau")),
        new("CommeUnePersonne", ours => ($"In-Reply-To: <{ours.MessageId}>", "Re: " + ours.Subject)),
        new("FilToujoursNouveau", _ => ("", $"Bonjour {Guid.NewGuid():N}")),
    ];

    [Test]
    public async Task OutOfOffice_AnsweringEverything_For24Hours_GetsOneMessagePerThread()
    {
        var clock = new HorlogeMobile();
        await using var courrier = await RunningCourrier.StartAsync(BoiteDepot.Settings, builder => builder.Services.AddSingleton<TimeProvider>(clock));
        var boite = new BoiteDepot(courrier);
        foreach (var robot in s_robots)
        {
            boite.Drop(Courriels.Make($"From: {robot.Nom}@exemple.example", text: robot.Nom));
        }

        var sent = new List<MimeMessage>();
        for (var hour = 0; hour < 24; hour++)
        {
            // Each answers what it got; a few rounds an hour are enough for those that go on to go on.
            for (var round = 0; round < 3; round++)
            {
                await UntilQuietAsync(boite);
                foreach (var ours in NewMessages(boite, sent))
                {
                    var robot = s_robots.Single(r => ours.To.Mailboxes.Single().Address.StartsWith(r.Nom + "@", StringComparison.OrdinalIgnoreCase));
                    var (headers, subject) = robot.Answer(ours);
                    boite.Drop(Courriels.Make($"From: {robot.Nom}@exemple.example\n{headers}".TrimEnd('\n'), subject: subject, text: $"{robot.Nom} {Guid.NewGuid()}"));
                }
            }

            clock.Advance(TimeSpan.FromHours(1));
        }

        await UntilQuietAsync(boite);
        NewMessages(boite, sent);
        var to = sent.CountBy(m => m.To.Mailboxes.Single().Address.Split('@')[0]).ToDictionary(StringComparer.OrdinalIgnoreCase);
        Assert.That(s_robots.Where(r => r.Nom != "FilToujoursNouveau").Select(r => to[r.Nom]), Is.All.EqualTo(1), "one message to each that answers");
        Assert.That(to["FilToujoursNouveau"], Is.InRange(2, 20), "each of its messages is a thread of its own: the caps stop it");
        Assert.That(await boite.CountAsync("SELECT count(*) FROM (SELECT FROM messagerie.courriels_sortants GROUP BY courrier_id HAVING count(*) > 1)"), Is.Zero, "one message per thread");
        Assert.That(await boite.CountAsync("SELECT count(*) FROM ingestion.accuses WHERE motif LIKE 'Plafond atteint%'"), Is.GreaterThan(0));
    }

    /// <summary>As two préfectures that write to each other; a relay between them loses the headers that say which message is automatic.</summary>
    [TestCase(false)]
    [TestCase(true)]
    public async Task Ourselves_AtTheOtherEnd_For24Hours_GetOneMessagePerThread(bool losesHeaders)
    {
        var clock = new HorlogeMobile();
        await using var here = await StartAsync(clock, address: Courriels.Boite);
        await using var there = await StartAsync(clock, address: Ailleurs);
        var (boiteHere, boiteThere) = (new BoiteDepot(here), new BoiteDepot(there));
        boiteHere.Drop(Courriels.Make($"From: {Ailleurs}", subject: "Demande de renseignements", text: "Bonjour"));
        var (sentHere, sentThere) = (new List<MimeMessage>(), new List<MimeMessage>());
        for (var hour = 0; hour < 24; hour++)
        {
            for (var round = 0; round < 2; round++)
            {
                await Task.WhenAll(UntilQuietAsync(boiteHere), UntilQuietAsync(boiteThere));
                Carry(NewMessages(boiteHere, sentHere), boiteThere, losesHeaders);
                Carry(NewMessages(boiteThere, sentThere), boiteHere, losesHeaders);
            }

            clock.Advance(TimeSpan.FromHours(1));
        }

        await Task.WhenAll(UntilQuietAsync(boiteHere), UntilQuietAsync(boiteThere));
        NewMessages(boiteHere, sentHere);
        NewMessages(boiteThere, sentThere);
        Assert.That(sentHere, Has.Count.EqualTo(1), "the acknowledgement of what came in");
        Assert.That(sentThere, Has.Count.EqualTo(losesHeaders ? 1 : 0), "taken for a person's, it is acknowledged once, and that ends it");
    }

    private static async Task<RunningCourrier> StartAsync(TimeProvider clock, string address)
    {
        var settings = new Dictionary<string, string?>(BoiteDepot.Settings) { ["Courriel:Expediteur"] = address };
        var courrier = await RunningCourrier.StartAsync(settings, builder => builder.Services.AddSingleton(clock));
        await courrier.Database.ScalarAsync<object>("UPDATE ingestion.boites SET adresse = $1, alias = '{}'", address);
        await courrier.Database.ScalarAsync<object>("UPDATE ingestion.sites SET courriel = $1", address);
        ((HorlogeMobile)clock).Advance(TimeSpan.FromMinutes(2)); // what was read of the site before is forgotten
        return courrier;
    }

    private static void Carry(IEnumerable<MimeMessage> messages, BoiteDepot boite, bool losesHeaders)
    {
        foreach (var message in messages)
        {
            if (losesHeaders)
            {
                foreach (var name in (string[])["Return-Path", "Auto-Submitted", "X-Auto-Response-Suppress"])
                {
                    message.Headers.RemoveAll(name);
                }
            }

            using var bytes = new MemoryStream();
            message.WriteTo(bytes);
            boite.Drop(bytes.ToArray());
        }
    }

    private static List<MimeMessage> NewMessages(BoiteDepot boite, List<MimeMessage> known)
    {
        var ids = known.Select(m => m.MessageId).ToHashSet();
        var files = Directory.Exists(boite.SentFolder) ? Directory.GetFiles(boite.SentFolder, "*.eml") : [];
        var found = files.Select(f => MimeMessage.Load(f)).Where(m => ids.Add(m.MessageId)).ToList();
        known.AddRange(found);
        return found;
    }

    /// <summary>Nothing waits to be read, nor to leave.</summary>
    private static Task UntilQuietAsync(BoiteDepot boite) => EventuallyAsync(
        "The mail never came to rest",
        async () => (!Directory.Exists(boite.Folder) || Directory.GetFiles(boite.Folder).Length == 0)
            && await boite.CountAsync("SELECT count(*) FROM messagerie.courriels_sortants WHERE etat IN ('AEnvoyer', 'Differe', 'EnCours')") == 0);

    /// <summary>The real time, and what was added to it.</summary>
    private sealed class HorlogeMobile : TimeProvider
    {
        private long _added;

        public void Advance(TimeSpan by) => Interlocked.Add(ref _added, by.Ticks);

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + new TimeSpan(Interlocked.Read(ref _added));

        public override long GetTimestamp() => base.GetTimestamp() + (long)(new TimeSpan(Interlocked.Read(ref _added)).TotalSeconds * TimestampFrequency);
    }
}
