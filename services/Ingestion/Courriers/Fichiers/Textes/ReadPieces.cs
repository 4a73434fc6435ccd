using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace SuiviCourrier.Ingestion.Courriers.Fichiers.Textes;

/// <summary>Reads the words of files as they come, one at a time: searching them may wait, what else this machine does may not.</summary>
public sealed partial class ReadPieces(IServiceScopeFactory scopes, IOptions<TextesOptions> options, ILogger<ReadPieces> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                if (!await scope.ServiceProvider.GetRequiredService<ReadPiece>().ExecuteAsync(stoppingToken))
                {
                    await Task.Delay(options.Value.Poll, stoppingToken);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
#pragma warning disable CA1031 // It outlives any outage of the database; a file whose words could not be noted is taken again later.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                LogWillRetry(failure);
                await Task.WhenAny(Task.Delay(TimeSpan.FromSeconds(5), stoppingToken));
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The words of files cannot be read at the moment; it will be tried again")]
    private partial void LogWillRetry(Exception failure);
}
