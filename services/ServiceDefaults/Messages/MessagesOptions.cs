namespace SuiviCourrier.ServiceDefaults.Messages;

/// <summary>Section <c>Messages</c> of the configuration.</summary>
public sealed record MessagesOptions
{
    /// <summary><c>interne</c>, one process; <c>rabbitmq</c>, any number of processes.</summary>
    public string Transport { get; init; } = "interne";

    public int BatchSize { get; init; } = 500;

    public TimeSpan Poll { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Waits between two attempts of one delivery; when they are used up it becomes a failure for a person.</summary>
    public IReadOnlyList<TimeSpan> Delais { get; init; } =
        [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(10)];

    /// <summary>For tests: every delivery is made twice, in a shuffled order.</summary>
    public bool MelangerEtDoubler { get; init; }
}
