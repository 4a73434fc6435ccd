namespace SuiviCourrier.ServiceDefaults.Health;

/// <summary>How far the copies a service keeps are behind what they copy. A service contributes one per projection.</summary>
public interface IProjectionLag
{
    /// <summary>In French, for the health page: « copies du portail ».</summary>
    string Name { get; }

    /// <returns>Age of the oldest change not yet applied; zero when nothing waits.</returns>
    Task<TimeSpan> MeasureAsync(CancellationToken cancellationToken);
}
