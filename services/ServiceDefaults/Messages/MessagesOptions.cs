using SuiviCourrier.ServiceDefaults.Messages.RabbitMq;

namespace SuiviCourrier.ServiceDefaults.Messages;

/// <summary>Section <c>Messages</c> of the configuration.</summary>
public sealed record MessagesOptions
{
    /// <summary><c>interne</c>, one process; <c>rabbitmq</c>, any number of processes.</summary>
    public string Transport { get; init; } = "interne";

    /// <summary>The broker, when it carries the messages.</summary>
    public RabbitMqOptions RabbitMq { get; init; } = new();

    public int BatchSize { get; init; } = 500;

    public TimeSpan Poll { get; init; } = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan[] s_delais =
        [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(10)];

    /// <summary>Replaces <see cref="Attentes"/> when set. It has no default: the configuration binder would add to it, not replace it.</summary>
    public IReadOnlyList<TimeSpan>? Delais { get; init; }

    /// <summary>Waits between two attempts of one delivery; when they are used up it becomes a failure for a person.</summary>
    public IReadOnlyList<TimeSpan> Attentes => Delais is { Count: > 0 } ? Delais : s_delais;

    /// <summary>For tests: every delivery is made twice, in a shuffled order.</summary>
    public bool MelangerEtDoubler { get; init; }

    /// <summary>Seed of that order; absent: another one at each start.</summary>
    public int? Graine { get; init; }
}
