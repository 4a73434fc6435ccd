namespace SuiviCourrier.Presentation.Api;

/// <summary>Something a program may do through the API. Keys are limited to operations by name: a name never changes.</summary>
/// <param name="Nom">As it stands in keys and, as <c>operationId</c>, in the OpenAPI document.</param>
/// <param name="Libelle">For the administrator who grants it.</param>
public sealed record OperationApi(string Nom, string Libelle)
{
    public static readonly OperationApi EnregistrerCourrier = new("enregistrer_courrier", "Enregistrer un courrier et ses fichiers");
    public static readonly OperationApi ListerCourriers = new("lister_courriers", "Lister les courriers");
    public static readonly OperationApi LireCourrier = new("lire_courrier", "Lire un courrier");
    public static readonly OperationApi LirePiece = new("lire_piece", "Lire le contenu d’un fichier");
    public static readonly OperationApi AffecterCourrier = new("affecter_courrier", "Affecter un courrier à un service ou à un agent");
    public static readonly OperationApi EnregistrerReponse = new("enregistrer_reponse", "Enregistrer une réponse");
    public static readonly OperationApi SuivreChangements = new("suivre_changements", "Suivre les changements");

    public static readonly IReadOnlyList<OperationApi> Toutes =
        [EnregistrerCourrier, ListerCourriers, LireCourrier, LirePiece, AffecterCourrier, EnregistrerReponse, SuivreChangements];
}
