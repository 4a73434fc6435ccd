using System.Text;
using SuiviCourrier.Ingestion.Courriers;
using SuiviCourrier.Ingestion.Courriers.Fichiers.Textes;
using SuiviCourrier.Ingestion.Tests.BoitesFonctionnelles;
using SuiviCourrier.ServiceDefaults.Fichiers;

namespace SuiviCourrier.Ingestion.Tests.Courriers.Fichiers;

/// <summary>What is read in a file, without any database.</summary>
public sealed class TexteDePieceTests
{
    private static IEnumerable<TestCaseData> Lus()
    {
        yield return new TestCaseData(Bureautique.Pdf("Travaux sur la digue", "", "Seconde page"), "lettre.pdf", "Travaux sur la digue \n\nSeconde page") { TestName = "PDF: every page" };
        yield return new TestCaseData(Bureautique.Docx("Recours gra", "cieux"), "lettre.docx", "Recours gracieux\n\n\n Pied de page") { TestName = "Word: a word of two runs is one, the footer is read" };
        yield return new TestCaseData(Bureautique.Xlsx(), "budget.xlsx", "Subvention\n\nCotisation\n\n  48210   Trésorerie") { TestName = "Excel: shared words once, numbers, words of cells" };
        yield return new TestCaseData(Bureautique.Pptx(), "projet.pptx", "Réunion publique\n\nInviter le sous-préfet") { TestName = "PowerPoint: slides and their notes" };
        yield return new TestCaseData(Bureautique.Odt("Délibération"), "acte.odt", "Délibération suite\n\nSeconde ligne") { TestName = "OpenDocument" };
        yield return new TestCaseData(Encoding.UTF8.GetBytes("<html><script>var x</script><p>Trop&nbsp;perçu</p>"), "page.html", "Trop\u00a0perçu") { TestName = "HTML: without its scripts" };
        yield return new TestCaseData(Bureautique.Latin("Nom;Ville\r\nAmélie;Amboise"), "liste.csv", "Nom;Ville\nAmélie;Amboise") { TestName = "CSV in the characters of old" };
        yield return new TestCaseData("\u00ef\u00bb\u00bfÉtat"u8.ToArray(), "liste.txt", null) { TestName = "Text" };
        yield return new TestCaseData("From: a@exemple.example\r\nSubject: Dossier joint\r\n\r\nVoici le dossier"u8.ToArray(), "transmis.eml", "Dossier joint\nVoici le dossier") { TestName = "A message attached to a message: subject and text" };
        yield return new TestCaseData(FichiersAnciens.Saved("lettre.doc"), "lettre.doc", Lettre + "Facture 48210 Voir le plan joint.") { TestName = "Word 97: paragraphs, cells, and of a link what is read" };
        yield return new TestCaseData(FichiersAnciens.Word("Le recours ", "gracieux de Łucja\r\u0013HYPERLINK plan\u0014ici\u0015"), "lettre.doc", "Le recours gracieux de Łucja ici") { TestName = "Word 97: pieces of one and two bytes" };
        yield return new TestCaseData(FichiersAnciens.Word95("Arrêté\ade péril\r"), "lettre.doc", "Arrêté de péril") { TestName = "Word 95" };
        yield return new TestCaseData(FichiersAnciens.Saved("budget.xls"), "budget.xls", "budget Nom Montant Subvention du théâtre 48210 Trésorerie 12,5") { TestName = "Excel 97: name of the sheet and cells" };
        yield return new TestCaseData(FichiersAnciens.PowerPoint("Réunion publique", "Éolienne\rsuite"), "projet.ppt", "Réunion publique Éolienne suite") { TestName = "PowerPoint 97" };
        yield return new TestCaseData(FichiersAnciens.Outlook("Été", "Le dossier", "devis.pdf"), "message.msg", "Été Le dossier devis.pdf") { TestName = "A message saved by Outlook" };
        yield return new TestCaseData(FichiersAnciens.Saved("lettre.rtf"), "lettre.rtf", Lettre + "Facture 48210 Voir le plan joint.") { TestName = "Rich text" };
        yield return new TestCaseData(
            Bureautique.Latin(@"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}{\*\generator x}{\pict\bin3 }}}}Pr\'e9fet \u8217?ici\~\{1\}\tab{\*\shpinst{\sp{\sn n}{\sv v}}{\shptxt Cadre}}\par\uc2\u233\'c3\'a9t\u233\'c3\'a9}"), "a.rtf", "Préfet ’ici {1} Cadre été")
        { TestName = "Rich text: characters in every way, pictures and properties left out, frames read" };
        yield return new TestCaseData(
            Bureautique.Zip(("pieces/devis.txt", "Toiture"), ("photo.png", "\u0089PNG"), ("autre.zip", "PK\u0003\u0004")), "dossier.zip", "devis.txt Toiture photo.png autre.zip")
        { TestName = "A zip of files: their names, and the words of those that hold some" };
    }

