using System.Globalization;
using SuiviCourrier.Ingestion.Accuses.Modeles;
using SuiviCourrier.Presentation.Mots;
using SuiviCourrier.ServiceDefaults.Time;
using UglyToad.PdfPig.Content;
using UglyToad.PdfPig.Core;
using UglyToad.PdfPig.Writer;

namespace SuiviCourrier.Ingestion.Accuses.Impression;

/// <summary>
/// The list that lies beside the printer: one line per letter, with a box for printed and one for posted. A document of its own, so that
/// it never goes into an envelope; the page of the lot says the same on screen.
/// </summary>
public sealed class ListeACocher(ModeleRenderer renderer, SiteCourant siteCourant)
{
    private const double Mm = 72 / 25.4;
    private const double PageHeight = 297 * Mm;
    private const double Left = 15 * Mm;
    private const double Right = 195 * Mm;
    private const double Row = 9 * Mm;
    private const double Bottom = 30 * Mm;
    private const double Size = 9;
    private const double Box = 4 * Mm;

    private static readonly double[] s_columns = [Left, 36 * Mm, 55 * Mm, 64 * Mm, 99 * Mm];

    /// <returns>An A4 PDF of every letter of the lot that is or was to be posted.</returns>
    public async Task<byte[]> RenderAsync(LotLu lot, CancellationToken cancellationToken)
    {
        var site = await siteCourant.GetAsync(cancellationToken);
        var lettres = lot.Lettres.Where(l => l.EtatLettre is EtatLettre.AImprimer or EtatLettre.APoster or EtatLettre.Postee).ToArray();
        var (regular, bold) = renderer.Polices;
        using var builder = new PdfDocumentBuilder();
        builder.DocumentInformation.Title = $"Liste à cocher, lot du {site.DateEtHeure(lot.PrepareLe)}";
        var sheet = new Sheet(builder, regular, bold);
        var nombre = lettres.Length > 1 ? $"{lettres.Length} lettres" : $"{lettres.Length} lettre";
        sheet.Begin($"Lot du {site.DateEtHeure(lot.PrepareLe)} : {nombre} à cocher", $"Préparé par {lot.PreparePar}. {site.Libelle}.");
        foreach (var (rang, lettre) in lettres.Index())
        {
            sheet.Line(rang + 1, lettre);
        }

        sheet.End();
        return builder.Build();
    }

    private sealed class Sheet(PdfDocumentBuilder builder, Police regular, Police bold)
    {
        private readonly CaracteresDessines _texts = new(regular);
        private readonly CaracteresDessines _titles = new(bold);
        private readonly PdfDocumentBuilder.AddedFont _regular = regular.AddTo(builder);
        private readonly PdfDocumentBuilder.AddedFont _bold = bold.AddTo(builder);
        private readonly List<PdfPageBuilder> _pages = [];
        private double _y;

        public void Begin(string title, string subtitle)
        {
            NewPage();
            Title(title, Left, _y, 13);
            _y -= 6 * Mm;
            Text(subtitle, Left, _y);
            _y -= 8 * Mm;
            Header();
        }

        public void Line(int rang, LigneLot lettre)
        {
            if (_y - Row < Bottom)
            {
                NewPage();
                Header();
            }

            var box = _y - (Row / 2) - (Box / 2);
            Square(s_columns[0] + (3 * Mm), box);
            Square(s_columns[1] + (3 * Mm), box);
            var baseline = _y - (Row / 2) - 3;
            Text(rang.ToString(CultureInfo.InvariantCulture), s_columns[2], baseline);
            Text(lettre.NumeroChrono, s_columns[3], baseline);
            var pages = lettre.Pages > 1 ? $" ({lettre.Pages} pages)" : "";
            var lines = lettre.Destinataire.Split('\n');
            Text(Fitted(lines[0] + pages, Right - s_columns[4]), s_columns[4], baseline + 5);
            var town = lines.Length > 1 ? lines[^1] : "";
            var street = (lettre.IsAdresseEntiere ? "" : "ÉTIQUETTE À COLLER – ") + string.Join("", lines[1..].SkipLast(1).Select(l => $"{l}, "));
            Text(Fitted(street, Right - s_columns[4] - regular.Width(town, Size)) + town, s_columns[4], baseline - 6);
            _y -= Row;
            Rule(_y);
        }

        public void End()
        {
            Text("Remis à La Poste le ………………………………    par ………………………………………………", Left, 20 * Mm);
            foreach (var (rang, page) in _pages.Index())
            {
                page.AddText(_texts.Drawable($"Page {rang + 1} sur {_pages.Count}"), Size, new PdfPoint(Left, 12 * Mm), _regular);
            }
        }

        private void Header()
        {
            foreach (var (column, text) in s_columns.Zip(["Imprimée", "Postée", "N°", "Numéro", "Destinataire"]))
            {
                Title(text, column, _y, Size);
            }

            _y -= 2 * Mm;
            Rule(_y);
        }

        private void NewPage()
        {
            _pages.Add(builder.AddPage(PageSize.A4));
            _y = PageHeight - (18 * Mm);
        }

        private void Rule(double y) => _pages[^1].DrawLine(new PdfPoint(Left, y), new PdfPoint(Right, y), 0.4);

        private void Square(double x, double y) => _pages[^1].DrawRectangle(new PdfPoint(x, y), Box, Box, 0.8);

        private void Title(string text, double x, double y, double size) => _pages[^1].AddText(_titles.Drawable(text), size, new PdfPoint(x, y), _bold);

        private void Text(string text, double x, double y)
        {
            if (text.Length > 0)
            {
                _pages[^1].AddText(_texts.Drawable(text), Size, new PdfPoint(x, y), _regular);
            }
        }

        /// <summary>The list recognises a letter, it does not address it: the end may go.</summary>
        private string Fitted(string text, double width)
        {
            if (regular.Width(text, Size) <= width)
            {
                return text;
            }

            var length = text.Length;
            while (length > 1 && regular.Width(text[..length] + "…", Size) > width)
            {
                length--;
            }

            return text[..length].TrimEnd() + "…";
        }
    }
}
