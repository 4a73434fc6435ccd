namespace SuiviCourrier.ServiceDefaults.Health;

/// <summary>Section <c>Sante</c>: beyond these the process says it is not ready.</summary>
public sealed record SanteOptions
{
    /// <summary>Age of the oldest fact that should have left the outbox.</summary>
    public TimeSpan RetardMaxEnvoi { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Since the relay last looked into the outbox.</summary>
    public TimeSpan SilenceMaxRelais { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Lag of a projection.</summary>
    public TimeSpan RetardMaxProjection { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Between the clock of this machine and the clock of the database.</summary>
    public TimeSpan EcartMaxHorloge { get; init; } = TimeSpan.FromSeconds(60);
}
