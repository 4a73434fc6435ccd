namespace SuiviCourrier.Portail.Dossiers;

internal static class Streams
{
    /// <summary>Source of every fact this service publishes.</summary>
    public const string Portail = "portail";
}
