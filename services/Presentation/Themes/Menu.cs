using SuiviCourrier.Presentation.Mots;
using SuiviCourrier.Presentation.Rights;
using Action = SuiviCourrier.Presentation.Rights.Action;

namespace SuiviCourrier.Presentation.Themes;

/// <summary>The one-level menu of a signed-in person: only what the role may open.</summary>
public static class Menu
{
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

        if (agent.May(Action.ReadTemplates))
        {
            menu.Add(new("Modèles", "/modeles"));
        }

        if (agent.May(Action.ManageCalendars))
        {
            menu.Add(new("Calendriers", "/calendriers"));
        }

        if (agent.May(Action.ManageAccounts))
        {
            menu.Add(new("Comptes", "/comptes"));
            menu.Add(new("Clés de l’API", "/cles-api"));
        }

        if (agent.May(Action.ManageFailures))
        {
            menu.Add(new("Échecs", "/echecs"));
            menu.Add(new("Tâches récurrentes", "/taches-recurrentes"));
        }

        return menu;
    }
}
