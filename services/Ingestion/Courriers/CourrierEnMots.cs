using SuiviCourrier.Delais;
using SuiviCourrier.Presentation.Mots;

namespace SuiviCourrier.Ingestion.Courriers;

/// <summary>A registration in words, one line per thing known: what the audit keeps before and after a change.</summary>
public static class CourrierEnMots
{
    public static string Of(Courrier courrier) => string.Join('\n', LinesOf(courrier).Select(l => $"{l.Libelle} : {l.Valeur}"));

    /// <summary>Only what differs, as the two columns of an audit line.</summary>
    public static (string Avant, string Apres) Difference(IReadOnlyList<(string Libelle, string Valeur)> avant, IReadOnlyList<(string Libelle, string Valeur)> apres)
    {
        var before = new List<string>();
        var after = new List<string>();
        foreach (var libelle in avant.Concat(apres).Select(l => l.Libelle).Distinct())
        {
            var old = avant.FirstOrDefault(l => l.Libelle == libelle).Valeur;
            var changed = apres.FirstOrDefault(l => l.Libelle == libelle).Valeur;
            if (old != changed)
            {
                before.Add($"{libelle} : {old ?? "(rien)"}");
                after.Add($"{libelle} : {changed ?? "(rien)"}");
            }
        }

        return (string.Join('\n', before), string.Join('\n', after));
    }

    public static IReadOnlyList<(string Libelle, string Valeur)> LinesOf(Courrier courrier)
    {
        var lines = new List<(string, string)>();
        Add("Canal", courrier.Canal.Libelle());
        Add("Reçu le", DatesEnFrancais.DateComplete(courrier.RecuLe));
        Add("Courrier du", courrier.DateCourrier is { } date ? DatesEnFrancais.DateComplete(date) : null);
        Add("Cachet du", courrier.CachetLe is { } cachet ? DatesEnFrancais.DateComplete(cachet) : null);
        Add("Objet", courrier.Objet);
        Add("Expéditeur", courrier.Expediteur.Nom ?? "anonyme");
        Add("Catégorie", courrier.Expediteur.Categorie.Libelle());
        Add("Fonction", courrier.Expediteur.Fonction);
        Add("Pour le compte de", courrier.Expediteur.PourLeCompteDe);
        Add("Adresse électronique", courrier.Expediteur.Courriel);
        Add("Adresse postale", courrier.Expediteur.Adresse?.Replace("\n", ", ", StringComparison.Ordinal));
        Add("Téléphone", courrier.Expediteur.Telephone);
        Add("Nature", courrier.Nature?.Libelle());
        Add("Type", courrier.TypeCode);
        Add("Service", courrier.ServiceCode);
        Add("Pour information", courrier.IsPourInformation ? "oui" : null);
        Add("Restreint", courrier.IsRestreint ? "oui" : null);
        Add("Recommandé", courrier.NumeroRecommande);
        Add("Original", courrier.OriginalOu);
        Add("Remarques", courrier.Remarques);
        return lines;

        void Add(string libelle, string? valeur)
        {
            if (valeur is not null)
            {
                lines.Add((libelle, valeur));
            }
        }
    }
}
