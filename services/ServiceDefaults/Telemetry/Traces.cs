using System.Diagnostics;

namespace SuiviCourrier.ServiceDefaults.Telemetry;

public static class Traces
{
    public const string SourceName = "Courrier";

    public static readonly ActivitySource Source = new(SourceName);
}
