namespace SuiviCourrier.ServiceDefaults.Demonstration;

/// <summary>
/// Section <c>Demonstration</c>, written by the Host and by nobody else: true only with the embedded database and addresses of loopback.
/// </summary>
public sealed record DemonstrationOptions
{
    public bool Active { get; init; }
}
