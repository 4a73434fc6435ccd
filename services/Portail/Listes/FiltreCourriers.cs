using System.Globalization;
using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Contracts.Accuses;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Delais;
using SuiviCourrier.Portail.Data;
using SuiviCourrier.Portail.Dossiers;
using SuiviCourrier.Presentation.Mots;

namespace SuiviCourrier.Portail.Listes;

/// <summary>What is due, or waits, seen from today.</summary>
public enum QuandCourrier
{
    EnRetard,
    Aujourdhui,
    CetteSemaine,
    SousDeuxJours,
    SansService,
    SansAgent,
    NonOuverts,
    SansAccuse,
}

/// <summary>What a list is narrowed to: stands in the URL, so that a list can be kept and sent to somebody.</summary>
public sealed class FiltreCourriers
{
    public string? Service { get; set; }
    public Canal? Canal { get; set; }
    public CategorieExpediteur? Categorie { get; set; }
    public NatureCourrier? Nature { get; set; }
    public QuandCourrier? Quand { get; set; }

    /// <summary><c>moi</c>: only what I am in charge of.</summary>
    public string? Agent { get; set; }

    /// <summary>Cursor: sort key and identifier of the last line shown.</summary>
    public string? Apres { get; set; }

    public bool IsEmpty => Service is null && Canal is null && Categorie is null && Nature is null && Quand is null && Agent is null;

    /// <summary>The filters as a sentence: « Services de la DCL · Lettres ».</summary>
    public string EnMots => string.Join(" · ", Mots());

    public IQueryable<Dossier> Apply(
        IQueryable<Dossier> dossiers, IReadOnlyCollection<string>? services, Guid moi, DateOnly today, Calendrier calendrier, DateTimeOffset now)
    {
        if (Service is not null)
        {
            var codes = (services ?? []).ToArray();
            dossiers = dossiers.Where(d => codes.Contains(d.ServiceInstructeurCode));
        }

        if (Canal is { } canal)
        {
            dossiers = dossiers.Where(d => d.Canal == canal);
        }

        if (Categorie is { } categorie)
        {
            dossiers = dossiers.Where(d => d.ExpediteurCategorie == categorie);
        }

        if (Nature is { } nature)
        {
            dossiers = dossiers.Where(d => d.Nature == nature);
        }

        if (Agent == "moi")
        {
            dossiers = dossiers.Where(d => d.AgentId == moi);
        }

        if (Quand is not { } quand)
        {
            return dossiers;
        }

        var sousDeuxJours = calendrier.AddJoursOuvres(today, 2);
        var dimanche = today.AddDays(today.DayOfWeek == DayOfWeek.Sunday ? 0 : 7 - (int)today.DayOfWeek);
        var ilYADeuxJours = now.AddDays(-2);
        return quand switch
        {
            QuandCourrier.EnRetard => dossiers.Where(d => PortailDbContext.IsEnRetard(d.Etat, d.DueOn, d.ReponduLe, today)),
            QuandCourrier.Aujourdhui => dossiers.Where(d => d.DueOn == today),
            QuandCourrier.CetteSemaine => dossiers.Where(d => d.DueOn > today && d.DueOn <= dimanche),
            QuandCourrier.SousDeuxJours => dossiers.Where(d => d.DueOn >= today && d.DueOn <= sousDeuxJours),
            QuandCourrier.SansService => dossiers.Where(d => d.ServiceInstructeurCode == null),
            QuandCourrier.SansAgent => dossiers.Where(d => d.ServiceInstructeurCode != null && d.AgentId == null),
            QuandCourrier.NonOuverts => dossiers.Where(d => d.AgentId == null && d.StreamVersion <= 1 && d.EnregistreLe < ilYADeuxJours),
            QuandCourrier.SansAccuse => dossiers.Where(d =>
                (d.AccuseEtat == null || d.AccuseEtat == EtatAccuse.AEnvoyer || d.AccuseEtat == EtatAccuse.AImprimer) && d.EnregistreLe < ilYADeuxJours),
        };
    }

    /// <summary>The lines after the cursor, by due date.</summary>
    public IQueryable<Dossier> Page(IQueryable<Dossier> dossiers, int size)
    {
        if (Apres?.Split('_') is [var day, var id]
            && DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var triLe)
            && Guid.TryParse(id, out var courrierId))
        {
            dossiers = dossiers.Where(d => EF.Functions.GreaterThan(
                ValueTuple.Create(d.TriLe, d.CourrierId), ValueTuple.Create(triLe, courrierId)));
        }

        return dossiers.OrderBy(d => d.TriLe).ThenBy(d => d.CourrierId).Take(size);
    }

    /// <summary>The same list, on its own page, with some filters changed.</summary>
    public string Url(string path, string? apres = null, string? handler = null, string? service = null)
    {
        var query = new List<KeyValuePair<string, string?>>
        {
            new("handler", handler),
            new("Service", service ?? Service),
            new("Canal", Canal?.ToString()),
            new("Categorie", Categorie?.ToString()),
            new("Nature", Nature?.ToString()),
            new("Quand", Quand?.ToString()),
            new("Agent", Agent),
            new("Apres", apres),
        };
        return Microsoft.AspNetCore.WebUtilities.QueryHelpers.AddQueryString(path, query.Where(q => !string.IsNullOrEmpty(q.Value)));
    }

    public static string CursorOf(LigneCourrier ligne) => CursorOf(ligne.TriLe, ligne.CourrierId);

    public static string CursorOf(DateOnly triLe, Guid courrierId) => $"{triLe.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}_{courrierId}";

    private IEnumerable<string> Mots()
    {
        if (Service is not null)
        {
            yield return $"Services de {Service}";
        }

        if (Canal is { } canal)
        {
            yield return canal.Libelle();
        }

        if (Categorie is { } categorie)
        {
            yield return categorie.Libelle();
        }

        if (Nature is { } nature)
        {
            yield return nature.Libelle();
        }

        if (Agent == "moi")
        {
            yield return "Mes courriers";
        }

        if (Quand is { } quand)
        {
            yield return quand.Libelle();
        }
    }
}

internal static class LibellesQuand
{
    public static string Libelle(this QuandCourrier quand) => quand switch
    {
        QuandCourrier.EnRetard => "En retard",
        QuandCourrier.Aujourdhui => "À répondre aujourd’hui",
        QuandCourrier.CetteSemaine => "D’ici la fin de la semaine",
        QuandCourrier.SousDeuxJours => "À échéance sous 2 jours ouvrés",
        QuandCourrier.SansService => "À affecter à un service",
        QuandCourrier.SansAgent => "À confier à un agent",
        QuandCourrier.NonOuverts => "Non ouverts depuis 2 jours",
        QuandCourrier.SansAccuse => "Sans accusé depuis 2 jours",
    };
}
