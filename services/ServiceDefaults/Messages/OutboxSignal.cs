namespace SuiviCourrier.ServiceDefaults.Messages;

/// <summary>Wakes the workers of this process after a commit. A hint: they poll all the same.</summary>
public sealed class OutboxSignal
{
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Set() => Interlocked.Exchange(ref _next, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    /// <summary>Take it before looking for work, await it after finding none: a signal in between is not missed.</summary>
    public Task Next => Volatile.Read(ref _next).Task;
}
