using System.Text;
using SuiviCourrier.Ingestion.BoitesFonctionnelles;
using SuiviCourrier.Ingestion.Courriers;

namespace SuiviCourrier.Ingestion.Tests.BoitesFonctionnelles;

/// <summary>What is read out of a message, and that nothing stops the reading.</summary>
public sealed class LectureTests
{
    private static readonly TimeSpan s_budget = new ReleveOptions().DureeLecture;

    [TestCase("utf8-base64")]
    [TestCase("utf8-8bit")]
    [TestCase("utf8-quoted")]
    [TestCase("windows-1252")]
    [TestCase("windows-1252-quoted")]
    [TestCase("iso-8859-15")]
    [TestCase("iso-8859-1")]
    [TestCase("macintosh")]
    [TestCase("utf-16")]
    [TestCase("charset-inconnu")]
    [TestCase("charset-faux")]
    public void Text_InAnyCharset_KeepsItsAccents(string name)
    {
        var lu = Courriels.Parse(Courriels.Read(name));

        Assert.That(lu.Contenu.Texte, Does.Contain("Noël une réclamation").And.Contain("l’été est passé").Or.Contain("l'été est passé"));
    }

    [TestCase("iso-2022-jp", "こんにちは", "お願い")]
    [TestCase("koi8-r", "Здравствуйте", "Просьба")]
    public void Text_InAForeignCharset_IsRead(string name, string text, string subject)
    {
        var lu = Courriels.Parse(Courriels.Read(name));

        Assert.That(lu.Contenu.Texte, Does.Contain(text));
        Assert.That(lu.Faits!.Objet, Is.EqualTo(subject));
    }

    [Test]
    public void Names_OfAttachments_AreNamesAndNothingElse()
    {
        var pieces = Courriels.Parse(Courriels.Read("pieces-noms")).Contenu.Pieces;

        var names = pieces.Select(p => NomFichier.Of(TexteRecu.Line(p.Nom, 1000), p.Instead)).ToList();

        Assert.That(names, Has.Count.EqualTo(11));
        Assert.That(names.Where(n => n.AsSpan().ContainsAny('/', '\\', '\u202e') || n == "."), Is.Empty);
        Assert.That(names, Does.Contain("récépissé.pdf").And.Contain("reçu.pdf").And.Contain("reçu brut.pdf").And.Contain("passwd"));
        Assert.That(names.Select(n => n.Length), Is.All.LessThanOrEqualTo(Limites.NomFichier));
    }

    [Test]
    public void Winmail_IsOpened_AndKept()
    {
        var pieces = Courriels.Parse(Courriels.Read("winmail")).Contenu.Pieces;

        Assert.That(pieces.Select(p => p.Nom), Is.EqualTo(new[] { "winmail.dat", "plan.pdf" }));
    }

    [TestCase("transfere", "Le bruit   la nuit.eml")]
    [TestCase("invitation", "invitation.ics")]
    [TestCase("signe", "smime.p7s")]
    [TestCase("chiffre", "smime.p7m")]
    [TestCase("winmail-casse", "winmail.dat")]
    public void Pieces_OfEveryKind_AreTakenOut(string name, string expected) =>
        Assert.That(Courriels.Parse(Courriels.Read(name)).Contenu.Pieces.Select(p => NomFichier.Of(p.Nom, p.Instead)), Does.Contain(expected));

    [Test]
    public void Html_IsShownWithoutScriptFormNorRemoteImage()
    {
        var lu = Courriels.Parse(Courriels.Read("html-seul"));

        var safe = HtmlRecu.Sanitize(lu.Contenu.Html!, "Objet <b>");

        Assert.That(safe, Does.Contain("Bonjour <b>madame</b>, l’été").And.Contain("https://exemple.example/page").And.Contain("nofollow"));
        Assert.That(safe, Does.Not.Contain("alert").And.Not.Contain("pisteur").And.Not.Contain("<form").And.Not.Contain("<input").And.Not.Contain("Objet <b>"));
    }

    [TestCase("objet-vide", TexteRecu.SansObjet)]
    [TestCase("objet-absent", TexteRecu.SansObjet)]
    [TestCase("octet-nul", "Demande urgente")]
    [TestCase("entetes-8-bits", "Réclamation à l’été")]
    [TestCase("emoji-apostrophe", "L’été 👨‍👩‍👧 d'Aïcha")]
    [TestCase("nom-rtl", "طلب موعد")]
    public void Objet_OfAnyMessage_CanBeKept(string name, string expected) =>
        Assert.That(TexteRecu.Objet(Courriels.Parse(Courriels.Read(name)).Faits!.Objet), Is.EqualTo(expected));

    [Test]
    public void Objet_Of600Characters_IsCutBetweenTwoLetters()
    {
        var objet = TexteRecu.Objet(Courriels.Parse(Courriels.Read("objet-600")).Faits!.Objet);

        Assert.That(TexteSaisi.LengthOf(objet), Is.EqualTo(Limites.Objet));
        Assert.That(objet, Does.StartWith("ÉÉÉ").And.EndsWith("…"));
    }

    [Test]
    public async Task Empreinte_OfTwoDeliveriesOfOneMessage_IsTheSame()
    {
        var message = Courriels.Make(id: "un");
        var elsewhere = Encoding.UTF8.GetBytes(
            "Return-Path: <claire@exemple.example>\nDelivered-To: x\nReceived: from a\n\tby b; Mon, 23 Nov 2026 10:00:00 +0100\nX-Spam-Status: No\n")
            .Concat(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(message).ReplaceLineEndings("\n") + "\n\n")).ToArray();

