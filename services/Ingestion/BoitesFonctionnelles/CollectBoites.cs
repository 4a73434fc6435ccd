using MailKit;
using MailKit.Security;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.ServiceDefaults.Fichiers;

namespace SuiviCourrier.Ingestion.BoitesFonctionnelles;

/// <summary>
/// Collects every mailbox, each in its own loop: one that fails waits and says so, the others go on. A changed mailbox starts again with its new
/// settings. Two processes may collect side by side; the keys of the messages make that harmless.
/// </summary>
public sealed partial class CollectBoites(
    IServiceScopeFactory scopes, IConfiguration configuration, IOptions<List<BoiteOptions>> declared, IOptions<ReleveOptions> options,
    MotsDePasseBoites motsDePasse, TimeProvider clock, ILoggerFactory loggers, ILogger<CollectBoites> logger) : BackgroundService
{
    private static readonly TimeSpan s_longestWait = TimeSpan.FromMinutes(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var running = new Dictionary<string, Tournee>();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var boites = await BoitesAsync(stoppingToken);
                foreach (var boite in boites.Where(b => running.GetValueOrDefault(b.Code)?.Reglages != b))
                {
                    var former = running.GetValueOrDefault(boite.Code);
                    running[boite.Code] = Tournee.Start(boite, former, token => Task.WhenAll(LoopsOf(boite, token)), stoppingToken);
                }

                foreach (var code in running.Keys.Except(boites.Select(b => b.Code)).ToList())
                {
                    await running[code].StopAsync();
                    running.Remove(code);
                }

                await Task.Delay(options.Value.PollReglages, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
#pragma warning disable CA1031 // The collection outlives any outage of the database.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                LogWillRetry(failure, "toutes");
                await Task.WhenAny(Task.Delay(TimeSpan.FromSeconds(5), stoppingToken));
            }
        }

        await Task.WhenAll(running.Values.Select(t => t.StopAsync()));
    }

    /// <summary>What a collection was started with: another value starts another one.</summary>
    private sealed record Reglages(string Code, int Revision, int Generation, OrigineBoite Origine, ImapOptions? Imap, string? SecretChiffre);

    /// <summary>The collection of one mailbox under one set of settings.</summary>
    private sealed class Tournee(Reglages reglages, CancellationTokenSource end, Task loops)
    {
        public Reglages Reglages => reglages;

        /// <param name="former">Ends first, so that two never collect one mailbox in this process; the caller does not wait for it.</param>
        public static Tournee Start(Reglages reglages, Tournee? former, Func<CancellationToken, Task> loopsAsync, CancellationToken stoppingToken)
        {
            var end = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            return new Tournee(reglages, end, RunAsync(end.Token));

            async Task RunAsync(CancellationToken token)
            {
                await (former?.StopAsync() ?? Task.CompletedTask);
                await loopsAsync(token);
            }
        }

        public async Task StopAsync()
        {
            await end.CancelAsync();
            await loops;
            end.Dispose();
        }
    }

    private IEnumerable<Task> LoopsOf(Reglages boite, CancellationToken stoppingToken)
    {
        var folder = declared.Value.FirstOrDefault(b => b.Code == boite.Code)?.Dossier
            ?? Path.Combine(configuration["Donnees:Dossier"] ?? ".courrier", "courriels-entrants", boite.Code);
        var drop = new DropFolder(boite.Code, folder, scopes, options, clock, loggers.CreateLogger<DropFolder>());
        yield return LoopAsync(
            boite, isSource: boite.Imap is null, async token => { await drop.CollectAsync(token); return null; }, () => drop.Decided,
            token => Task.Delay(options.Value.PollDossier, token), () => Task.CompletedTask, stoppingToken);
        if (boite.Imap is { } imap)
        {
            var mailbox = new ImapMailbox(
                boite.Code, boite.Generation, imap, token => motsDePasse.ProofAsync(boite.Code, boite.Origine, imap, boite.SecretChiffre, token),
                () => motsDePasse.Forget(boite.Code), scopes, options, loggers.CreateLogger<ImapMailbox>());
            yield return LoopAsync(boite, isSource: true, mailbox.CollectAsync, () => mailbox.Decided, mailbox.WaitAsync, mailbox.CloseAsync, stoppingToken);
        }
    }

    /// <param name="isSource">The loop whose health is the mailbox's.</param>
    /// <param name="collectAsync">Says in French what does not work although it goes on; null when all is well.</param>
    /// <param name="decided">How many messages have had their fate so far: a pause grows only while none does, so that a backlog that is cut again and again goes on.</param>
    private async Task LoopAsync(
        Reglages boite, bool isSource, Func<CancellationToken, Task<string?>> collectAsync, Func<int> decided, Func<CancellationToken, Task> waitAsync, Func<Task> closeAsync,
        CancellationToken stoppingToken)
    {
        var failures = 0;
        while (!stoppingToken.IsCancellationRequested)
        {
            var before = decided();
            try
            {
                if (await collectAsync(stoppingToken) is { } panne)
                {
                    await SayBrokenAsync(boite.Code, panne, stoppingToken);
                }
                else if (isSource)
                {
                    await SayCollectedAsync(boite.Code, stoppingToken);
                }

                failures = 0;
                await waitAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
#pragma warning disable CA1031 // A mailbox outlives any outage of its server; the page says what is wrong.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                LogWillRetry(failure, boite.Code);
                await closeAsync();
                await SayBrokenAsync(boite.Code, Explain(failure, boite), stoppingToken);
                failures = decided() == before ? failures : 0;
                var wait = TimeSpan.FromSeconds(Math.Pow(2, Math.Min(failures++, 9)));
                await Task.WhenAny(Task.Delay(wait < s_longestWait ? wait : s_longestWait, stoppingToken));
            }
        }

        await closeAsync();
    }

    /// <summary>Mailboxes that are to be collected. A mistake in the declaration of one is said there, and stops no other.</summary>
    private async Task<IReadOnlyList<Reglages>> BoitesAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var wrong = await scope.ServiceProvider.GetRequiredService<DeclareBoites>().ExecuteAsync(cancellationToken);
        foreach (var (code, panne) in wrong)
        {
            await SayBrokenAsync(code, panne, cancellationToken);
        }

        var boites = await scope.ServiceProvider.GetRequiredService<IngestionDbContext>().Boites.AsNoTracking().Where(b => b.IsActif).ToListAsync(cancellationToken);
        return [.. boites.Where(b => !wrong.ContainsKey(b.Code)).Select(b => new Reglages(b.Code, b.Revision, b.Generation, b.Origine, b.Imap, b.SecretChiffre))];
    }

    private async Task SayCollectedAsync(string code, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var now = clock.GetUtcNow();
        var limit = now.AddSeconds(-30);
        var silence = now - BoiteFonctionnelle.Silence;

        // A state that has not changed is written twice a minute, not at each look.
        await scope.ServiceProvider.GetRequiredService<IngestionDbContext>().Boites
            .Where(b => b.Code == code && b.IsActif && (b.EnPanneDepuis != null || b.ConnecteeDepuis == null || b.ReleveeLe == null || b.ReleveeLe < limit))
            .ExecuteUpdateAsync(
                set => set
                    .SetProperty(b => b.ConnecteeDepuis, b => b.ConnecteeDepuis == null || b.ReleveeLe < silence ? now : b.ConnecteeDepuis)
                    .SetProperty(b => b.ReleveeLe, now)
                    .SetProperty(b => b.EnPanneDepuis, (DateTimeOffset?)null)
                    .SetProperty(b => b.Panne, (string?)null),
                cancellationToken);
    }

    private async Task SayBrokenAsync(string code, string panne, CancellationToken cancellationToken)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var now = clock.GetUtcNow();
            await scope.ServiceProvider.GetRequiredService<IngestionDbContext>().Boites
                .Where(b => b.Code == code && b.IsActif && (b.EnPanneDepuis == null || b.Panne != panne))
                .ExecuteUpdateAsync(
                    set => set
                        .SetProperty(b => b.EnPanneDepuis, b => b.EnPanneDepuis ?? now)
                        .SetProperty(b => b.Panne, panne)
                        .SetProperty(b => b.ConnecteeDepuis, (DateTimeOffset?)null),
                    cancellationToken);
        }
        catch (Exception failure) when (failure is Npgsql.NpgsqlException or InvalidOperationException or OperationCanceledException)
        {
            LogWillRetry(failure, code); // the database is what is wrong
        }
    }

    private static string Explain(Exception failure, Reglages boite) => failure switch
    {
        BoiteEnPanneException { InnerException: AuthenticationException } panne when boite.Origine == OrigineBoite.Configuration =>
            $"{panne.Message} (Imap:Utilisateur et la variable {MotsDePasseBoites.NameOf(boite.Code)})",
        BoiteEnPanneException panne => panne.Message,
        System.Net.Sockets.SocketException or ProtocolException or ServiceNotConnectedException or TimeoutException =>
            $"Le serveur {boite.Imap?.Hote}:{boite.Imap?.Port} est injoignable ou a coupé la connexion",
        CommandException => $"Le serveur {boite.Imap?.Hote}:{boite.Imap?.Port} refuse une commande",
        UnauthorizedAccessException => "Le dossier de dépôt n’est pas accessible",
        _ when DisquePlein.IsCauseOf(failure) => "Le disque est plein : les messages restent dans la boîte, et seront relevés dès qu’il y aura de la place",
        IOException => "Le serveur ou le disque ne répond pas",
        _ => "Erreur inattendue : voyez le journal du programme",
    };

    [LoggerMessage(Level = LogLevel.Warning, Message = "Mailbox {Boite} cannot be collected; it will be tried again")]
    private partial void LogWillRetry(Exception failure, string boite);
}
