using Microsoft.Extensions.DependencyInjection;

namespace SuiviCourrier.Ingestion.Courriers.Fichiers;

/// <summary>Background work on files that wait, one at a time, for as long as the process lives.</summary>
internal static class UnParUn
{
    /// <param name="nextAsync">Does the next one; false when none waits.</param>
    /// <param name="poll">Between two looks when none waits.</param>
    /// <param name="pause">After a failure: of the database, of the disk, of whoever is asked.</param>
    /// <param name="failed">Told of each failure; the work outlives it.</param>
    public static async Task WorkAsync<T>(
        IServiceScopeFactory scopes, Func<T, CancellationToken, Task<bool>> nextAsync, TimeSpan poll, TimeSpan pause, Action<Exception> failed,
        CancellationToken stoppingToken)
        where T : notnull
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                if (!await nextAsync(scope.ServiceProvider.GetRequiredService<T>(), stoppingToken))
                {
                    await Task.Delay(poll, stoppingToken);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
#pragma warning disable CA1031 // Whatever stops one file, the others are worked on.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                failed(failure);
                await Task.WhenAny(Task.Delay(pause, stoppingToken));
            }
        }
    }
}
