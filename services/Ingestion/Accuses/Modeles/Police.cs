using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using UglyToad.PdfPig.Fonts.TrueType;
using UglyToad.PdfPig.Fonts.TrueType.Parser;
using UglyToad.PdfPig.Writer;

namespace SuiviCourrier.Ingestion.Accuses.Modeles;

/// <summary>A TrueType font read once: which characters it draws, and how wide they are.</summary>
internal sealed class Police
{
    private readonly byte[] bytes;
    private readonly TrueTypeFont font;
    private readonly double unitsPerEm;
    private readonly ConcurrentDictionary<char, (bool IsDrawn, double Advance)> glyphs = new(); // the lookup in the font walks its segments

    public Police(string path)
    {
        bytes = File.ReadAllBytes(path);
        font = TrueTypeFontParser.Parse(new TrueTypeDataBytes(bytes));
        unitsPerEm = font.GetUnitsPerEm();
    }

    public PdfDocumentBuilder.AddedFont AddTo(PdfDocumentBuilder builder) => builder.AddTrueTypeFont(bytes);

    public bool Draws(char character) => Glyph(character).IsDrawn;

    public double Width(string text, double size)
    {
        var advance = 0.0;
        foreach (var character in text)
        {
            advance += Glyph(character).Advance;
        }

        return advance * size / unitsPerEm;
    }

    private (bool IsDrawn, double Advance) Glyph(char character) => glyphs.GetOrAdd(character, c =>
        font.TableRegister.CMapTable.TryGetGlyphIndex(c, out var index) && index != 0
            ? (true, font.TableRegister.HorizontalMetricsTable.GetAdvanceWidth(index))
            : (false, 0));
}

/// <summary>
/// The characters of one document set in one font. PdfPig gives each character one byte and throws past 255 of them, or on one the font
/// lacks; it shapes no right-to-left script either. Whatever cannot be drawn rightly becomes a visible square, one per character as
/// people count them, so that a reader sees that something is missing.
/// </summary>
internal sealed class CaracteresDessines(Police police)
{
    private const int Limit = 220;
    private const string Square = "\u25A1";
    private readonly HashSet<char> used = [Square[0], '\u00A0', ' '];

    public string Drawable(string text)
    {
        var result = new StringBuilder(text.Length);
        var elements = StringInfo.GetTextElementEnumerator(text.Normalize(NormalizationForm.FormC));
        while (elements.MoveNext())
        {
            var element = elements.GetTextElement();
            result.Append(element.All(CanDraw) ? element : element is "\u200B" or "\uFEFF" or "\u00AD" or "\u200D" or "\u200E" or "\u200F" ? "" : Square);
        }

        return result.ToString();
    }

    private bool CanDraw(char c)
    {
        if (char.IsSurrogate(c) || IsRightToLeft(c) || !police.Draws(c) || char.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.NonSpacingMark)
        {
            return false;
        }

        return used.Contains(c) || (used.Count < Limit && used.Add(c));
    }

    /// <summary>Hebrew, Arabic and their neighbours, presentation forms included.</summary>
    private static bool IsRightToLeft(char c) => c is (>= '\u0590' and <= '\u08FF') or (>= '\uFB1D' and <= '\uFDFF') or (>= '\uFE70' and <= '\uFEFC');
}
