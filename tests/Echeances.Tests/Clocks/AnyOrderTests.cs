using SuiviCourrier.Contracts;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Echeances.Clocks;
using static SuiviCourrier.Echeances.Tests.Banc;

namespace SuiviCourrier.Echeances.Tests.Clocks;

/// <summary>The law of the consumers: whatever the order and the number of deliveries, the same facts end in the same clock.</summary>
[Category("Messages")]
public sealed class AnyOrderTests
{
    private const int Histories = 60;

    private static readonly NatureCourrier?[] s_natures =
        [null, NatureCourrier.Demande, NatureCourrier.Reclamation, NatureCourrier.Recours, NatureCourrier.PourInformation];

    [Test]
    public async Task Facts_ShuffledAndDoubled_EndInTheSameClock()
    {
        await using var banc = await Banc.StartAsync("2026-06-10 09:00");
        for (var seed = 1; seed <= Histories; seed++)
        {
            var random = new Random(seed);
            var (inOrder, shuffled) = (Guid.CreateVersion7(), Guid.CreateVersion7());
            var history = History(random);

            foreach (var fact in history)
            {
                await banc.DeliverAsync(fact(inOrder));
            }

            var deliveries = history.Concat(history).Select(fact => (Fact: fact(shuffled), MessageId: Guid.CreateVersion7())).ToArray();
            random.Shuffle(deliveries);
            foreach (var (fact, messageId) in deliveries)
            {
                await banc.DeliverAsync(fact, messageId);
                await banc.DeliverAsync(fact, messageId);
            }

            Assert.That(Canonical(await banc.HorlogeAsync(shuffled)), Is.EqualTo(Canonical(await banc.HorlogeAsync(inOrder))), $"seed {seed}");
        }
    }

    /// <summary>What the clock is. Not part of it: steps cancelled on the way, and a clock that stopped because no answer is expected after all.</summary>
    private static string Canonical(Horloge? h) =>
        h is null or { MotifArret: MotifArret.SansReponse }
            ? "aucune"
            : $"{h.RegimeCode} v{h.RegimeVersion} {h.BaseLe} {h.DueOn} {h.ClosedOn} {h.MotifArret} {h.Calcul} "
                + string.Join(" ", h.Etapes.Where(e => e.Etat != EtatEtape.Annulee).OrderBy(e => e.Rang).Select(e => $"{e.Code}@{e.PrevueLe}:{e.Etat}"));

    private static List<Func<Guid, IFact>> History(Random random)
    {
        var received = Day("2026-05-20").AddDays(random.Next(20));
        var ingestion = new List<Func<Guid, IFact>>
        {
            id => new CourrierRegistered { Source = "ingestion", CourrierId = id, Version = 1, Etat = Enregistrement(received, Canal.Courriel) },
        };
        for (var version = 2; version <= 1 + random.Next(4); version++)
        {
            var (v, canal, day) = (version, (Canal)random.Next(4), received.AddDays(-random.Next(5)));
            var etat = Enregistrement(day, canal, s_natures[random.Next(s_natures.Length)], isPourInformation: random.Next(6) == 0);
            ingestion.Add(random.Next(6) == 0
                ? id => new CourrierAnnulled { Source = "ingestion", CourrierId = id, Version = v, Etat = etat with { IsAnnule = true } }
                : id => new CourrierCorrected { Source = "ingestion", CourrierId = id, Version = v, Etat = etat });
        }

        var portail = new List<Func<Guid, IFact>>();
        for (var version = 1; version <= random.Next(6); version++)
        {
            portail.Add(DossierFact(random, version));
        }

        // Interleaved, each stream in its order.
        var history = new List<Func<Guid, IFact>>();
        while (ingestion.Count + portail.Count > 0)
        {
            var source = portail.Count == 0 || (ingestion.Count > 0 && random.Next(2) == 0) ? ingestion : portail;
            history.Add(source[0]);
            source.RemoveAt(0);
        }

        return history;
    }

    private static Func<Guid, IFact> DossierFact(Random random, int version)
    {
        var nature = s_natures[random.Next(1, s_natures.Length)];
        var open = new EtatDossier
        {
            Etat = EtatCourrier.EnInstruction,
            IsQualifie = random.Next(2) == 0,
            Nature = nature,
            ServiceInstructeurCode = "DCL-ETR",
        };
        var day = Day("2026-06-09").AddDays(-random.Next(5));
        return random.Next(5) switch
        {
            0 => id => new CourrierQualified { Source = "portail", CourrierId = id, Version = version, Etat = open with { IsQualifie = true } },
            1 => id => new CourrierAssigned
            {
                Source = "portail",
                CourrierId = id,
                Version = version,
                Etat = open,
                ServiceInstructeurCode = "DDT",
                AssignedAt = DateTimeOffset.UnixEpoch,
            },
            2 => id => new CourrierAnswered
            {
                Source = "portail",
                CourrierId = id,
                Version = version,
                IsSurLeFond = true,
                ReponduLe = day,
                Etat = open with { Etat = EtatCourrier.Repondu, ReponduLe = day, ClosLe = day },
            },
            3 => id => new CourrierClosed
            {
                Source = "portail",
                CourrierId = id,
                Version = version,
                Etat = open with { Etat = EtatCourrier.ClasseSansSuite, ClosLe = day },
            },
            _ => id => new CourrierReopened { Source = "portail", CourrierId = id, Version = version, Etat = open },
        };
    }
}
