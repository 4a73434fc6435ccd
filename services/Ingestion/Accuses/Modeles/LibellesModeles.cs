namespace SuiviCourrier.Ingestion.Accuses.Modeles;

public static class LibellesModeles
{
    public static string Libelle(this GenreModele genre) => genre switch
    {
        GenreModele.AccuseEnregistrement => "Accusé d’enregistrement",
        GenreModele.AccuseReception => "Accusé de réception",
        GenreModele.RecepisseDepot => "Récépissé de dépôt",
        GenreModele.Reponse => "Réponse",
        GenreModele.Entretien => "Annonce d’entretien",
    };

    public static string Libelle(this SupportModele support) => support switch
    {
        SupportModele.Courriel => "courriel",
        SupportModele.Lettre => "lettre",
    };
}
