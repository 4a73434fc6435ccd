using MailKit;
using MailKit.Security;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using SuiviCourrier.Ingestion.Data;

namespace SuiviCourrier.Ingestion.BoitesFonctionnelles;

/// <summary>
/// Collects every mailbox, each in its own loop: one that fails waits and says so, the others go on. Two processes may collect side by side;
/// the keys of the messages make that harmless.
/// </summary>
public sealed partial class CollectBoites(
    IServiceScopeFactory scopes, IConfiguration configuration, IOptions<List<BoiteOptions>> declared, IOptions<ReleveOptions> options,
    TimeProvider clock, ILoggerFactory loggers, ILogger<CollectBoites> logger) : BackgroundService
{
    private static readonly TimeSpan s_longestWait = TimeSpan.FromMinutes(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var running = new Dictionary<string, Task>();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                foreach (var boite in await BoitesAsync(stoppingToken))
                {
                    if (!running.ContainsKey(boite.Code))
                    {
                        running[boite.Code] = Task.WhenAll(LoopsOf(boite, stoppingToken));
                    }
                }

                await Task.Delay(TimeSpan.FromSeconds(running.Count == 0 ? 1 : 30), stoppingToken);
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

        await Task.WhenAll(running.Values);
    }

    private IEnumerable<Task> LoopsOf(BoiteOptions boite, CancellationToken stoppingToken)
    {
        var folder = boite.Dossier ?? Path.Combine(configuration["Donnees:Dossier"] ?? ".courrier", "courriels-entrants", boite.Code);
        var drop = new DropFolder(boite.Code, folder, scopes, options, clock, loggers.CreateLogger<DropFolder>());
        yield return LoopAsync(
            boite, isSource: boite.Imap is null, async token => { await drop.CollectAsync(token); return null; },
            token => Task.Delay(options.Value.PollDossier, token), () => Task.CompletedTask, stoppingToken);
        if (boite.Imap is { } imap)
        {
            var mailbox = new ImapMailbox(boite.Code, imap, configuration[PasswordName(boite)], scopes, options, loggers.CreateLogger<ImapMailbox>());
            yield return LoopAsync(boite, isSource: true, mailbox.CollectAsync, mailbox.WaitAsync, mailbox.CloseAsync, stoppingToken);
        }
    }

    /// <param name="isSource">The loop whose health is the mailbox's.</param>
    /// <param name="collectAsync">Says in French what does not work although it goes on; null when all is well.</param>
    private async Task LoopAsync(
        BoiteOptions boite, bool isSource, Func<CancellationToken, Task<string?>> collectAsync, Func<CancellationToken, Task> waitAsync, Func<Task> closeAsync,
        CancellationToken stoppingToken)
    {
        var failures = 0;
        while (!stoppingToken.IsCancellationRequested)
        {
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
                var wait = TimeSpan.FromSeconds(Math.Pow(2, Math.Min(failures++, 9)));
                await Task.WhenAny(Task.Delay(wait < s_longestWait ? wait : s_longestWait, stoppingToken));
            }
        }

        await closeAsync();
    }

    /// <summary>Mailboxes declared in the configuration, written down; and those of the reference data, which have a drop folder.</summary>
    private async Task<IReadOnlyList<BoiteOptions>> BoitesAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<IngestionDbContext>();
        var services = await db.Services.Select(s => s.Code).ToListAsync(cancellationToken);
        var wrong = new List<string>();
        foreach (var boite in declared.Value.Where(b => b.Code.Length > 0 && b.Adresse is not null))
        {
            // A mistake in the declaration of one mailbox is said there, and stops no other.
            var service = boite.ServiceCode is null || services.Contains(boite.ServiceCode) ? boite.ServiceCode : null;
            await db.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO ingestion.boites (code, libelle, adresse, alias, service_code, expediteurs_formulaire)
                VALUES ({boite.Code}, {boite.Adresse}, {boite.Adresse}, ARRAY[]::text[], {service}, ARRAY[]::text[])
                ON CONFLICT (code) DO UPDATE SET adresse = excluded.adresse, service_code = coalesce(excluded.service_code, ingestion.boites.service_code)
                """,
                cancellationToken);
            if (service != boite.ServiceCode)
            {
                wrong.Add(boite.Code);
                await SayBrokenAsync(boite.Code, $"Le service « {boite.ServiceCode} » déclaré pour cette boîte n’existe pas : elle n’est pas relevée", cancellationToken);
            }
        }

        var codes = await db.Boites.Select(b => b.Code).ToListAsync(cancellationToken);
        return [.. codes.Except(wrong).Select(code => declared.Value.FirstOrDefault(b => b.Code == code) ?? new BoiteOptions { Code = code })];
    }

    private async Task SayCollectedAsync(string code, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var now = clock.GetUtcNow();
        var limit = now.AddSeconds(-30);

        // A state that has not changed is written twice a minute, not at each look.
        await scope.ServiceProvider.GetRequiredService<IngestionDbContext>().Boites
            .Where(b => b.Code == code && (b.EnPanneDepuis != null || b.ReleveeLe == null || b.ReleveeLe < limit))
            .ExecuteUpdateAsync(
                set => set
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
                .Where(b => b.Code == code)
                .ExecuteUpdateAsync(
                    set => set.SetProperty(b => b.EnPanneDepuis, b => b.EnPanneDepuis ?? now).SetProperty(b => b.Panne, panne), cancellationToken);
        }
        catch (Exception failure) when (failure is Npgsql.NpgsqlException or InvalidOperationException or OperationCanceledException)
        {
            LogWillRetry(failure, code); // the database is what is wrong
        }
    }

    private static string PasswordName(BoiteOptions boite) => $"COURRIER_BOITE_{boite.Code.ToUpperInvariant().Replace('-', '_')}_MOTDEPASSE";

    private static string Explain(Exception failure, BoiteOptions boite)
    {
        var server = boite.Imap is { } imap ? $"Le serveur {imap.Hote}:{imap.Port}" : "Le serveur";
        return failure switch
        {
            BoiteEnPanneException panne => panne.Message,
            SslHandshakeException { ServerCertificate: null } => $"{server} ne répond pas en TLS : vérifiez le port et Imap:Securite",
            SslHandshakeException => $"Le certificat du serveur {boite.Imap?.Hote} n’est pas accepté : vérifiez Imap:Hote et Imap:EmpreinteCertificat",
            AuthenticationException => $"{server} refuse l’identifiant ou le mot de passe : vérifiez Imap:Utilisateur et la variable {PasswordName(boite)}",
            NotSupportedException => $"{server} ne propose pas le chiffrement demandé (STARTTLS)",
            System.Net.Sockets.SocketException or ProtocolException or ServiceNotConnectedException or TimeoutException => $"{server} est injoignable ou a coupé la connexion",
            CommandException => $"{server} refuse une commande",
            UnauthorizedAccessException => "Le dossier de dépôt n’est pas accessible",
            IOException => "Le serveur ou le disque ne répond pas",
            _ => "Erreur inattendue : voyez le journal du programme",
        };
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Mailbox {Boite} cannot be collected; it will be tried again")]
    private partial void LogWillRetry(Exception failure, string boite);
}
