using Microsoft.AspNetCore.Http;
using SuiviCourrier.Presentation.Mots;
using SuiviCourrier.Presentation.Rights;
using Action = SuiviCourrier.Presentation.Rights.Action;

namespace SuiviCourrier.Presentation.Themes;

/// <summary>The one-level menu of a signed-in person: only what the role may open.</summary>
public static class Menu
{
    public const string UrlReglages = "/reglages";
    public const string LibelleReglages = "Réglages";

    public static IReadOnlyList<Lien> Of(Agent agent)
    {
        List<Lien> menu = [new("Accueil", "/"), new("Corbeille", "/corbeille"), new("Registre du jour", "/registre")];
        if (agent.May(Action.SeeLate))
        {
            menu.Add(new("En retard", "/en-retard"));
        }

        if (agent.May(Action.Register))
        {
            menu.Add(new("Mis de côté", "/mis-de-cote"));
            menu.Add(new("Accusés", "/accuses"));
        }

        if (agent.May(Action.ManageMailboxes))
        {
            menu.Add(new("Boîtes", "/boites"));
            menu.Add(new("Courriels sortants", "/courriels-sortants"));
        }

        if (agent.May(Action.ManageDirectory))
        {
            menu.Add(new("Annuaire", "/annuaire"));
        }

        var reglages = Reglages(agent);
        switch (reglages)
        {
            case []:
                break;
            case [var only]:
                menu.Add(only.Lien);
                break;
            default:
                menu.Add(new(LibelleReglages, UrlReglages));
                break;
        }

        return menu;
    }

    /// <summary>What is set once in a while: one entry of the menu, a page that lists them.</summary>
    public static IReadOnlyList<Reglage> Reglages(Agent agent)
    {
        List<Reglage> reglages = [];
        if (agent.May(Action.ReadTemplates))
        {
            reglages.Add(new(new("Modèles", "/modeles"), "Les textes des accusés, des récépissés et des réponses, leurs versions et leur approbation."));
        }

        if (agent.May(Action.ManageCalendars))
        {
            reglages.Add(new(new("Calendriers", "/calendriers"), "Les jours fériés et les fermetures dont les délais tiennent compte."));
        }

        if (agent.May(Action.ManageAccounts))
        {
            reglages.Add(new(new("Comptes", "/comptes"), "Qui se connecte, avec quel rôle et pour quel service."));
            reglages.Add(new(new("Clés de l’API", "/cles-api"), "Les programmes qui enregistrent ou lisent des courriers."));
        }

        if (agent.May(Action.ManageFailures))
        {
            reglages.Add(new(new("Échecs", "/echecs"), "Les messages entre services qui n’ont pas pu être traités."));
            reglages.Add(new(new("Tâches récurrentes", "/taches-recurrentes"), "Ce que le programme fait de lui-même, et quand il l’a fait."));
        }

        return reglages;
    }

    /// <summary>The entry that a page belongs to; null when it belongs to none.</summary>
    /// <param name="path">Of the page.</param>
    public static Lien? EntryOf(Agent agent, PathString path) =>
        Of(agent).FirstOrDefault(l => IsUnder(ReglageOf(agent, path) is null ? path : UrlReglages, l.Url));

    /// <summary>The setting that a page belongs to, when the menu has it behind its one entry.</summary>
    public static Lien? ReglageOf(Agent agent, PathString path) =>
        Reglages(agent) is { Count: > 1 } reglages ? reglages.Select(r => r.Lien).FirstOrDefault(l => IsUnder(path, l.Url)) : null;

    private static bool IsUnder(PathString path, string url) =>
        url == "/" ? path == "/" : path.StartsWithSegments(url, StringComparison.OrdinalIgnoreCase);
}

/// <summary>One entry of the page of settings.</summary>
/// <param name="Phrase">What one finds there.</param>
public sealed record Reglage(Lien Lien, string Phrase);
