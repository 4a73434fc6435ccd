using System.Diagnostics.CodeAnalysis;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MimeKit;
using SuiviCourrier.ServiceDefaults.Fichiers;
using SuiviCourrier.ServiceDefaults.Messages;
using SuiviCourrier.ServiceDefaults.Time;

namespace SuiviCourrier.ServiceDefaults.Courriels;

/// <summary>
/// Sends the queued messages: claimed and committed, composed, kept, sent, confirmed, told to their owner. Killed anywhere, it leaves
/// a state that says what is known.
/// </summary>
public sealed partial class CourrielSender(
    IServiceScopeFactory scopes, Func<ICourrielTransport> newTransport, OutboxSignal signal, SiteCourant site, JetonsCourriel jetons,
    IOptions<CourrielOptions> options, TimeProvider clock, ILogger<CourrielSender> logger) : BackgroundService
{
    private const long MaxBytes = 30L << 20;
    private static readonly TimeSpan s_shortest = TimeSpan.FromMilliseconds(20);

    /// <summary>Longest pause between two looks at a server that does not answer.</summary>
    private static readonly TimeSpan s_longestPause = TimeSpan.FromMinutes(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(
            [.. Enumerable.Range(0, options.Value.EnParallele).Select(_ => SendAllAsync(stoppingToken)), LoopAsync(SettleAllAsync, _ => Task.FromResult(options.Value.Poll), stoppingToken)]);

    private async Task SendAllAsync(CancellationToken stoppingToken)
    {
        await using var transport = newTransport();
        await LoopAsync(
            async token =>
            {
                await UntilReachedAsync(transport, token);
                return await SendNextAsync(transport, token);
            },
            NextLookInAsync,
            stoppingToken);
    }

    /// <summary>
    /// While nothing answers, no message is taken: none is composed for nothing, none counts an attempt, and all leave at once when the server is back,
    /// instead of each when its own wait is over.
    /// </summary>
    private async Task UntilReachedAsync(ICourrielTransport transport, CancellationToken cancellationToken)
    {
        for (var attempt = 1; await transport.ReachAsync(cancellationToken) is { } reason; attempt++)
        {
            if (attempt == 1)
            {
                LogUnreachable(reason);
            }

            var pause = options.Value.DelaiApres(attempt);
            await Task.Delay(pause < s_longestPause ? pause : s_longestPause, cancellationToken);
        }
    }

    /// <summary>At the next poll, or sooner when a message was put off for less: an acknowledgement waits moments for its date.</summary>
    private async Task<TimeSpan> NextLookInAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var due = await scope.ServiceProvider.GetRequiredService<CourrielQueue>().NextDueInAsync(cancellationToken) ?? options.Value.Poll;
        return due > options.Value.Poll ? options.Value.Poll : due < s_shortest ? s_shortest : due;
    }

    /// <summary>Works until there is nothing left, then waits for a commit or for the next look.</summary>
    private async Task LoopAsync(
        Func<CancellationToken, Task<bool>> workAsync, Func<CancellationToken, Task<TimeSpan>> nextLookInAsync, CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var wakeUp = signal.Next;
            var wait = options.Value.Poll;
            try
            {
                if (await workAsync(stoppingToken))
                {
                    continue;
                }

                wait = await nextLookInAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // The sender outlives any outage of the database, of the disk or of the mail server.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                LogWillRetry(failure);
            }

            await Task.WhenAny(wakeUp, Task.Delay(wait, stoppingToken));
        }
    }

    /// <returns>False when nothing was waiting.</returns>
    private async Task<bool> SendNextAsync(ICourrielTransport transport, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var queue = scope.ServiceProvider.GetRequiredService<CourrielQueue>();
        await queue.RecoverAsync(cancellationToken);
        if (await queue.ClaimAsync(cancellationToken) is not { } courriel)
        {
            return false;
        }

        using var alive = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var renewing = RenewAsync(courriel, alive.Token);
        try
        {
            await SendAsync(scope.ServiceProvider, queue, transport, courriel, cancellationToken);
        }
        finally
        {
            await alive.CancelAsync();
            await renewing;
        }

        return true;
    }

    private async Task SendAsync(
        IServiceProvider provider, CourrielQueue queue, ICourrielTransport transport, CourrielSortant courriel, CancellationToken cancellationToken)
    {
        if (await PrepareAsync(provider, queue, courriel, cancellationToken) is not { } prepared)
        {
            return;
        }

        var envoi = await transport.SendAsync(prepared, () => queue.StartData(courriel), cancellationToken);
        LogAttempt(courriel.Id, courriel.Kind, courriel.Attempts, envoi.Resultat);

        // What is known is written even when the process is stopping, and again until the database takes it.
        await UntilWrittenAsync(() => queue.FinishAsync(courriel, envoi, CancellationToken.None), cancellationToken);
        signal.Set();
    }

    /// <returns>Null when nothing is to be sent now; the state then says why.</returns>
    [SuppressMessage("Design", "CA1031", Justification = "Whatever a composer throws, the message stays queued and visible, and the others leave.")]
    private async Task<CourrielPret?> PrepareAsync(IServiceProvider provider, CourrielQueue queue, CourrielSortant courriel, CancellationToken cancellationToken)
    {
        try
        {
            var composer = ComposerOf(provider, courriel);
            if (await composer.ComposeAsync(courriel, cancellationToken) is not { } composed)
            {
                await queue.RemoveAsync(courriel, cancellationToken);
                signal.Set();
                return null;
            }

            var prepared = await CompleteAsync(courriel, composed, cancellationToken);
            courriel.DestinataireSha256 = CourrielQueue.HashOf(prepared.Destinataires[0].Address);
            if (await queue.HasReceivedEnoughAsync(courriel.DestinataireSha256, cancellationToken))
            {
                await queue.PutOffAsync(courriel, clock.GetUtcNow().AddMinutes(15), "Trop de messages à ce destinataire : celui-ci attend", cancellationToken);
                return null;
            }

            await queue.PreparedAsync(courriel, await KeepAsync(provider, prepared.Message, cancellationToken), cancellationToken);
            return prepared;
        }
        catch (CourrielPasPretException notYet)
        {
            await queue.PutOffAsync(courriel, clock.GetUtcNow() + notYet.Wait, notYet.Message, cancellationToken);
            return null;
        }
        catch (Exception failure) when (failure is not OperationCanceledException and not DbUpdateException and not Npgsql.NpgsqlException)
        {
            LogCannotCompose(failure, courriel.Id, courriel.Kind, courriel.Attempts);
            await queue.FinishAsync(courriel, new Envoi(ResultatEnvoi.Differe, "Le message n’a pas pu être composé"), cancellationToken);
            return null;
        }
    }

    private async Task<CourrielPret> CompleteAsync(CourrielSortant courriel, CourrielCompose composed, CancellationToken cancellationToken)
    {
        var message = composed.Message;
        if (message.From.Count == 0)
        {
            message.From.Add(MailboxAddress.Parse(options.Value.Expediteur ?? (await site.GetAsync(cancellationToken)).Courriel));
        }

        var from = message.From.Mailboxes.First();
        var jeton = await jetons.OfAsync(courriel.Id, cancellationToken);
        courriel.MessageId ??= $"{courriel.Kind}.{jeton}@{from.Domain}";
        message.MessageId = courriel.MessageId;
        var returns = composed.EnveloppeVide ? null : from;
        if (options.Value.AdresseEtiquetee is { Length: > 0 } tagged)
        {
            returns = Tagged(tagged, AdresseEtiquetee.Retour, jeton);
            if (courriel.CourrierId is not null && message.ReplyTo.Count == 0)
            {
                message.ReplyTo.Add(Tagged(tagged, AdresseEtiquetee.Reponse, jeton));
            }
        }

        message.Date = clock.GetUtcNow();
        message.Prepare(EncodingConstraint.SevenBit, 78);
        var recipients = message.GetRecipients(onlyUnique: true);
        if (recipients.Count == 0)
        {
            throw new InvalidOperationException("The composed message has no recipient");
        }

        return new CourrielPret(message, courriel.MessageId, returns, [.. recipients]);
    }

    private static MailboxAddress Tagged(string address, char kind, string jeton) => new(string.Empty, AdresseEtiquetee.With(address, kind, jeton));

    /// <summary>The exact bytes, before anything leaves.</summary>
    private static async Task<Fichier> KeepAsync(IServiceProvider provider, MimeMessage message, CancellationToken cancellationToken)
    {
        using var bytes = new MemoryStream();
        await message.WriteToAsync(CourrielCompose.Format, bytes, cancellationToken);
        bytes.Position = 0;
        return await provider.GetRequiredService<IFileStore>().StoreAsync(bytes, MaxBytes, cancellationToken);
    }

    /// <returns>True when more may be waiting.</returns>
    private async Task<bool> SettleAllAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var waiting = await scope.ServiceProvider.GetRequiredService<CourrielQueue>().ToSettleAsync(cancellationToken);
        var settled = 0;
        foreach (var courriel in waiting)
        {
            settled += await SettleAsync(courriel, cancellationToken) ? 1 : 0;
        }

        return settled > 0;
    }

    [SuppressMessage("Design", "CA1031", Justification = "An owner that fails is told again at the next poll; the others are told now.")]
    private async Task<bool> SettleAsync(CourrielSortant courriel, CancellationToken cancellationToken)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            await ComposerOf(scope.ServiceProvider, courriel).SettledAsync(courriel, cancellationToken);
            await scope.ServiceProvider.GetRequiredService<CourrielQueue>().SettledAsync(courriel, cancellationToken);
            return true;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LogCannotSettle(failure, courriel.Id, courriel.Kind);
            return false;
        }
    }

    private async Task RenewAsync(CourrielSortant courriel, CancellationToken cancellationToken)
    {
        try
        {
            using var timer = new PeriodicTimer(options.Value.Bail / 3);
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                await using var scope = scopes.CreateAsyncScope();
                await scope.ServiceProvider.GetRequiredService<CourrielQueue>().RenewAsync(courriel, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The attempt is over.
        }
        catch (Exception failure) when (failure is DbUpdateException or Npgsql.NpgsqlException or InvalidOperationException)
        {
            LogLeaseAtRisk(failure, courriel.Id);
        }
    }

    private async Task UntilWrittenAsync(Func<Task> writeAsync, CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                await writeAsync();
                return;
            }
            catch (Exception failure) when (failure is DbUpdateException or Npgsql.NpgsqlException or InvalidOperationException
                && !stoppingToken.IsCancellationRequested)
            {
                LogWillRetry(failure);
                await Task.Delay(options.Value.Poll, stoppingToken);
            }
        }
    }

    private static ICourrielComposer ComposerOf(IServiceProvider provider, CourrielSortant courriel) =>
        provider.GetServices<ICourrielComposer>().SingleOrDefault(c => c.Kind == courriel.Kind)
        ?? throw new InvalidOperationException($"Nobody composes messages of kind {courriel.Kind}");

    [LoggerMessage(Level = LogLevel.Information, Message = "Message {CourrielId} ({Kind}), attempt {Attempt}: {Result}")]
    private partial void LogAttempt(Guid courrielId, string kind, int attempt, ResultatEnvoi result);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Outgoing mail is interrupted; it will be tried again")]
    private partial void LogWillRetry(Exception failure);

    [LoggerMessage(Level = LogLevel.Error, Message = "The mail server cannot be reached, outgoing mail waits: {Reason}")]
    private partial void LogUnreachable(string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The lease of message {CourrielId} could not be renewed")]
    private partial void LogLeaseAtRisk(Exception failure, Guid courrielId);

    [LoggerMessage(Level = LogLevel.Error, Message = "Message {CourrielId} ({Kind}) cannot be composed, attempt {Attempt}")]
    private partial void LogCannotCompose(Exception failure, Guid courrielId, string kind, int attempt);

    [LoggerMessage(Level = LogLevel.Error, Message = "The owner of message {CourrielId} ({Kind}) did not take note of its end; it will be told again")]
    private partial void LogCannotSettle(Exception failure, Guid courrielId, string kind);
}