    private const string Lettre =
        "Monsieur le Préfet, Je conteste l’arrêté de péril du 3 novembre : la toiture a été réparée. Coût : 1 250 €, l’œuvre d’un couvreur. ";

    [TestCaseSource(nameof(Lus))]
    public void File_ThatHoldsWords_IsReadAsTheyAreWritten(byte[] content, string nom, string? attendu)
    {
        var lu = Read(content, nom);

        Assert.That(lu.Etat, Is.EqualTo(LecturePiece.Lue));
        if (attendu is not null)
        {
            Assert.That(Spaced(lu.Texte!), Is.EqualTo(Spaced(attendu)));
        }
    }

    private static IEnumerable<TestCaseData> NonLus()
    {
        yield return new TestCaseData(Bureautique.Pdf("", ""), "scan.pdf", LecturePiece.SansTexte) { TestName = "A scan: pages without a word" };
        yield return new TestCaseData(Bureautique.Pdf("Travaux")[..200], "coupe.pdf", LecturePiece.Illisible) { TestName = "PDF cut" };
        yield return new TestCaseData("%PDF-1.7 rien"u8.ToArray(), "faux.pdf", LecturePiece.Illisible) { TestName = "PDF by its first bytes only" };
        yield return new TestCaseData(Bureautique.Docx("Recours")[..150], "coupe.docx", LecturePiece.Illisible) { TestName = "Word cut" };
        yield return new TestCaseData(Bureautique.DocxWithEntity(), "piege.docx", LecturePiece.Illisible) { TestName = "Word with an external entity" };
        yield return new TestCaseData(Bureautique.Bomb(), "bombe.docx", LecturePiece.TropGrosse) { TestName = "Word that unpacks a thousand times its size" };
        yield return new TestCaseData(Bureautique.Odt("", isEncrypted: true), "secret.odt", LecturePiece.Protegee) { TestName = "OpenDocument with a password" };
        yield return new TestCaseData(FichiersAnciens.Compose(("EncryptedPackage", new byte[600])), "secret.docx", LecturePiece.Protegee) { TestName = "Word with a password" };
        yield return new TestCaseData(FichiersAnciens.Word("secret", "", 0x0100), "secret.doc", LecturePiece.Protegee) { TestName = "Word 97 with a password" };
        yield return new TestCaseData(FichiersAnciens.Saved("lettre.doc")[..2000], "coupe.doc", LecturePiece.Illisible) { TestName = "Word 97 cut" };
        yield return new TestCaseData(FichiersAnciens.Compose(("Contents", new byte[10])), "vignettes.db", LecturePiece.SansObjet) { TestName = "A compound file of something else" };
        yield return new TestCaseData(Bureautique.Latin(@"{\rtf1" + new string('{', 20_000)), "profond.rtf", LecturePiece.Illisible) { TestName = "Rich text nested beyond what anybody writes" };
        yield return new TestCaseData(FichiersAnciens.Protected(Bureautique.Zip(("devis.txt", "Toiture"))), "secret.zip", LecturePiece.Protegee) { TestName = "A zip with a password" };
        yield return new TestCaseData(
            Bureautique.Zip([.. Enumerable.Range(1, 20).Select(n => ($"{n}.txt", new string(' ', 10 << 20)))]), "bombe.zip", LecturePiece.TropGrosse)
        { TestName = "A zip that unpacks a thousand times its size" };
        yield return new TestCaseData("a\0b"u8.ToArray(), "faux.txt", LecturePiece.SansObjet) { TestName = "Text by its name only" };
    }

    [TestCaseSource(nameof(NonLus))]
    public void File_ThatGivesNoWords_SaysWhy(byte[] content, string nom, LecturePiece attendu) =>
        Assert.That(Read(content, nom), Is.EqualTo(new TexteLu(attendu)));

    /// <summary>Whatever the bytes: an answer, in a time that the size bounds.</summary>
    [TestCase("lettre.doc")]
    [TestCase("lettre.rtf")]
    [TestCase("budget.xls")]
    public void File_OfOldChangedAnywhere_IsReadOrSaidToBeUnreadable(string nom)
    {
        const int changes = 300;
        var random = new Random(20261128);
        var whole = FichiersAnciens.Saved(nom);
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var states = new HashSet<LecturePiece>();
        for (var i = 0; i < changes; i++)
        {
            var changed = (byte[])whole.Clone();
            for (var n = random.Next(1, 40); n > 0; n--)
            {
                // Most of what leads astray stands in the first kilobytes and in numbers that are all ones.
                changed[random.Next(8, random.Next(2) == 0 ? Math.Min(3_000, changed.Length) : changed.Length)] = (byte)(random.Next(3) == 0 ? 0xFF : random.Next(256));
            }

            states.Add(Read(changed, nom).Etat);
        }

        Assert.That(states, Does.Contain(LecturePiece.Lue));
        Assert.That(watch.Elapsed, Is.LessThan(TimeSpan.FromMinutes(1)));
    }

