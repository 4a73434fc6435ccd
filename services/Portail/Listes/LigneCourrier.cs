using SuiviCourrier.Contracts.Accuses;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Delais;
using SuiviCourrier.Portail.Data;
using SuiviCourrier.Portail.Dossiers;

namespace SuiviCourrier.Portail.Listes;

/// <summary>A courrier as every list shows it.</summary>
public sealed record LigneCourrier(
    Guid CourrierId, string NumeroChrono, string Objet, string ExpediteurNom, string? ExpediteurFonction, CategorieExpediteur Categorie,
    Canal Canal, string? ServiceCode, string? AgentNom, DateOnly RecuLe, DateTimeOffset EnregistreLe, EtatCourrier Etat, DateOnly? DueOn,
    DateOnly TriLe, DateOnly? ReponduLe, EtatAccuse? AccuseEtat, bool IsPourInformation, bool IsRestreint, NatureCourrier? Nature)
{
    public bool IsOuvert => EtatsCourrier.Ouverts.Contains(Etat);
}

/// <summary>Lines with what their page needs to say them.</summary>
/// <param name="Suite">Address of the next page; null on the last.</param>
public sealed record ListeCourriers(
    string Titre, IReadOnlyList<LigneCourrier> Lignes, DateOnly Today, Calendrier Calendrier, string? Suite = null);

internal static class LignesCourrier
{
    public static IQueryable<LigneCourrier> ToLignes(this IQueryable<Dossier> dossiers, PortailDbContext db) =>
        dossiers.Select(d => new LigneCourrier(
            d.CourrierId, d.NumeroChrono, d.Objet, d.ExpediteurNom, d.ExpediteurFonction, d.ExpediteurCategorie,
            d.Canal, d.ServiceInstructeurCode, db.Comptes.Where(c => c.Id == d.AgentId).Select(c => c.Nom).FirstOrDefault(),
            d.RecuLe, d.EnregistreLe, d.Etat, d.DueOn,
            d.TriLe, d.ReponduLe, d.AccuseEtat, d.IsPourInformation, d.IsRestreint, d.Nature));
}
