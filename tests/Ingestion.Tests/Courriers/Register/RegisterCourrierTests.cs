using System.Globalization;
using System.Text;
using CsCheck;
using Microsoft.Extensions.DependencyInjection;
using SuiviCourrier.Contracts.Accuses;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Ingestion.Courriers;
using SuiviCourrier.Ingestion.Courriers.Register;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.ServiceDefaults.Fichiers;
using SuiviCourrier.TestSupport;
using Outcome = SuiviCourrier.Ingestion.Courriers.Register.RegisterCourrier.Outcome;

namespace SuiviCourrier.Ingestion.Tests.Courriers.Register;

[Category("Messages")]
public sealed class RegisterCourrierTests
{
    private RunningCourrier _courrier = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _courrier = await RunningCourrier.StartAsync();

    [OneTimeTearDown]
    public async Task StopAsync() => await _courrier.DisposeAsync();

    [Test]
    public async Task Register_ALetter_WritesCourrierAccuseMailAuditAndFactTogether()
    {
        var registered = await _courrier.RegisteredAsync(Demandes.Lettre());

        Assert.That(registered.NumeroChrono, Does.Match("^ARR-[0-9]{4}-[0-9]{5}$"));
        Assert.That(registered.Accuse.Etat, Is.EqualTo(EtatAccuse.AEnvoyer));
        await AssertOneAsync("SELECT count(*) FROM ingestion.lecture_courriers WHERE courrier_id = $1 AND recu_le = DATE '2026-11-02' AND canal = 'Lettre'", registered);
        await AssertOneAsync("SELECT count(*) FROM ingestion.lecture_accuses WHERE courrier_id = $1 AND destinataire = 'claire.martin@exemple.invalid'", registered);
        await AssertOneAsync("SELECT count(*) FROM messagerie.courriels_sortants WHERE cle = 'accuse:' || $1::text || ':Enregistrement'", registered);
        await AssertOneAsync("SELECT count(*) FROM ingestion.lecture_journal WHERE courrier_id = $1 AND action = 'RegisterCourrier' AND acteur = 'test'", registered);
    }

    [TestCase("a@b.invalid", "3 rue X", EtatAccuse.AEnvoyer, TestName = "An e-mail address comes first")]
    [TestCase(null, "3 rue X\n37000 TOURS", EtatAccuse.AImprimer, TestName = "Only a postal address: a printed letter")]
    [TestCase(null, null, EtatAccuse.SansObjet, TestName = "No address at all: nothing, with its reason")]
    public async Task Register_ByTheAddressesKnown_DecidesTheAccuse(string? courriel, string? adresse, EtatAccuse attendu)
    {
        var registered = await _courrier.RegisteredAsync(Demandes.Lettre() with { Courriel = courriel, Adresse = adresse });

        Assert.That(registered.Accuse.Etat, Is.EqualTo(attendu));
        var messages = await CountAsync("SELECT count(*) FROM messagerie.courriels_sortants WHERE courrier_id = $1", registered.CourrierId);
        Assert.That(messages, Is.EqualTo(attendu == EtatAccuse.AEnvoyer ? 1 : 0));
        Assert.That(
            await _courrier.Database.ScalarAsync<string>("SELECT coalesce(motif, '') FROM ingestion.accuses WHERE courrier_id = $1", registered.CourrierId),
            attendu == EtatAccuse.SansObjet ? Is.Not.Empty : Is.Empty);
    }

    [Test]
    public async Task Register_AnAnonymousLetter_HasNoSenderAndNoAccuse()
    {
        var registered = await _courrier.RegisteredAsync(
            Demandes.Lettre() with { IsAnonyme = true, Nom = null, Courriel = null, Adresse = null, Categorie = null });

        Assert.That(registered.Accuse.Motif, Is.EqualTo("L’expéditeur est anonyme"));
        await AssertOneAsync("SELECT count(*) FROM ingestion.courriers WHERE id = $1 AND expediteur_categorie = 'Anonyme' AND correspondant_id IS NULL", registered);
    }

    [Test]
    public async Task Register_AKnownType_GivesItsNatureAndItsService()
    {
        var registered = await _courrier.RegisteredAsync(Demandes.Lettre() with { TypeCode = "audience" });

        await AssertOneAsync("SELECT count(*) FROM ingestion.lecture_courriers WHERE courrier_id = $1 AND nature = 'Audience' AND service_code = 'CAB'", registered);
    }

