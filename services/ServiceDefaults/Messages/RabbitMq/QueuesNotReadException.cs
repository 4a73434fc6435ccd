namespace SuiviCourrier.ServiceDefaults.Messages.RabbitMq;

/// <summary>
/// The broker answers, but it does not let every queue be declared or read: it is slow, or it was killed while it made one
/// (<c>deploy/rabbitmq/README.md</c>).
/// </summary>
internal sealed class QueuesNotReadException(IReadOnlyList<string> queues, Exception? cause = null)
    : Exception($"RabbitMQ répond, mais {(queues.Count == 0 ? "ses files ne sont pas toutes lues" : $"ne laisse pas lire {Named(queues)}")}.", cause)
{
    private const int Most = 3;

    /// <summary>What is asked for one queue. RabbitMQ.Client cancels what has had no answer in its time.</summary>
    public static async Task UnlessSilentAsync(string queue, Func<Task> askAsync, CancellationToken cancellationToken)
    {
        try
        {
            await askAsync();
        }
        catch (OperationCanceledException silence) when (!cancellationToken.IsCancellationRequested)
        {
            throw new QueuesNotReadException([queue], silence);
        }
    }

    private static string Named(IReadOnlyList<string> queues) =>
        string.Join(", ", queues.Take(Most).Select(q => $"« {q} »")) + (queues.Count > Most ? $" et {queues.Count - Most} autres files" : "");
}
