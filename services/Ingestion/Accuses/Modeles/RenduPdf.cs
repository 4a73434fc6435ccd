using System.Globalization;
using UglyToad.PdfPig.Content;
using UglyToad.PdfPig.Core;
using UglyToad.PdfPig.Writer;

namespace SuiviCourrier.Ingestion.Accuses.Modeles;

/// <summary>
/// An A4 letter for a window envelope: who writes at the top left, the first address where the windows of French envelopes show it
/// however the sheet slides (docs/decisions/034), the text below the fold mark. An accessible HTML page says the same: PdfPig writes no
/// structure tree.
/// </summary>
internal sealed class RenduPdf(Police regular, Police bold)
{
    private const double Mm = 72 / 25.4;
    private const double PageHeight = 297 * Mm;
    private const double Left = 20 * Mm;
    private const double TextWidth = 170 * Mm;
    private const double Top = PageHeight - (20 * Mm);
    private const double Bottom = 22 * Mm;
    private const double WindowLeft = 110 * Mm;
    private const double WindowWidth = 80 * Mm;
    private const double WindowTop = PageHeight - (49.5 * Mm); // first baseline: capitals start 47 mm from the top of the sheet
    private const double WindowBottom = PageHeight - (75 * Mm); // last baseline
    private const double BodyUnderWindow = PageHeight - (100 * Mm);
    private const double Size = 10;
    private const double Leading = 13.5;

    /// <summary>Smaller than this, neither people nor the sorting machine read an address.</summary>
    private const double SmallestSize = 8;

    private sealed record Line(string Text, bool IsBold, double X, double SpaceBefore, bool KeepWithNext);

    public byte[] Render(string subject, IReadOnlyList<Bloc> blocs)
    {
        var texts = new CaracteresDessines(regular);
        var titles = new CaracteresDessines(bold);
        using var builder = new PdfDocumentBuilder();
        builder.DocumentInformation.Title = subject;
        var regularFont = regular.AddTo(builder);
        var boldFont = bold.AddTo(builder);

        var emetteur = blocs.Count > 0 && blocs[0].Genre is GenreBloc.Emetteur ? blocs[0] : null;
        var next = emetteur is null ? 0 : 1;
        var destinataire = blocs.Count > next && blocs[next].Genre is GenreBloc.Adresse ? blocs[next] : null;
        var body = blocs.Skip(next + (destinataire is null ? 0 : 1));

        var page = builder.AddPage(PageSize.A4);
        var y = Column(page, Wrapped(emetteur, texts, WindowLeft - Left - (5 * Mm), Size), Left, Top, regularFont, Size, Leading);
        if (destinataire is not null)
        {
            var address = Window(destinataire, texts);
            y = Math.Min(y, Column(page, address.Lines, WindowLeft, WindowTop, regularFont, address.Size, address.Leading));
            y = Math.Min(y - Leading, BodyUnderWindow);
        }
        else
        {
            y -= emetteur is null ? 0 : 2 * Leading;
        }

        var lines = body.SelectMany(bloc => Lines(bloc, texts, titles)).ToArray();
        var pages = new List<PdfPageBuilder> { page };
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i];
            y -= line.SpaceBefore;
            var needed = line.KeepWithNext ? 3 * Leading : 0; // a title is never the last line of a page
            if (y - needed < Bottom)
            {
                page = builder.AddPage(PageSize.A4);
                pages.Add(page);
                y = Top;
            }

