using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace SuiviCourrier.Ingestion.Courriers.Fichiers.Textes;

/// <summary>Reads the words of files as they come, one at a time: searching them may wait, what else this machine does may not.</summary>
public sealed partial class ReadPieces(IServiceScopeFactory scopes, IOptions<TextesOptions> options, ILogger<ReadPieces> logger) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => UnParUn.WorkAsync<ReadPiece>(
        scopes, (next, token) => next.ExecuteAsync(token), options.Value.Poll, TimeSpan.FromSeconds(5), LogWillRetry, stoppingToken);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The words of files cannot be read at the moment; it will be tried again")]
    private partial void LogWillRetry(Exception failure);
}
