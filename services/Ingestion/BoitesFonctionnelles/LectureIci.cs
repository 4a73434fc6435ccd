namespace SuiviCourrier.Ingestion.BoitesFonctionnelles;

/// <summary>Reads in this process what may hang whoever reads it, for a time; <see cref="ProgrammeApart"/> is for the second attempt.</summary>
internal static class LectureIci
{
    /// <param name="read">Its token is cancelled when the time is over.</param>
    /// <returns>Null when it takes too long. What hangs cannot be ended, and goes on: it fails when its file is closed, or holds one thread.</returns>
    public static async Task<T?> ReadAsync<T>(Func<CancellationToken, T> read, TimeSpan limit, CancellationToken cancellationToken)
        where T : class
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(limit);
        var token = deadline.Token;
        var reading = Task.Run(() => read(token), token);
        try
        {
            return await reading.WaitAsync(token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            _ = reading.ContinueWith(t => t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            return null;
        }
    }
}