            Write(page, line.Text, line.X, y, line.IsBold ? boldFont : regularFont);
            y -= Leading;
        }

        for (var i = 0; pages.Count > 1 && i < pages.Count; i++)
        {
            var footer = string.Create(CultureInfo.InvariantCulture, $"Page {i + 1} sur {pages.Count}");
            Write(pages[i], texts.Drawable(footer), Left, Bottom - (2 * Leading), regularFont);
        }

        return builder.Build();
    }

    /// <summary>Whether the window shows the whole of the first address: otherwise the envelope needs a label.</summary>
    public bool ShowsWholeAddress(IReadOnlyList<Bloc> blocs)
    {
        var destinataire = blocs.Take(2).FirstOrDefault(b => b.Genre is GenreBloc.Adresse);
        if (destinataire is null)
        {
            return true;
        }

        var (lines, _, leading) = Window(destinataire, new CaracteresDessines(regular));
        return WindowTop - ((lines.Count - 1) * leading) >= WindowBottom - 0.01;
    }

    /// <summary>
    /// The address as large as its window allows: smaller rather than broken, so that six lines of 38 capitals (NF Z10-011) stay six
    /// lines; a line still too wide goes on below, and more than six come closer together.
    /// </summary>
    private (IReadOnlyList<string> Lines, double Size, double Leading) Window(Bloc bloc, CaracteresDessines texts)
    {
        for (var size = Size; ; size -= 0.5)
        {
            var lines = Wrapped(bloc, texts, WindowWidth, size);
            var leading = Math.Min(Leading, lines.Length < 2 ? Leading : (WindowTop - WindowBottom) / (lines.Length - 1));
            if (size <= SmallestSize)
            {
                return (lines, size, Math.Max(leading, size * 1.15));
            }

            if (lines.Length <= bloc.Lignes.Count && leading >= size * 1.15)
            {
                return (lines, size, leading);
            }
        }
    }

    private static double Column(
        PdfPageBuilder page, IReadOnlyList<string> lines, double x, double y, PdfDocumentBuilder.AddedFont font, double size, double leading)
    {
        foreach (var line in lines)
        {
            Write(page, line, x, y, font, size);
            y -= leading;
        }

        return y;
    }

    private static void Write(PdfPageBuilder page, string text, double x, double y, PdfDocumentBuilder.AddedFont font, double size = Size)
    {
        if (text.Length > 0)
        {
            page.AddText(text, size, new PdfPoint(x, y), font);
        }
    }

    /// <summary>Lines too long for their place wrap; more than an envelope shows are kept, the text moves down.</summary>
    private string[] Wrapped(Bloc? bloc, CaracteresDessines texts, double width, double size) =>
        bloc is null ? [] : [.. bloc.Lignes.SelectMany(ligne => Wrap(texts.Drawable(Text(ligne)), regular, width, size)).Take(12)];

    private IEnumerable<Line> Lines(Bloc bloc, CaracteresDessines texts, CaracteresDessines titles)
    {
        var isTitle = bloc.Genre is GenreBloc.Titre;
        var indent = bloc.Genre is GenreBloc.Liste ? 4 * Mm : bloc.Genre is GenreBloc.Adresse ? WindowLeft - Left : 0;
        var first = true;
        foreach (var ligne in bloc.Lignes)
        {
            var start = true;
            foreach (var part in Text(ligne).Split('\n'))
            {
                var drawable = (isTitle ? titles : texts).Drawable(part);
                foreach (var text in Wrap(drawable, isTitle ? bold : regular, TextWidth - indent, Size))
                {
                    var bullet = start && bloc.Genre is GenreBloc.Liste;
                    yield return new Line(
                        bullet ? texts.Drawable("–\u00A0") + text : text,
                        isTitle,
                        Left + indent - (bullet ? regular.Width("–\u00A0", Size) : 0),
                        first ? (isTitle ? 10 : 7) : 0,
                        isTitle);
                    first = false;
                    start = false;
                }
            }
        }
    }

    private static string Text(IEnumerable<Segment> ligne) => string.Concat(ligne.Select(segment => segment.Lisible));

    /// <summary>Breaks at ordinary spaces only; a word wider than the line breaks anywhere.</summary>
    private static List<string> Wrap(string text, Police police, double width, double size)
    {
        var lines = new List<string>();
        var line = "";
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var longer = line.Length == 0 ? word : $"{line} {word}";
            if (police.Width(longer, size) <= width)
            {
                line = longer;
                continue;
            }

            if (line.Length > 0)
            {
                lines.Add(line);
            }

            line = word;
            while (police.Width(line, size) > width)
            {
                var fits = line.Length - 1;
                while (fits > 1 && police.Width(line[..fits], size) > width)
                {
                    fits--;
                }

                lines.Add(line[..fits]);
                line = line[fits..];
            }
        }

        if (line.Length > 0)
        {
            lines.Add(line);
        }

        return lines;
    }
}