    [Test]
    public async Task Register_TheSamePersonTwice_IsOneCorrespondant()
    {
        var nom = $"Éloïse Nguyên {Guid.NewGuid():N}";
        var first = await _courrier.RegisteredAsync(Demandes.Lettre() with { Nom = nom });
        var second = await _courrier.RegisteredAsync(Demandes.Lettre() with { Nom = nom.ToUpperInvariant(), Adresse = null });
        var namesake = await _courrier.RegisteredAsync(Demandes.Lettre() with { Nom = nom, Courriel = "autre@exemple.invalid" });

        var ids = await Task.WhenAll(new[] { first, second, namesake }.Select(r =>
            _courrier.Database.ScalarAsync<Guid>("SELECT correspondant_id FROM ingestion.courriers WHERE id = $1", r.CourrierId)));
        Assert.That(ids[1], Is.EqualTo(ids[0]));
        Assert.That(ids[2], Is.Not.EqualTo(ids[0]), "one name and another address is another person");
    }

    [Test]
    public async Task Register_SixteenAtOnceWithFailures_NumbersWithoutGap()
    {
        await using var courrier = await RunningCourrier.StartAsync();
        var results = new List<Outcome.Registered>();
        await Parallel.ForEachAsync(Enumerable.Range(0, 200), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (n, _) =>
        {
            Action<Courrier>? failure = (n % 5) switch
            {
                0 => _ => throw new InvalidOperationException("killed after the number was taken"),
                1 => c => c.Objet = "", // refused by the database while it is written
                _ => null,
            };
            try
            {
                var outcome = await courrier.RegisterAsync(Demandes.Lettre() with { Courriel = null }, failure);
                lock (results)
                {
                    results.Add((Outcome.Registered)outcome);
                }
            }
            catch (Exception injected) when (failure is not null && injected is not AssertionException)
            {
                // Rolled back, its number with it.
            }
        });

        Assert.That(results, Has.Count.EqualTo(120));
        Assert.That(
            results.Select(r => int.Parse(r.NumeroChrono[^5..], CultureInfo.InvariantCulture)).Order(),
            Is.EqualTo(Enumerable.Range(1, 120)));
        Assert.That(await courrier.Database.ScalarAsync<long>("SELECT count(*) FROM ingestion.courriers"), Is.EqualTo(120));
        Assert.That(await courrier.Database.ScalarAsync<int>("SELECT dernier FROM ingestion.compteurs_chrono"), Is.EqualTo(120));
    }

