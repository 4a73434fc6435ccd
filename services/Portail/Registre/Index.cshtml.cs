using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Portail.Data;
using SuiviCourrier.Portail.Dossiers;
using SuiviCourrier.Portail.Listes;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.ServiceDefaults.Time;

namespace SuiviCourrier.Portail.Registre;

/// <summary>Everything registered on one day, in the order of the numbers; or what a few words find.</summary>
public sealed class IndexModel(PortailDbContext db, DossierOpener opener, Recherche recherche, SiteCourant siteCourant) : PageModel
{
    private const int Taille = 100;

    [BindProperty(SupportsGet = true)]
    public DateOnly? Jour { get; set; }

    /// <summary>Words of the search box: posted, because what people look for may be a name, and a URL is kept in many places.</summary>
    [BindProperty]
    public string? Q { get; set; }

    /// <summary>Cursor: the last number shown.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Apres { get; set; }

    public bool IsRecherche => !string.IsNullOrWhiteSpace(Q);

    public DateOnly Today { get; private set; }

    public Site Site { get; private set; } = null!;

    public IReadOnlyList<LigneCourrier> Lignes { get; private set; } = [];

    /// <summary>Where the words were found, when that is not the subject or the sender that the line shows.</summary>
    public IReadOnlyDictionary<Guid, Endroit> Endroits { get; private set; } = new Dictionary<Guid, Endroit>();

    public string? Suite { get; private set; }

    public string Phrase { get; private set; } = "";

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        Site = await siteCourant.GetAsync(cancellationToken);
        Today = await siteCourant.TodayAsync(cancellationToken);
        var visible = db.Dossiers.AsNoTracking().Visible(User.AsAgent());
        if (Jour is null || Jour > Today || Jour.Value.Year < 1900)
        {
            Jour = Today;
        }

        // What was registered a moment ago is shown, whether its fact has arrived or not.
        await opener.CatchUpAsync(Site, Jour.Value, cancellationToken);
        var (from, to) = Site.BoundsOf(Jour.Value);
        var ofDay = visible.Where(d => d.EnregistreLe >= from && d.EnregistreLe < to);
        var count = await ofDay.CountAsync(cancellationToken);
        var after = Apres is { Length: < 50 } && !Apres.Contains('\0', StringComparison.Ordinal)
            ? ofDay.Where(d => d.NumeroChrono.CompareTo(Apres) > 0)
            : ofDay;
        var lignes = await after.OrderBy(d => d.NumeroChrono).Take(Taille + 1).ToLignes(db).ToListAsync(cancellationToken);
        Lignes = [.. lignes.Take(Taille)];
        Suite = lignes.Count > Taille
            ? $"/registre?jour={Jour.Value.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}&apres={Uri.EscapeDataString(Lignes[^1].NumeroChrono)}"
            : null;
        Phrase = count switch
        {
            0 => "",
            1 => "1 courrier enregistré.",
            _ => $"{count} courriers enregistrés.",
        };
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        if (!IsRecherche)
        {
            return Redirect("/registre");
        }

        Site = await siteCourant.GetAsync(cancellationToken);
        Today = await siteCourant.TodayAsync(cancellationToken);
        var visible = db.Dossiers.AsNoTracking().Visible(User.AsAgent());
        var words = Q!.Replace("\0", "", StringComparison.Ordinal).Trim();
        var chrono = words.ToUpperInvariant();
        var exact = await visible.Where(d => d.NumeroChrono == chrono).Select(d => (Guid?)d.CourrierId).FirstOrDefaultAsync(cancellationToken);
        if (exact is { } id)
        {
            return Redirect($"/courriers/{id}");
        }

        var lignes = await recherche.FindAsync(User.AsAgent(), words, cancellationToken);
        Lignes = [.. lignes.Take(Recherche.Taille)];
        Endroits = await recherche.WhereAsync(words, Lignes.Select(l => l.CourrierId), cancellationToken);
        Phrase = lignes.Count > Recherche.Taille
            ? $"Les {Recherche.Taille} plus récents ; précisez la recherche pour en voir moins."
            : $"{lignes.Count} {(lignes.Count > 1 ? "courriers trouvés" : "courrier trouvé")}.";
        return Page();
    }
}
