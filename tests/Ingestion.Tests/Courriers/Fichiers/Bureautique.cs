using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using UglyToad.PdfPig.Content;
using UglyToad.PdfPig.Core;
using UglyToad.PdfPig.Fonts.Standard14Fonts;
using UglyToad.PdfPig.Writer;

namespace SuiviCourrier.Ingestion.Tests.Courriers.Fichiers;

/// <summary>Files as offices make them, as small as they can be.</summary>
internal static class Bureautique
{
    private const string Word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
    private const string Types = """<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>""";

    /// <summary>A run for each part of the text: a word may change its look in the middle.</summary>
    public static byte[] Docx(params string[] runs) => Zip(
        ("[Content_Types].xml", Types),
        ("word/document.xml", $"""<w:document xmlns:w="{Word}"><w:body><w:p>{string.Concat(runs.Select(r => $"<w:r><w:t>{r}</w:t></w:r>"))}</w:p></w:body></w:document>"""),
        ("word/footer1.xml", $"""<w:ftr xmlns:w="{Word}"><w:p><w:r><w:t>Pied de page</w:t></w:r></w:p></w:ftr>"""));

    /// <summary>An entity that names a file of the machine, were it read.</summary>
    public static byte[] DocxWithEntity() => Zip(
        ("[Content_Types].xml", Types),
        ("word/document.xml", $"""<!DOCTYPE x [<!ENTITY secret SYSTEM "file:///etc/hostname">]><w:document xmlns:w="{Word}"><w:body><w:p><w:r><w:t>&secret;</w:t></w:r></w:p></w:body></w:document>"""));

    /// <summary>Some kilobytes that are hundreds of megabytes.</summary>
    public static byte[] Bomb() => Zip(("[Content_Types].xml", Types), ("word/document.xml", $"""<w:document xmlns:w="{Word}"><w:t>{new string(' ', 60 << 20)}fin</w:t></w:document>"""));

    public static byte[] Xlsx() => Zip(
        ("[Content_Types].xml", Types),
        ("xl/sharedStrings.xml", """<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>Subvention</t></si><si><t>Cotisation</t></si></sst>"""),
        ("xl/worksheets/sheet1.xml", """<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row><c t="s"><v>0</v></c><c><v>48210</v></c><c t="inlineStr"><is><t>Trésorerie</t></is></c></row></sheetData></worksheet>"""));

    public static byte[] Pptx() => Zip(
        ("[Content_Types].xml", Types),
        ("ppt/slides/slide1.xml", """<p:sld xmlns:p="p" xmlns:a="a"><a:p><a:r><a:t>Réunion publique</a:t></a:r></a:p></p:sld>"""),
        ("ppt/notesSlides/notesSlide1.xml", """<p:notes xmlns:p="p" xmlns:a="a"><a:p><a:r><a:t>Inviter le sous-préfet</a:t></a:r></a:p></p:notes>"""));

    public static byte[] Odt(string text, bool isEncrypted = false) => Zip(
        ("mimetype", "application/vnd.oasis.opendocument.text"),
        ("META-INF/manifest.xml", $"""<m:manifest xmlns:m="m"><m:file-entry>{(isEncrypted ? "<m:encryption-data/>" : "")}</m:file-entry></m:manifest>"""),
        ("content.xml", isEncrypted ? "\u0001\u0002" : $"""<o:document-content xmlns:o="o" xmlns:t="t"><o:body><t:p>{text}<t:tab/>suite</t:p><t:p>Seconde <t:span>li</t:span>gne</t:p></o:body></o:document-content>"""));

    public static byte[] Zip(params (string Nom, string Contenu)[] entries)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (nom, contenu) in entries)
            {
                using var writer = new StreamWriter(zip.CreateEntry(nom).Open());
                writer.Write(contenu);
            }
        }

        return bytes.ToArray();
    }

    /// <summary>A page for each text; an empty one is what a scanner makes: nothing that can be read.</summary>
    public static byte[] Pdf(params string[] pages)
    {
        using var builder = new PdfDocumentBuilder();
        var font = builder.AddStandard14Font(Standard14Font.Helvetica);
        foreach (var text in pages)
        {
            var page = builder.AddPage(PageSize.A4);
            if (text.Length > 0)
            {
                page.AddText(text, 12, new PdfPoint(50, 700), font);
            }
        }

        return builder.Build();
    }

    public static async Task<byte[]> EncryptedAsync(byte[] pdf, string userPassword)
    {
        var folder = Directory.CreateTempSubdirectory("courrier-test-").FullName;
        try
        {
            var source = Path.Combine(folder, "clair.pdf");
            var target = Path.Combine(folder, "chiffre.pdf");
            await File.WriteAllBytesAsync(source, pdf);
            using var qpdf = Process.Start("qpdf", ["--encrypt", userPassword, "proprietaire", "256", "--", source, target]);
            await qpdf.WaitForExitAsync();
            Assert.That(qpdf.ExitCode, Is.Zero);
            return await File.ReadAllBytesAsync(target);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    public static byte[] Latin(string text) => Encoding.Latin1.GetBytes(text);
}
