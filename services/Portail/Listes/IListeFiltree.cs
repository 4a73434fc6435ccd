using Microsoft.AspNetCore.Mvc.Rendering;

namespace SuiviCourrier.Portail.Listes;

/// <summary>What the form of filters needs of the page it stands on.</summary>
public interface IListeFiltree
{
    string Chemin { get; }

    FiltreCourriers Filtre { get; }

    IReadOnlyList<SelectListItem> Services { get; }

    IReadOnlyList<SelectListItem> Quands { get; }
}