        Assert.That(await EmpreinteOf(elsewhere), Is.EqualTo(await EmpreinteOf(message)));
        Assert.That(await EmpreinteOf(Courriels.Make(id: "un", text: "Autre texte")), Is.Not.EqualTo(await EmpreinteOf(message)));
        Assert.That(await EmpreinteOf(Courriels.Make(id: "deux")), Is.Not.EqualTo(await EmpreinteOf(message)));
    }

    [Test]
    public void TenThousandRecipients_AreReadInTime()
    {
        var to = string.Join(",\r\n ", Enumerable.Range(0, 10_000).Select(n => $"Personne {n} <p{n}@exemple.example>"));

        var lu = Timed(() => Courriels.Parse(Courriels.Make($"To: {to}")));

        Assert.That(lu.Faits!.A, Has.Count.EqualTo(10_000));
    }

    [Test]
    public void HeaderLine_OfMegabytes_IsReadInTime()
    {
        var lu = Timed(() => Courriels.Parse(Courriels.Make($"X-Long: {new string('x', 2 << 20)}\nSubject: {new string('é', 1 << 19)}\nReferences: {string.Concat(Enumerable.Repeat("<a@b.example> ", 100_000))}")));

        Assert.That(TexteRecu.Objet(lu.Faits!.Objet), Has.Length.EqualTo(Limites.Objet));
    }

    [TestCaseSource(typeof(Courriels), nameof(Courriels.Names))]
    public void Corpus_IsReadWithoutFailing(string name) => AssertHasOneFate(Courriels.Read(name), name);

    /// <summary>Bytes changed, removed, doubled, cut: whatever comes, one fate and no exception. The seeds make a failure come back.</summary>
    [Test]
    public void Mutations_OfTheCorpus_HaveOneFateEach()
    {
        var corpus = Courriels.Names.Select(n => (Name: n, Bytes: Courriels.Read(n))).ToList();
        for (var seed = 0; seed < Rounds; seed++)
        {
            var random = new Random(seed);
            var (name, bytes) = corpus[random.Next(corpus.Count)];
            AssertHasOneFate(Mutate(bytes, random, corpus[random.Next(corpus.Count)].Bytes), $"{name}, seed {seed}");
        }
    }

    private static int Rounds => int.TryParse(Environment.GetEnvironmentVariable("COURRIER_TESTS_MUTATIONS"), out var rounds) ? rounds : 4000;

    private static void AssertHasOneFate(byte[] bytes, string what)
    {
        try
        {
            Timed(() =>
            {
                var lu = Courriels.Parse(bytes);
                if (lu.Faits is not { } faits)
                {
                    return lu;
                }

                var fate = Classification.Decide(faits, Courriels.Boites, Antecedents.Aucun);
                Assert.That(fate, Is.TypeOf<Classement.Enregistrer>().Or.TypeOf<Classement.Ecarter>(), what);
                AssertCanBeKept(TexteRecu.Objet(faits.Objet));
                AssertCanBeKept(TexteRecu.Line(faits.De?.Name, Limites.Nom) ?? "x");
                AssertCanBeKept(lu.Contenu.Texte ?? "x");
                foreach (var piece in lu.Contenu.Pieces)
                {
                    using var content = piece.Open();
                    content.CopyTo(Stream.Null);
                    AssertCanBeKept(NomFichier.Of(TexteRecu.Line(piece.Nom, 1000), piece.Instead));
                }

                if (lu.Contenu.Html is { } html)
                {
                    Assert.That(HtmlRecu.Sanitize(html, "x"), Does.Not.Contain("<script").IgnoreCase, what);
                }

                return lu;
            });
        }
        catch (Exception failure) when (failure is not AssertionException)
        {
            Assert.Fail($"{what}: {failure}");
        }
    }

    /// <summary>As the form would accept it: PostgreSQL takes no null character and no half surrogate.</summary>
    private static void AssertCanBeKept(string text)
    {
        TexteSaisi.Read(text, int.MaxValue, out var refus);
        Assert.That(refus, Is.Null);
    }

    private static byte[] Mutate(byte[] bytes, Random random, byte[] other)
    {
        var mutated = bytes.ToList();
        for (var times = random.Next(1, 8); times > 0; times--)
        {
            var at = random.Next(mutated.Count + 1);
            var length = Math.Min(random.Next(1, 200), mutated.Count - at);
            switch (random.Next(7))
            {
                case 0 when at < mutated.Count:
                    mutated[at] = (byte)random.Next(256);
                    break;
                case 1:
                    mutated.RemoveRange(at, length);
                    break;
                case 2:
                    mutated.InsertRange(at, mutated.GetRange(at, length));
                    break;
                case 3:
                    mutated.RemoveRange(at, mutated.Count - at);
                    break;
                case 4:
                    mutated.Insert(at, (byte)"\0\r\n:;<>\"=?-@"[random.Next(12)]);
                    break;
                case 5 when other.Length > 0:
                    var from = random.Next(other.Length);
                    mutated.InsertRange(at, other.AsSpan(from, Math.Min(random.Next(400), other.Length - from)).ToArray());
                    break;
                default:
                    mutated.InsertRange(at, Encoding.ASCII.GetBytes("\r\n\r\n"));
                    break;
            }
        }

        return [.. mutated];
    }

    private static MessageLu Timed(Func<MessageLu> read)
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var lu = read();
        Assert.That(watch.Elapsed, Is.LessThan(s_budget));
        return lu;
    }

    private static Task<string> EmpreinteOf(byte[] bytes) => EmpreinteCanonique.ComputeAsync(new MemoryStream(bytes), CancellationToken.None);
}
