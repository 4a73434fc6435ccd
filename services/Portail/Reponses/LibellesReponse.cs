namespace SuiviCourrier.Portail.Reponses;

internal static class LibellesReponse
{
    public static string Libelle(this ModeReponse mode) => mode switch
    {
        ModeReponse.Lettre => "Lettre",
        ModeReponse.Courriel => "Courriel envoyé d’ici",
        ModeReponse.Telephone => "Téléphone",
        ModeReponse.Entretien => "Entretien",
    };

    /// <summary>« par lettre », « au téléphone »…</summary>
    public static string EnMots(this ModeReponse mode) => mode switch
    {
        ModeReponse.Lettre => "par lettre",
        ModeReponse.Courriel => "par courriel",
        ModeReponse.Telephone => "au téléphone",
        ModeReponse.Entretien => "en entretien",
    };
}
