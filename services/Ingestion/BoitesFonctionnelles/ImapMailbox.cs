using System.Text;
using MailKit;
using MailKit.Net.Imap;
using MailKit.Search;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.ServiceDefaults.Fichiers;

namespace SuiviCourrier.Ingestion.BoitesFonctionnelles;

/// <summary>
/// Collects one IMAP inbox by the identifiers of its messages, never by \Seen: agents open the mailbox too. Commit first, move afterwards, in
/// batches; what was committed and not moved is recognised and moved the next time. IDLE is a hint, the poll decides.
/// </summary>
/// <param name="generation">Which of the folders the mailbox has had this is (<see cref="BoiteFonctionnelle.Generation"/>).</param>
/// <param name="proofAsync">The password or the token, asked for at each connection; throws <see cref="BoiteEnPanneException"/> when it cannot be had.</param>
/// <param name="forget">Told when the server refuses a token.</param>
public sealed partial class ImapMailbox(
    string boiteCode, int generation, ImapOptions imap, Func<CancellationToken, Task<string>> proofAsync, Action forget, IServiceScopeFactory scopes, IOptions<ReleveOptions> options, ILogger<ImapMailbox> logger)
    : IAsyncDisposable
{
    private const int BatchSize = 50;
    private const int ChunkSize = 1 << 18;

    /// <summary>A message that failed so often is set aside unopened; when it cannot even be downloaded, without its bytes.</summary>
    private const int MaxAttempts = 3;

    private readonly Dictionary<UniqueId, int> _failures = [];
    private readonly HashSet<UniqueId> _received = [];
    private readonly HashSet<UniqueId> _unreadable = [];
    private ImapClient? _client;
    private IMailFolder? _inbox;
    private long _validity;
    private bool _isFirstPass = true;
    private bool _hasMore;

    /// <summary>Messages that have had their fate since it was started.</summary>
    public int Decided { get; private set; }

    /// <summary>Reads everything that has arrived. An exception means that the mailbox cannot be read now.</summary>
    /// <returns>What does not work although messages are received, in French; null when all is well.</returns>
    public async Task<string?> CollectAsync(CancellationToken cancellationToken)
    {
        var inbox = await OpenAsync(cancellationToken);
        var uidNext = inbox.UidNext;
        var validity = ((long)generation << 32) | inbox.UidValidity;
        if (_validity != validity)
        {
            _validity = validity;
            _failures.Clear();
            _received.Clear();
            _unreadable.Clear();
        }

        // Everything at the first look, to move what a crash has left behind; then what is new.
        var last = await CursorAsync(cancellationToken);
        var isWhole = last is null || (_isFirstPass && CanMove());
        var found = await inbox.SearchAsync(
            isWhole ? SearchQuery.All : SearchQuery.Uids(new UniqueIdRange(new UniqueId((uint)(last!.Value + 1)), UniqueId.MaxValue)), cancellationToken);

        // "n:*" also names the last message when all are older (RFC 3501 §6.4.8).
        var fresh = found.Where(u => (isWhole || u.Id > last) && !_failures.ContainsKey(u)).OrderBy(u => u.Id).ToList();
        foreach (var batch in fresh.Concat(_failures.OrderBy(f => f.Value).Select(f => f.Key)).ToList().Chunk(BatchSize))
        {
            await CollectAsync(inbox, batch, cancellationToken);
        }

        _hasMore = fresh.Count > 0;
        _isFirstPass = false;
        await NoteAsync(uidNext, cancellationToken);
        return await MoveAsync(inbox, cancellationToken);
    }

    /// <summary>Waits for the server to announce something, or for the next poll.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        if (_hasMore)
        {
            return; // what came while we were busy is not announced again
        }

        if (_client is not { IsConnected: true } client || _inbox is not { } inbox || !client.Capabilities.HasFlag(ImapCapabilities.Idle))
        {
            await Task.Delay(TimeSpan.FromTicks(Math.Min(options.Value.PollImap.Ticks, TimeSpan.FromSeconds(10).Ticks)), cancellationToken);
            return;
        }

        using var done = new CancellationTokenSource(options.Value.PollImap);
        void Wake(object? sender, EventArgs e) => done.Cancel();
        inbox.CountChanged += Wake;
        try
        {
            await client.IdleAsync(done.Token, cancellationToken);
        }
        finally
        {
            inbox.CountChanged -= Wake;
        }
    }

    public async Task CloseAsync()
    {
        _isFirstPass = true;
        _inbox = null;
        if (_client is not { } client)
        {
            return;
        }

        _client = null;
        using (client)
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2));
            try
            {
                await client.DisconnectAsync(quit: client.IsConnected, limit.Token);
            }
            catch (Exception failure) when (failure is IOException or ProtocolException or CommandException or OperationCanceledException)
            {
                // The server is gone.
            }
        }
    }

    public async ValueTask DisposeAsync() => await CloseAsync();

    private async Task<IMailFolder> OpenAsync(CancellationToken cancellationToken)
    {
        if (_client is not { IsConnected: true, IsAuthenticated: true })
        {
            await CloseAsync();
            _client = await new ConnexionImap(imap, proofAsync, forget) { Patience = options.Value.PatienceImap }.SignInAsync(cancellationToken);
        }

        if (_inbox is null)
        {
            _inbox = await ConnexionImap.FindAsync(_client, imap.Dossier, cancellationToken)
                ?? throw new BoiteEnPanneException($"Le dossier « {imap.Dossier} » n’existe pas dans cette boîte");
        }
        else
        {
            // Opened again each time: a session that stays never hears that the folder was rebuilt, and sees no new message in it.
            await _inbox.CloseAsync(expunge: false, cancellationToken);
        }

        await _inbox.OpenAsync(FolderAccess.ReadWrite, cancellationToken);
        return _inbox;
    }

    private async Task CollectAsync(IMailFolder inbox, UniqueId[] uids, CancellationToken cancellationToken)
    {
        var known = await KnownAsync(uids, cancellationToken);
        foreach (var uid in uids.Where(u => known.ContainsKey(u.Id)))
        {
            (known[uid.Id] ? _unreadable : _received).Add(uid);
            _failures.Remove(uid);
        }

        var summaries = await inbox.FetchAsync(
            uids.Where(u => !known.ContainsKey(u.Id)).ToList(), MessageSummaryItems.UniqueId | MessageSummaryItems.InternalDate | MessageSummaryItems.Size,
            cancellationToken);
        foreach (var gone in uids.Except(summaries.Select(s => s.UniqueId)))
        {
            _failures.Remove(gone); // moved away by an agent meanwhile
        }

        await ReceiveAllAsync(inbox, [.. summaries.OrderBy(s => _failures.GetValueOrDefault(s.UniqueId)).ThenBy(s => s.UniqueId.Id)], cancellationToken);
        var reached = uids.Max(u => u.Id);
        await AdvanceAsync(_failures.Count == 0 ? reached : Math.Min(reached, _failures.Keys.Min(u => u.Id) - 1), cancellationToken);
    }

    /// <summary>One after the other: while one gets its fate, the next is brought and opened.</summary>
    private async Task ReceiveAllAsync(IMailFolder inbox, IReadOnlyList<IMessageSummary> summaries, CancellationToken cancellationToken)
    {
        Task<Ouvert>? next = null;
        try
        {
            foreach (var (rank, summary) in summaries.Index())
            {
                var opening = next ?? OpenAsync(inbox, summary, cancellationToken);
                next = null;
                await TryReceiveAsync(summary, opening, () => next = rank + 1 < summaries.Count ? OpenAsync(inbox, summaries[rank + 1], cancellationToken) : null, cancellationToken);
            }
        }
        finally
        {
            if (next is not null)
            {
                await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // it uses the connection
                if (next.IsCompletedSuccessfully)
                {
                    (await next).Dispose();
                }
            }
        }
    }

    /// <param name="opened">Told when the connection is free again.</param>
    private async Task TryReceiveAsync(IMessageSummary summary, Task<Ouvert> opening, Action opened, CancellationToken cancellationToken)
    {
        var isOpen = false;
        try
        {
            using var ouvert = await opening;
            isOpen = true;
            opened();
            var outcome = await DecideAsync(ouvert, cancellationToken);
            Decided++;
            (outcome == ReceiveMessage.Outcome.SetAsideUnreadable ? _unreadable : _received).Add(summary.UniqueId);
            _failures.Remove(summary.UniqueId);
        }
        catch (MessageNotFoundException)
        {
            _failures.Remove(summary.UniqueId);
        }
#pragma warning disable CA1031 // One message never stops a mailbox: it is tried again after the others, then set aside unopened.
        catch (Exception failure) when (failure is not OperationCanceledException && !Panne.IsCauseOf(failure))
#pragma warning restore CA1031
        {
            // A disk that does not answer is nobody's fault; a server that hangs up at the same message again and again is that message's.
            var isCut = !isOpen && _client is not { IsConnected: true };
            if (isCut || failure is not IOException)
            {
                _failures[summary.UniqueId] = _failures.GetValueOrDefault(summary.UniqueId) + 1;
                LogCannotReceive(failure, boiteCode, _failures[summary.UniqueId]);
            }

            if (isCut || failure is IOException)
            {
                throw;
            }
        }
    }

    /// <summary>A message brought here and opened; null in it when it has had its fate before.</summary>
    private sealed record Ouvert(FileStream Copy, ReceiveMessage.Ouvert? Message) : IDisposable
    {
        public void Dispose()
        {
            Message?.Dispose();
            Copy.Dispose();
        }
    }

    private async Task<Ouvert> OpenAsync(IMailFolder inbox, IMessageSummary summary, CancellationToken cancellationToken)
    {
        var attempts = _failures.GetValueOrDefault(summary.UniqueId); // before the first wait: the others' are written meanwhile
        var copy = Spool.NewFile(Path.GetTempPath());
        try
        {
            var size = await DownloadAsync(inbox, summary, copy, isGivenUp: attempts > MaxAttempts, cancellationToken);
            await using var scope = scopes.CreateAsyncScope();
            var message = await scope.ServiceProvider.GetRequiredService<ReceiveMessage>().OpenAsync(
                new ReceiveMessage.Arrivee(boiteCode, copy, size, summary.InternalDate, _validity, summary.UniqueId.Id), unreadable: attempts >= MaxAttempts, cancellationToken);
            return new Ouvert(copy, message);
        }
        catch
        {
            await copy.DisposeAsync();
            throw;
        }
    }

    private async Task<ReceiveMessage.Outcome> DecideAsync(Ouvert ouvert, CancellationToken cancellationToken)
    {
        if (ouvert.Message is null)
        {
            return ReceiveMessage.Outcome.AlreadyReceived;
        }

        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<ReceiveMessage>().DecideAsync(ouvert.Message, cancellationToken);
    }

    /// <returns>Bytes of the whole message.</returns>
    private async Task<long> DownloadAsync(IMailFolder inbox, IMessageSummary summary, FileStream copy, bool isGivenUp, CancellationToken cancellationToken)
    {
        long size = summary.Size ?? 0;
        if (isGivenUp)
        {
            var note = $"Le serveur n’a pas pu donner ce message : il est resté dans la boîte (UIDVALIDITY {inbox.UidValidity}, UID {summary.UniqueId.Id}).\n";
            await copy.WriteAsync(Encoding.UTF8.GetBytes(note), cancellationToken);
            return size;
        }

        // By pieces: the library holds what it fetches in memory.
        var isKept = size <= options.Value.TailleConservee;
        int read;
        do
        {
            await using var chunk = await inbox.GetStreamAsync(
                summary.UniqueId, isKept ? string.Empty : "HEADER", (int)copy.Length, ChunkSize, cancellationToken);
            read = (int)chunk.Length;
            await chunk.CopyToAsync(copy, cancellationToken);
            await copy.FlushAsync(cancellationToken);
        }
        while (isKept && read == ChunkSize);
        return isKept ? copy.Length : size; // RFC822.SIZE is an estimate on some servers
    }

    private bool CanMove() => ConnexionImap.CanMove(_client!);

    /// <summary>Moves what has its fate. What cannot be moved stays, is recognised, and does not keep the next messages from being received.</summary>
    /// <returns>What the server refuses, in French; null when all is well.</returns>
    private async Task<string?> MoveAsync(IMailFolder inbox, CancellationToken cancellationToken)
    {
        if (!CanMove())
        {
            return null;
        }

        return await MoveAsync(inbox, _received, imap.DossierTraites, cancellationToken)
            ?? await MoveAsync(inbox, _unreadable, imap.DossierAnomalies, cancellationToken);
    }

    private async Task<string?> MoveAsync(IMailFolder inbox, HashSet<UniqueId> uids, string name, CancellationToken cancellationToken)
    {
        if (uids.Count == 0)
        {
            return null;
        }

        try
        {
            var folder = await FindSubfolderAsync(name, cancellationToken);
            foreach (var batch in uids.OrderBy(u => u.Id).ToList().Chunk(BatchSize))
            {
                await inbox.MoveToAsync(batch, folder, cancellationToken);
                uids.ExceptWith(batch);
            }

            return null;
        }
        catch (Exception refusal) when (refusal is CommandException or FolderNotFoundException)
        {
            LogCannotMove(refusal, boiteCode, uids.Count);
            return $"Le serveur refuse de ranger les messages dans le dossier « {name} » : ils sont enregistrés, et restent dans la boîte";
        }
    }

    private async Task<IMailFolder> FindSubfolderAsync(string name, CancellationToken cancellationToken) =>
        await ConnexionImap.FindSubfolderAsync(_client!, name, cancellationToken)
            ?? await _client!.GetFolder(_client.PersonalNamespaces[0]).CreateAsync(name, isMessageFolder: true, cancellationToken)
            ?? throw new FolderNotFoundException(name);

    /// <summary>Every identifier below the announced next one has been looked for: what is neither here nor in the register has gone.</summary>
    private async Task NoteAsync(UniqueId? uidNext, CancellationToken cancellationToken)
    {
        if (uidNext is not { } next)
        {
            return; // some servers announce none: their days cannot be accounted for
        }

        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<KeepJournees>().NoteAsync(
            boiteCode, _validity, next.Id, [.. _failures.Keys.Select(u => u.Id)], cancellationToken);
    }

    /// <returns>Identifiers of messages that have their fate, and whether it is that of the unreadable.</returns>
    private async Task<Dictionary<uint, bool>> KnownAsync(UniqueId[] uids, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var ids = uids.Select(u => (long?)u.Id).ToList();
        return await scope.ServiceProvider.GetRequiredService<IngestionDbContext>().MessagesRecus
            .Where(m => m.BoiteCode == boiteCode && m.UidValidity == _validity && ids.Contains(m.Uid))
            .ToDictionaryAsync(m => (uint)m.Uid!.Value, m => Classification.IsUnreadable(m.Motif), cancellationToken);
    }

    /// <returns>Null when the folder has new identifiers: everything in it is looked at again, and recognised by its content.</returns>
    private async Task<long?> CursorAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var cursor = await scope.ServiceProvider.GetRequiredService<IngestionDbContext>().Boites
            .Where(b => b.Code == boiteCode)
            .Select(b => new { b.UidValidity, b.DernierUid })
            .SingleAsync(cancellationToken);
        return cursor.UidValidity == _validity ? cursor.DernierUid : null;
    }

    private async Task AdvanceAsync(long uid, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<IngestionDbContext>().Database.ExecuteSqlAsync(
            $"""
            UPDATE ingestion.boites
            SET dernier_uid = CASE WHEN uid_validity = {_validity} THEN greatest(dernier_uid, {uid}) ELSE {uid} END, uid_validity = {_validity}
            WHERE code = {boiteCode}
            """,
            cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A message of mailbox {Boite} could not be received, attempt {Attempt}")]
    private partial void LogCannotReceive(Exception failure, string boite, int attempt);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} messages of mailbox {Boite} have their fate and cannot be moved")]
    private partial void LogCannotMove(Exception failure, string boite, int count);
}

/// <summary>What keeps a mailbox from being collected.</summary>
/// <param name="panne">For the mailbox page, in French.</param>
public sealed class BoiteEnPanneException(string panne, Exception? cause = null) : Exception(panne, cause);