    [Test]
    public void CompoundFile_WhoseChainBitesItsTail_IsReadNoFurtherThanItIsLong()
    {
        var file = FichiersAnciens.Word("Le recours ", "gracieux");
        var first = BitConverter.ToInt32(file, 1024 + 128 + 116);
        BitConverter.GetBytes(first).CopyTo(file, 512 + (first * 4)); // the first sector of the document follows itself

        Assert.That(Read(file, "lettre.doc").Etat, Is.EqualTo(LecturePiece.Lue));
    }

    [Test]
    public async Task Pdf_WithAPassword_IsProtected_AndOneThatOnlyForbidsPrintingIsRead()
    {
        var pdf = Bureautique.Pdf("Travaux sur la digue");

        Assert.That(Read(await Bureautique.EncryptedAsync(pdf, "secret"), "lettre.pdf").Etat, Is.EqualTo(LecturePiece.Protegee));
        Assert.That(Read(await Bureautique.EncryptedAsync(pdf, ""), "lettre.pdf").Texte, Does.Contain("Travaux sur la digue"));
    }

    [Test]
    public void File_OfMoreCharactersThanKept_IsReadFromItsBeginning()
    {
        var lu = Read(Bureautique.Docx([.. Enumerable.Range(1, 20_000).Select(n => $"mot{n} ")]), "long.docx", caracteres: 1_000);

        Assert.That(lu.Texte, Does.StartWith("mot1 mot2").And.Length.EqualTo(1_000));
    }

    [TestCase("photo.png", "\u0089PNG\r\n\u001a\n", false)]
    [TestCase("programme.exe", "MZ", false)]
    [TestCase("lettre.pdf", "%PDF-1.7", true)]
    [TestCase("lettre.txt", "bonjour", true)]
    [TestCase("inconnu.bin", "bonjour", false)]
    public void File_OfAKindWithoutWords_IsNotOpened(string nom, string content, bool attendu) =>
        Assert.That(TexteDePiece.MayHoldWords(TypeMime.Of(Bureautique.Latin(content)), Path.GetExtension(nom)), Is.EqualTo(attendu));

    [TestCase("scan-copieur", "Délibération du conseil municipal")]
    [TestCase("scan-corps-seul", "Lettre numérisée")]
    [TestCase("scan-docx", "Demande de subvention pour le festival des tilleuls", "Budget prévisionnel du festival")]
    [TestCase("scan-type-faux", "Passeport")]
    [TestCase("lre-remise", "Mise en demeure", "Preuve de dépôt")]
    [TestCase("nom-2231-latin1", "Attestation")]
    [TestCase("transfert-avec-pieces", "Justificatifs\nMadame, Monsieur, mon dossier est perdu. Yvette Simon\njustificatif.pdf")]
    public void Corpus_WordsOfItsAttachments_AreRead(string message, params string[] attendus) => Assert.That(WordsOf(message), Is.SupersetOf(attendus));

    [Test]
    public void Corpus_OldFormats_AreReadInTheMailAndInItsArchive() => Assert.That(WordsOf("scan-anciens-formats").Select(t => Spaced(t!)), Is.EqualTo(new[]
    {
        $"{Lettre}Facture 48210 Voir le plan joint.",
        "budget Nom Montant Subvention du théâtre 48210 Trésorerie 12,5",
        $"lettre.rtf {Lettre}Facture 48210 Voir le plan joint. releve.txt Relevé de charges du bailleur",
    }.Select(Spaced)));

    private static List<string?> WordsOf(string message) =>
    [
        .. Courriels.Parse(Courriels.Read(message)).Contenu.Pieces.Select(p =>
        {
            using var content = p.Open();
            using var bytes = new MemoryStream();
            content.CopyTo(bytes);
            return Read(bytes.ToArray(), p.Nom ?? p.Instead).Texte;
        }),
    ];

    [Test]
    public async Task File_ReadByAProcessOfItsOwn_IsReadAsHere_AndOneThatNeedsMoreTimeIsNot()
    {
        var path = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(path, Bureautique.Docx("Recours gracieux"));
            using var file = File.OpenHandle(path);

            var apart = await TexteApart.ReadAsync(file, TypeMime.Zip, ".docx", 1_000, TimeSpan.FromMinutes(1), 256L << 20, CancellationToken.None);
            var late = await TexteApart.ReadAsync(file, TypeMime.Zip, ".docx", 1_000, TimeSpan.FromMilliseconds(1), 256L << 20, CancellationToken.None);

            Assert.That(apart, Is.EqualTo(Read(Bureautique.Docx("Recours gracieux"), "lettre.docx", 1_000)));
            Assert.That(late, Is.Null);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static TexteLu Read(byte[] content, string nom, int caracteres = 200_000) =>
        TexteDePiece.Read(new MemoryStream(content), TypeMime.Of(content.AsSpan(0, Math.Min(content.Length, TypeMime.Sniffed))), Path.GetExtension(nom), caracteres, CancellationToken.None);

    private static string Spaced(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