    [Test]
    public async Task Register_TheSameKeyManyTimesAtOnce_IsOneCourrier()
    {
        var demande = Demandes.Lettre();

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => _courrier.RegisterAsync(demande))));

        var registered = outcomes.OfType<Outcome.Registered>().Single();
        Assert.That(
            outcomes.OfType<Outcome.AlreadyRegistered>().Select(o => (o.CourrierId, o.NumeroChrono)).ToHashSet(),
            Is.EquivalentTo(new[] { (registered.CourrierId, registered.NumeroChrono) }));
        Assert.That(await CountAsync("SELECT count(*) FROM ingestion.accuses WHERE courrier_id = $1", registered.CourrierId), Is.EqualTo(1));
    }

    [Test]
    public async Task Register_TheSameKeyWithWhatIsNoLongerAcceptable_IsTheSameCourrier()
    {
        var demande = Demandes.Lettre();
        var registered = await _courrier.RegisteredAsync(demande);

        var again = await _courrier.RegisterAsync(demande with { Objet = "" });

        Assert.That(again, Is.EqualTo(new Outcome.AlreadyRegistered(registered.CourrierId, registered.NumeroChrono)));
    }

    [TestCase("", "Objet", TestName = "No subject")]
    [TestCase("\u200b \u200e", "Objet", TestName = "A subject of invisible characters")]
    [TestCase("a\0b", "Objet", TestName = "A null character")]
    public async Task Register_ASubjectThatCannotBeKept_IsRefusedBesideItsField(string objet, string champ) =>
        await AssertRefusedAsync(Demandes.Lettre() with { Objet = objet }, champ);

    [Test]
    public async Task Register_HalfAnEmoji_IsRefusedBesideItsField() =>
        await AssertRefusedAsync(Demandes.Lettre() with { Objet = "demi \ud83d" }, "Objet", "coupé en deux"); // no attribute can hold it

    [Test]
    public async Task Register_ASubjectAtTheLimit_IsKeptAndOneMoreIsRefused()
    {
        var emoji = string.Concat(Enumerable.Repeat("😀", 500));

        var registered = await _courrier.RegisteredAsync(Demandes.Lettre() with { Objet = emoji });

        Assert.That(await _courrier.Database.ScalarAsync<string>("SELECT objet FROM ingestion.courriers WHERE id = $1", registered.CourrierId), Is.EqualTo(emoji));
        await AssertRefusedAsync(Demandes.Lettre() with { Objet = emoji + "!" }, "Objet", "501 caractères : 500 au plus");
        await AssertRefusedAsync(Demandes.Lettre() with { Objet = new string('x', 600) }, "Objet", "600 caractères");
    }

    [Test]
    public async Task Register_DatesThatCannotBe_AreRefusedBesideTheirField()
    {
        var tomorrow = DateOnly.FromDateTime(DateTime.UtcNow).AddDays(2);
        await AssertRefusedAsync(Demandes.Lettre() with { RecuLe = tomorrow }, "RecuLe", "futur");
        await AssertRefusedAsync(Demandes.Lettre() with { RecuLe = null }, "RecuLe", "Indiquez");
        await AssertRefusedAsync(Demandes.Lettre() with { RecuLe = new DateOnly(1899, 12, 31), DateCourrier = null }, "RecuLe", "1900");
        await AssertRefusedAsync(Demandes.Lettre() with { DateCourrier = new DateOnly(2026, 11, 3) }, "DateCourrier", "après le jour d’arrivée");
        await AssertRefusedAsync(Demandes.Lettre() with { CachetLe = new DateOnly(2026, 11, 3) }, "CachetLe", "après le jour d’arrivée");
        await AssertRefusedAsync(Demandes.Lettre() with { CachetLe = new DateOnly(26, 10, 30) }, "CachetLe", "1900");
    }

    [TestCase("NULLE-PART")]
    [TestCase("DCL\0")]
    [TestCase("' OR 1=1 --")]
    public async Task Register_AnUnknownServiceOrType_IsRefusedBesideItsField(string code)
    {
        await AssertRefusedAsync(Demandes.Lettre() with { ServiceCode = code }, "ServiceCode", "n’existe pas");
        await AssertRefusedAsync(Demandes.Lettre() with { TypeCode = code }, "TypeCode", "n’existe pas");
    }

    [TestCase("claire")]
    [TestCase("claire@")]
    [TestCase("claire@exemple")]
    [TestCase("claire@exemple..fr")]
    [TestCase("a@b.fr, c@d.fr")]
    [TestCase("\"a\r\nRCPT TO:<x@y.fr>\"@b.fr")]
    [TestCase("Claire <claire@exemple.fr>")]
    public async Task Register_AnIncompleteElectronicAddress_IsRefusedBesideItsField(string courriel) =>
        await AssertRefusedAsync(Demandes.Lettre() with { Courriel = courriel }, "Courriel", "adresse électronique");

    [TestCase("محمد عبد الله", TestName = "A right-to-left name")]
    [TestCase("Zoë O’Brien-D’Arc", TestName = "Apostrophes")]
    [TestCase("L'Haÿ 'quoted' \"double\" <b>gras</b>", TestName = "Quotes and markup")]
    [TestCase("山田 太郎 👩🏽‍⚖️", TestName = "Ideographs and an emoji of four parts")]
    public async Task Register_ANameOfAnyScript_IsKeptAsTyped(string nom)
    {
        var registered = await _courrier.RegisteredAsync(Demandes.Lettre() with { Nom = nom });

        Assert.That(await _courrier.Database.ScalarAsync<string>("SELECT expediteur_nom FROM ingestion.courriers WHERE id = $1", registered.CourrierId), Is.EqualTo(nom));
    }

    [Test]
    public async Task Register_AccentsTypedInTwoParts_AreKeptInOne()
    {
        var registered = await _courrier.RegisteredAsync(Demandes.Lettre() with { Nom = "Ame\u0301lie" });

        Assert.That(await _courrier.Database.ScalarAsync<string>("SELECT expediteur_nom FROM ingestion.courriers WHERE id = $1", registered.CourrierId), Is.EqualTo("Am\u00e9lie"));
    }

    [Test]
    public async Task Register_AnyText_IsKeptWholeOrRefusedWithASentence() =>
        await Gen.Select(OddText, OddText, OddText).SampleAsync(
            async (objet, nom, remarques) =>
            {
                var outcome = await _courrier.RegisterAsync(Demandes.Lettre() with { Objet = objet, Nom = nom, Remarques = remarques, Courriel = null });

                if (outcome is Outcome.Registered registered)
                {
                    var kept = await _courrier.Database.ScalarAsync<string>("SELECT objet FROM ingestion.courriers WHERE id = $1", registered.CourrierId);
                    Assert.That(kept!.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries), Is.EqualTo(objet.Normalize(NormalizationForm.FormC).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));
                }
                else
                {
                    Assert.That(((Outcome.Refused)outcome).Erreurs.Select(e => e.Champ), Is.SubsetOf(new[] { "Objet", "Nom", "Remarques" }));
                    Assert.That(((Outcome.Refused)outcome).Erreurs, Is.Not.Empty);
                }
            },
            iter: 300);

    [Test]
    public async Task Register_WithAScan_NamesTheContentInTheSameTransaction()
    {
        var store = _courrier.App.Services.GetRequiredService<IFileStore>();
        var scan = await store.StoreAsync(new MemoryStream(Encoding.ASCII.GetBytes($"%PDF-1.7 {Guid.NewGuid()}")), 1000, CancellationToken.None);

        var registered = await _courrier.RegisteredAsync(Demandes.Lettre() with
        {
            Pieces = [new RegisterCourrier.PieceDemandee(scan, "..\\..\\C:\\scans\\lettre\u202Efdp.exe", RolePiece.Document)],
            PiecesAnnoncees = [new RegisterCourrier.PieceAnnonceeDemandee(NaturePieceAnnoncee.Cheque, 1, "30 €")],
        });

        Assert.That(await _courrier.Database.ScalarAsync<string>("SELECT nom FROM ingestion.lecture_pieces WHERE courrier_id = $1", registered.CourrierId), Is.EqualTo("lettrefdp.exe"));
        await AssertOneAsync("SELECT count(*) FROM ingestion.lecture_pieces p JOIN messagerie.fichiers f USING (sha256) WHERE courrier_id = $1 AND p.role = 'Document'", registered);
        await AssertOneAsync("SELECT count(*) FROM ingestion.lecture_pieces_annoncees WHERE courrier_id = $1 AND nature = 'Cheque'", registered);
    }

    [Test]
    public async Task Register_RolledBack_LeavesNoFactAndNoMail()
    {
        var before = await CountAsync("SELECT count(*) FROM messagerie.courriels_sortants");

        Assert.That(
            async () => await _courrier.RegisterAsync(Demandes.Lettre() with { Acteur = "rolled-back" }, _ => throw new InvalidOperationException("injected")),
            Throws.InvalidOperationException);

        Assert.That(await CountAsync("SELECT count(*) FROM ingestion.journal WHERE acteur = 'rolled-back'"), Is.Zero);
        Assert.That(await CountAsync("SELECT count(*) FROM messagerie.courriels_sortants"), Is.EqualTo(before));
    }

    /// <summary>Strings as keyboards, copies and attackers make them: every plane, lone surrogates, control characters, long runs.</summary>
    private static Gen<string> OddText { get; } = Gen.OneOf(
        Gen.String,
        Gen.String[Gen.Char["\0\u0001\t\n\r \u00a0\u200b\u200f\u202e'’\"<>&%é\u0301"], 0, 30],
        Gen.String[Gen.Char["ab é"], 490, 520],
        Gen.OneOf(Gen.Const("👩🏽‍⚖️ juge"), Gen.Const("محمد"), Gen.Const("\ud83d"), Gen.Const("\ude00 seul"), Gen.Const("e\u0301"), Gen.Const("نص ‏عربي"), Gen.Const("'; DROP TABLE courriers; --")));

    private async Task AssertRefusedAsync(RegisterCourrier.Demande demande, string champ, string contient = "")
    {
        var outcome = await _courrier.RegisterAsync(demande);

        var erreurs = (outcome as Outcome.Refused)?.Erreurs ?? [];
        Assert.That(erreurs.Select(e => e.Champ), Is.EqualTo(new[] { champ }));
        Assert.That(erreurs[0].Phrase, Does.Contain(contient));
        Assert.That(await CountAsync("SELECT count(*) FROM ingestion.courriers WHERE cle_idempotence = $1", demande.CleIdempotence), Is.Zero);
    }

    private async Task AssertOneAsync(string sql, Outcome.Registered registered) =>
        Assert.That(await CountAsync(sql, registered.CourrierId), Is.EqualTo(1), sql);

    private Task<long> CountAsync(string sql, params object[] values) => _courrier.Database.ScalarAsync<long>(sql, values);
}
