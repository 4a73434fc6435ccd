using System.Security.Cryptography;
using MailKit;
using MailKit.Net.Imap;
using MailKit.Search;
using MailKit.Security;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using SuiviCourrier.Ingestion.Data;

namespace SuiviCourrier.Ingestion.BoitesFonctionnelles;

/// <summary>
/// Collects one IMAP inbox by the identifiers of its messages, never by \Seen: agents open the mailbox too. Commit first, move afterwards, in
/// batches; what was committed and not moved is recognised and moved the next time. IDLE is a hint, the poll decides.
/// </summary>
public sealed partial class ImapMailbox(
    string boiteCode, ImapOptions imap, string? password, IServiceScopeFactory scopes, IOptions<ReleveOptions> options, ILogger<ImapMailbox> logger)
    : IAsyncDisposable
{
    private const int BatchSize = 50;
    private const int ChunkSize = 1 << 20;
    private const int MaxAttempts = 3;
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);
    private readonly Dictionary<UniqueId, int> _failures = [];
    private ImapClient? _client;
    private bool _isFirstPass = true;

    /// <summary>Reads everything that has arrived. An exception means that the mailbox cannot be read now.</summary>
    public async Task CollectAsync(CancellationToken cancellationToken)
    {
        var inbox = await OpenAsync(cancellationToken);
        long validity = inbox.UidValidity;
        var last = await CursorAsync(validity, cancellationToken);

        // Everything at the first look, to move what a crash has left behind; then what is new.
        var from = _isFirstPass || !CanMove() ? last : null;
        var uids = _isFirstPass && CanMove()
            ? await inbox.SearchAsync(SearchQuery.All, cancellationToken)
            : await inbox.SearchAsync(SearchQuery.Uids(new UniqueIdRange(new UniqueId((uint)((from ?? last ?? 0) + 1)), UniqueId.MaxValue)), cancellationToken);

        // "n:*" also names the last message when all are older (RFC 3501 §6.4.8).
        var wanted = uids.Where(u => (_isFirstPass && CanMove()) || u.Id > (last ?? 0)).Concat(_failures.Keys).Distinct().OrderBy(u => u.Id).ToList();
        foreach (var batch in wanted.Chunk(BatchSize))
        {
            await CollectAsync(inbox, validity, batch, cancellationToken);
        }

        _isFirstPass = false;
    }

    /// <summary>Waits for the server to announce something, or for the next poll.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        if (_client is not { IsConnected: true } client || !client.Capabilities.HasFlag(ImapCapabilities.Idle))
        {
            await Task.Delay(TimeSpan.FromTicks(Math.Min(options.Value.PollImap.Ticks, TimeSpan.FromSeconds(10).Ticks)), cancellationToken);
            return;
        }

        using var done = new CancellationTokenSource(options.Value.PollImap);
        void Wake(object? sender, EventArgs e) => done.Cancel();
        client.Inbox!.CountChanged += Wake;
        try
        {
            await client.IdleAsync(done.Token, cancellationToken);
        }
        finally
        {
            client.Inbox.CountChanged -= Wake;
        }
    }

    public async Task CloseAsync()
    {
        _isFirstPass = true;
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
            var client = new ImapClient { CheckCertificateRevocation = imap.VerifierRevocation, Timeout = (int)s_patience.TotalMilliseconds };
            _client = client;
            if (imap.EmpreinteCertificat is { Length: > 0 } pinned)
            {
                client.ServerCertificateValidationCallback = (_, certificate, _, _) =>
                    certificate?.GetCertHashString(HashAlgorithmName.SHA256).Equals(pinned.Replace(":", string.Empty, StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase) is true;
            }

            await client.ConnectAsync(imap.Hote, imap.Port, imap.Securite switch
            {
                SecuriteImap.StartTls => SecureSocketOptions.StartTls,
                SecuriteImap.Tls => SecureSocketOptions.SslOnConnect,
                SecuriteImap.Aucune => SecureSocketOptions.None,
            }, cancellationToken);
            await client.AuthenticateAsync(imap.Utilisateur, password ?? string.Empty, cancellationToken);
        }

        var inbox = _client!.Inbox!;
        if (!inbox.IsOpen)
        {
            await inbox.OpenAsync(FolderAccess.ReadWrite, cancellationToken);
        }
        else
        {
            await inbox.CheckAsync(cancellationToken);
        }

        return inbox;
    }

    private async Task CollectAsync(IMailFolder inbox, long validity, UniqueId[] uids, CancellationToken cancellationToken)
    {
        var done = new List<UniqueId>();
        var unreadable = new List<UniqueId>();
        var known = await KnownAsync(validity, uids, cancellationToken);
        done.AddRange(uids.Where(u => known.Contains(u.Id)));
        var summaries = await inbox.FetchAsync(
            uids.Where(u => !known.Contains(u.Id)).ToList(), MessageSummaryItems.UniqueId | MessageSummaryItems.InternalDate | MessageSummaryItems.Size, cancellationToken);
        foreach (var summary in summaries.OrderBy(s => s.UniqueId.Id))
        {
            try
            {
                var outcome = await ReceiveAsync(inbox, validity, summary, cancellationToken);
                (outcome == ReceiveMessage.Outcome.SetAsideUnreadable ? unreadable : done).Add(summary.UniqueId);
                _failures.Remove(summary.UniqueId);
            }
            catch (MessageNotFoundException)
            {
                _failures.Remove(summary.UniqueId); // moved away by an agent meanwhile
            }
#pragma warning disable CA1031 // One message never stops a mailbox: it is tried again, then set aside unopened.
            catch (Exception failure) when (_client is { IsConnected: true } && failure is not OperationCanceledException && !DropFolder.IsOutage(failure)
                && failure is not (ProtocolException or IOException or ServiceNotConnectedException))
#pragma warning restore CA1031
            {
                _failures[summary.UniqueId] = _failures.GetValueOrDefault(summary.UniqueId) + 1;
                LogCannotReceive(failure, boiteCode, _failures[summary.UniqueId]);
            }
        }

        await AdvanceAsync(validity, uids[^1].Id, cancellationToken);
        foreach (var gone in _failures.Keys.Where(k => uids.Contains(k) && !summaries.Any(s => s.UniqueId == k)).ToList())
        {
            _failures.Remove(gone);
        }

        await MoveAsync(inbox, done, imap.DossierTraites, cancellationToken);
        await MoveAsync(inbox, unreadable, imap.DossierAnomalies, cancellationToken);
    }

    private async Task<ReceiveMessage.Outcome> ReceiveAsync(IMailFolder inbox, long validity, IMessageSummary summary, CancellationToken cancellationToken)
    {
        await using var copy = Spool.NewFile(Path.GetTempPath());
        long size = summary.Size ?? 0;
        if (size > options.Value.TailleConservee)
        {
            await using var headers = await inbox.GetStreamAsync(summary.UniqueId, "HEADER", cancellationToken);
            await headers.CopyToAsync(copy, cancellationToken);
        }
        else
        {
            // By pieces: the library holds what it fetches in memory.
            int read;
            do
            {
                await using var chunk = await inbox.GetStreamAsync(summary.UniqueId, string.Empty, (int)copy.Length, ChunkSize, cancellationToken);
                var before = copy.Length;
                await chunk.CopyToAsync(copy, cancellationToken);
                await copy.FlushAsync(cancellationToken);
                read = (int)(copy.Length - before);
            }
            while (read == ChunkSize);
            size = copy.Length; // RFC822.SIZE is an estimate on some servers
        }

        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<ReceiveMessage>().ExecuteAsync(
            new ReceiveMessage.Arrivee(boiteCode, copy, size, summary.InternalDate, validity, summary.UniqueId.Id),
            cancellationToken,
            unreadable: _failures.GetValueOrDefault(summary.UniqueId) >= MaxAttempts);
    }

    /// <summary>With neither MOVE nor UIDPLUS nothing is moved: an EXPUNGE would take what agents have marked as deleted.</summary>
    private bool CanMove() => _client!.Capabilities.HasFlag(ImapCapabilities.Move) || _client.Capabilities.HasFlag(ImapCapabilities.UidPlus);

    private async Task MoveAsync(IMailFolder inbox, List<UniqueId> uids, string name, CancellationToken cancellationToken)
    {
        if (uids.Count == 0 || !CanMove())
        {
            return;
        }

        var personal = _client!.GetFolder(_client.PersonalNamespaces[0]);
        var folder = (await personal.GetSubfoldersAsync(subscribedOnly: false, cancellationToken)).FirstOrDefault(f => f.Name == name)
            ?? await personal.CreateAsync(name, isMessageFolder: true, cancellationToken);
        await inbox.MoveToAsync(uids, folder!, cancellationToken);
    }

    private async Task<HashSet<uint>> KnownAsync(long validity, UniqueId[] uids, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var ids = uids.Select(u => (long?)u.Id).ToList();
        var known = await scope.ServiceProvider.GetRequiredService<IngestionDbContext>().MessagesRecus
            .Where(m => m.BoiteCode == boiteCode && m.UidValidity == validity && ids.Contains(m.Uid))
            .Select(m => m.Uid)
            .ToListAsync(cancellationToken);
        return [.. known.Select(u => (uint)u!.Value)];
    }

    /// <returns>Null when the folder has new identifiers: everything in it is looked at again, and recognised by its content.</returns>
    private async Task<long?> CursorAsync(long validity, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var cursor = await scope.ServiceProvider.GetRequiredService<IngestionDbContext>().Boites
            .Where(b => b.Code == boiteCode)
            .Select(b => new { b.UidValidity, b.DernierUid })
            .SingleAsync(cancellationToken);
        return cursor.UidValidity == validity ? cursor.DernierUid : null;
    }

    private async Task AdvanceAsync(long validity, uint uid, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<IngestionDbContext>().Database.ExecuteSqlAsync(
            $"""
            UPDATE ingestion.boites
            SET dernier_uid = CASE WHEN uid_validity = {validity} THEN greatest(dernier_uid, {(long)uid}) ELSE {(long)uid} END, uid_validity = {validity}
            WHERE code = {boiteCode}
            """,
            cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A message of mailbox {Boite} could not be received, attempt {Attempt}")]
    private partial void LogCannotReceive(Exception failure, string boite, int attempt);
}
