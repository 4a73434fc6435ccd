namespace SuiviCourrier.ServiceDefaults.Messages;

/// <summary>
/// The transport seam: takes a batch from the relay and says, for each message, whether it may leave the outbox. Adapters:
/// <see cref="InterneBus"/> in one process; RabbitMQ between processes.
/// </summary>
public interface IBus
{
    string Name { get; }

    /// <returns>Results in any order. A message without one stays in the outbox as it was; so does the whole batch after an exception.</returns>
    Task<IReadOnlyList<DeliveryResult>> DeliverAsync(IReadOnlyList<OutboxMessage> batch, CancellationToken cancellationToken);

    /// <returns>Null when the bus works, else what is wrong, in French.</returns>
    Task<string?> CheckAsync(CancellationToken cancellationToken);
}

/// <param name="RetryAt">Null: delivered, the row leaves the outbox. Else when to take it again.</param>
public sealed record DeliveryResult(OutboxMessage Message, DateTimeOffset? RetryAt);

/// <summary>The broker is not there: everything stays in the outbox.</summary>
public sealed class BusUnavailableException(string message, Exception? cause = null) : Exception(message, cause);
