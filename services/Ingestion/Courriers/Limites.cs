namespace SuiviCourrier.Ingestion.Courriers;

/// <summary>Limits of what is typed or received, in characters (Unicode code points, as PostgreSQL counts them) or bytes.</summary>
public static class Limites
{
    public const int Objet = 500;
    public const int Nom = 200;
    public const int Fonction = 200;
    public const int Courriel = 254;
    public const int Adresse = 500;
    public const int Telephone = 40;
    public const int NumeroRecommande = 40;
    public const int Original = 200;
    public const int Remarques = 2000;
    public const int Motif = 500;
    public const int NomFichier = 200;
    public const int Description = 200;

    /// <summary>Largest scan, in bytes: 50 MB.</summary>
    public const long Scan = 50L * 1024 * 1024;

    /// <summary>Most scans of one courrier.</summary>
    public const int Scans = 10;
}
