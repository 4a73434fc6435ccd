using System.IO.Compression;
using System.Text;
using System.Xml;

namespace SuiviCourrier.Ingestion.Courriers.Fichiers.Textes;

/// <summary>
/// The words of an office file: a zip of XML, by ECMA-376 (Word, Excel, PowerPoint) or ISO/IEC 26300 (OpenDocument). What is unpacked is counted as it
/// comes, whatever the file announces; no document type is read, so that no entity is.
/// </summary>
internal static class TexteBureautique
{
    private const int MaxEntries = 10_000;

    private static readonly XmlReaderSettings s_xml = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        MaxCharactersInDocument = FluxDecompresse.MaxUnpacked,
    };

    /// <param name="packed">Bytes of the whole file.</param>
    /// <returns>Null when it is another kind of zip.</returns>
    /// <exception cref="TropGrosException">More is packed in it than is read.</exception>
    public static TexteLu? Read(ZipArchive zip, long packed, int caracteres, CancellationToken cancellationToken)
    {
        if (zip.Entries.Count > MaxEntries)
        {
            throw new TropGrosException();
        }

        var content = zip.GetEntry("[Content_Types].xml") is null ? zip.GetEntry("content.xml") : null; // the latter is OpenDocument's
        if (content is not null && zip.GetEntry("META-INF/manifest.xml") is { } manifest && IsEncrypted(manifest, packed))
        {
            return new TexteLu(LecturePiece.Protegee);
        }

        var parts = content is not null
            ? [content]
            : zip.Entries.Where(e => IsPart(e.FullName)).OrderBy(e => RankOf(e.FullName)).ThenBy(e => e.FullName.Length).ThenBy(e => e.FullName, StringComparer.Ordinal).ToArray();
        if (parts is [])
        {
            return null;
        }

        var text = new StringBuilder();
        var unpacked = 0L;
        foreach (var part in parts)
        {
            using var entry = new FluxDecompresse(part.Open(), packed, unpacked);
            using var xml = XmlReader.Create(entry, s_xml);
            Append(xml, text, caracteres, cancellationToken);
            unpacked = entry.Count;
            if (text.Length > caracteres)
            {
                break;
            }
        }

        return new TexteLu(LecturePiece.Lue, text.ToString());
    }

    /// <summary>Parts in which people write: documents, headers and notes; shared words and cells of sheets; slides and their notes.</summary>
    private static bool IsPart(string name) =>
        name.EndsWith(".xml", StringComparison.Ordinal)
        && (name is "word/document.xml" or "word/footnotes.xml" or "word/endnotes.xml" or "word/comments.xml" or "xl/sharedStrings.xml"
            || name.StartsWith("word/header", StringComparison.Ordinal)
            || name.StartsWith("word/footer", StringComparison.Ordinal)
            || name.StartsWith("xl/worksheets/sheet", StringComparison.Ordinal)
            || name.StartsWith("ppt/slides/slide", StringComparison.Ordinal)
            || name.StartsWith("ppt/notesSlides/notesSlide", StringComparison.Ordinal));

    private static int RankOf(string name) => name is "word/document.xml" or "xl/sharedStrings.xml" || name.StartsWith("ppt/slides/", StringComparison.Ordinal) ? 0 : 1;

    private static bool IsEncrypted(ZipArchiveEntry manifest, long packed)
    {
        using var entry = new FluxDecompresse(manifest.Open(), packed, 0);
        using var xml = XmlReader.Create(entry, s_xml);
        while (xml.Read())
        {
            if (xml is { NodeType: XmlNodeType.Element, LocalName: "encryption-data" })
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// OOXML keeps its words in elements <c>t</c>, numbers of a sheet in <c>v</c>; OpenDocument directly in its paragraphs. A paragraph, a cell or a tabulation parts words; the
    /// runs of a word that changes its look do not.
    /// </summary>
    private static void Append(XmlReader xml, StringBuilder text, int caracteres, CancellationToken cancellationToken)
    {
        var isOpenDocument = false;
        var isText = false;
        var isReference = false;
        while (text.Length <= caracteres && xml.Read())
        {
            switch (xml.NodeType)
            {
                case XmlNodeType.Element:
                    cancellationToken.ThrowIfCancellationRequested();
                    isOpenDocument |= xml is { Depth: 0, LocalName: "document-content" };
                    if (xml.LocalName == "c")
                    {
                        isReference = xml.GetAttribute("t") == "s"; // the rank of a shared text, which is read where it stands
                    }

                    isText = xml.LocalName == "t" || (xml.LocalName == "v" && !isReference);
                    if (xml.LocalName is "tab" or "br" or "line-break" or "s" or "p" or "h" or "si" or "c" or "table-cell" or "row")
                    {
                        text.Append(xml.LocalName is "p" or "h" or "si" or "row" ? '\n' : ' ');
                    }

                    break;
                case XmlNodeType.EndElement:
                    isText = false;
                    if (xml.LocalName is "p" or "h" or "si" or "row" or "c")
                    {
                        text.Append(xml.LocalName == "c" ? ' ' : '\n');
                    }

                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace when isText || isOpenDocument:
                    text.Append(xml.Value);
                    break;
            }
        }
    }
}
