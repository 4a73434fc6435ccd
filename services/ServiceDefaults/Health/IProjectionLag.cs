namespace SuiviCourrier.ServiceDefaults.Health;

/// <summary>How far a copy is behind what it copies, when that does not show in the facts still to be applied. A service contributes one per such copy.</summary>
public interface IProjectionLag
{
    /// <summary>In French, for the health page: « copies du portail ».</summary>
    string Name { get; }

    /// <returns>Age of the oldest change not yet applied; zero when nothing waits.</returns>
    Task<TimeSpan> MeasureAsync(CancellationToken cancellationToken);
}
