namespace SuiviCourrier.ServiceDefaults;

/// <summary>
/// What a process does (<c>--roles</c>). A role switches workers, consumers and doors on; every registration is made in every process.
/// </summary>
[Flags]
public enum ServiceRoles
{
    None = 0,
    Ingestion = 1,
    Echeances = 2,
    Portail = 4,
    All = Ingestion | Echeances | Portail,
}
