using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SuiviCourrier.ServiceDefaults.Data;
using SuiviCourrier.ServiceDefaults.Fichiers;

namespace SuiviCourrier.ServiceDefaults.Courriels;

/// <summary>
/// The states of outgoing messages: claim, send, confirm. Every change names the attempt it belongs to, so that a sender that
/// was frozen and lost its lease changes nothing of its successor's.
/// </summary>
public sealed class CourrielQueue(MessagerieDbContext db, IFileStore store, IOptions<CourrielOptions> options, TimeProvider clock)
{
    /// <summary>Takes the message that has waited longest, and commits that it is taken before anything leaves.</summary>
    public async Task<CourrielSortant?> ClaimAsync(CancellationToken cancellationToken)
    {
        var claimed = await db.CourrielsSortants
            .FromSql(
                $"""
                UPDATE messagerie.courriels_sortants
                SET etat = 'EnCours', attempts = attempts + 1, leased_until = clock_timestamp() + {options.Value.Bail}, data_started = false
                WHERE id = (
                    SELECT id FROM messagerie.courriels_sortants
                    WHERE etat IN ('AEnvoyer', 'Differe') AND not_before <= greatest(now(), {clock.GetUtcNow()})
                    ORDER BY not_before, id LIMIT 1 FOR UPDATE SKIP LOCKED)
                RETURNING *
                """)
            .AsNoTracking()
            .ToListAsync(cancellationToken);
        return claimed.SingleOrDefault();
    }

    /// <summary>How long until the next message is due, when nothing is due now; null when nothing waits at all.</summary>
    public async Task<TimeSpan?> NextDueInAsync(CancellationToken cancellationToken) =>
        (await db.Database
            .SqlQuery<TimeSpan?>(
                $"""
                SELECT min(not_before) - greatest(now(), {clock.GetUtcNow()}) AS "Value" FROM messagerie.courriels_sortants WHERE etat IN ('AEnvoyer', 'Differe')
                """)
            .ToListAsync(cancellationToken)).Single();

    /// <summary>
    /// What a dead sender left: sent or not, nobody knows, once its content had started to leave; otherwise it is sent again.
    /// </summary>
    /// <returns>How many messages were taken back.</returns>
    public Task<int> RecoverAsync(CancellationToken cancellationToken) =>
        db.Database.ExecuteSqlAsync(
            $"""
            UPDATE messagerie.courriels_sortants
            SET etat = CASE WHEN data_started THEN 'Incertain' ELSE 'AEnvoyer' END, leased_until = null,
                detail = CASE WHEN data_started THEN 'Le programme s’est arrêté pendant l’envoi' ELSE detail END
            WHERE etat = 'EnCours' AND leased_until < clock_timestamp()
            """,
            cancellationToken);

    /// <summary>Names what is about to be sent, and its exact bytes as evidence.</summary>
    public async Task PreparedAsync(CourrielSortant courriel, Fichier preuve, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.ReferenceAsync(store, [preuve], cancellationToken);
        await Mine(courriel).ExecuteUpdateAsync(
            set => set
                .SetProperty(c => c.MessageId, courriel.MessageId)
                .SetProperty(c => c.FichierSha256, preuve.Sha256)
                .SetProperty(c => c.DestinataireSha256, courriel.DestinataireSha256),
            cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Shows that the sender is alive.</summary>
    public Task RenewAsync(CourrielSortant courriel, CancellationToken cancellationToken) =>
        db.Database.ExecuteSqlAsync(
            $"""
            UPDATE messagerie.courriels_sortants SET leased_until = clock_timestamp() + {options.Value.Bail}
            WHERE id = {courriel.Id} AND attempts = {courriel.Attempts} AND etat = 'EnCours'
            """,
            cancellationToken);

    /// <summary>
    /// Committed before the content leaves. Called from inside the SMTP conversation, which is not asynchronous at that point.
    /// </summary>
    /// <returns>False when the lease was lost: nothing may leave.</returns>
    public bool StartData(CourrielSortant courriel) =>
        db.Database.ExecuteSql(
            $"""
            UPDATE messagerie.courriels_sortants SET data_started = true, leased_until = clock_timestamp() + {options.Value.Bail}
            WHERE id = {courriel.Id} AND attempts = {courriel.Attempts} AND etat = 'EnCours' AND leased_until > clock_timestamp()
            """) == 1;

    /// <summary>The end of an attempt. Also resolves a message declared uncertain meanwhile, when its sender comes back knowing.</summary>
    public async Task FinishAsync(CourrielSortant courriel, Envoi envoi, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var isGivenUp = now - (courriel.RenvoyeAt ?? courriel.CreatedAt) > options.Value.Abandon;
        var etat = envoi.Resultat switch
        {
            ResultatEnvoi.Accepte => EtatCourriel.Accepte,
            ResultatEnvoi.Incertain => EtatCourriel.Incertain,
            ResultatEnvoi.Refuse => EtatCourriel.Refuse,
            ResultatEnvoi.Differe => isGivenUp ? EtatCourriel.Refuse : EtatCourriel.Differe,
        };
        var detail = Clean(isGivenUp && envoi.Resultat == ResultatEnvoi.Differe
            ? $"Abandonné après {options.Value.Abandon.TotalDays:0} jours d’essais. {envoi.Detail}"
            : envoi.Detail);
        DateTimeOffset? accepteAt = etat == EtatCourriel.Accepte ? now : null;
        var retryAt = now + DelayAfter(courriel.Attempts);
        await Mine(courriel).ExecuteUpdateAsync(
            set => set
                .SetProperty(c => c.Etat, etat)
                .SetProperty(c => c.Detail, detail)
                .SetProperty(c => c.AccepteAt, accepteAt)
                .SetProperty(c => c.NotBefore, c => etat == EtatCourriel.Differe ? retryAt : c.NotBefore)
                .SetProperty(c => c.DataStarted, c => etat == EtatCourriel.Differe ? false : c.DataStarted)
                .SetProperty(c => c.LeasedUntil, (DateTimeOffset?)null),
            cancellationToken);
    }

    /// <summary>Nothing left to send.</summary>
    public Task RemoveAsync(CourrielSortant courriel, CancellationToken cancellationToken) =>
        Mine(courriel).ExecuteUpdateAsync(
            set => set
                .SetProperty(c => c.Etat, EtatCourriel.Supprime)
                .SetProperty(c => c.LeasedUntil, (DateTimeOffset?)null),
            cancellationToken);

    /// <summary>Puts a message off: nothing has failed, it is not its time, and the attempt does not count among those that make the next wait longer.</summary>
    public Task PutOffAsync(CourrielSortant courriel, DateTimeOffset until, string detail, CancellationToken cancellationToken) =>
        Mine(courriel).ExecuteUpdateAsync(
            set => set
                .SetProperty(c => c.Etat, EtatCourriel.AEnvoyer)
                .SetProperty(c => c.Attempts, c => c.Attempts - 1)
                .SetProperty(c => c.NotBefore, until)
                .SetProperty(c => c.Detail, detail)
                .SetProperty(c => c.LeasedUntil, (DateTimeOffset?)null),
            cancellationToken);

    /// <returns>True when this address has already received as much as any address may.</returns>
    public async Task<bool> HasReceivedEnoughAsync(string destinataireSha256, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var sent = db.CourrielsSortants.Where(c => c.DestinataireSha256 == destinataireSha256 && c.AccepteAt != null);
        return await sent.CountAsync(c => c.AccepteAt > now.AddHours(-1), cancellationToken) >= options.Value.MaxParHeure
            || await sent.CountAsync(c => c.AccepteAt > now.AddDays(-1), cancellationToken) >= options.Value.MaxParJour;
    }

    /// <summary>Messages whose final state their owner has not taken note of.</summary>
    public Task<List<CourrielSortant>> ToSettleAsync(CancellationToken cancellationToken) =>
        db.CourrielsSortants
            .FromSql(
                $"""
                SELECT * FROM messagerie.courriels_sortants WHERE settled_at IS NULL AND etat NOT IN ('AEnvoyer', 'Differe', 'EnCours')
                ORDER BY id LIMIT 100
                """)
            .AsNoTracking()
            .ToListAsync(cancellationToken);

    /// <summary>The owner knows; unless the state has changed since it was told.</summary>
    public Task SettledAsync(CourrielSortant courriel, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        return db.CourrielsSortants
            .Where(c => c.Id == courriel.Id && c.Etat == courriel.Etat)
            .ExecuteUpdateAsync(set => set.SetProperty(c => c.SettledAt, now), cancellationToken);
    }

    public static string HashOf(string address) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(address.Trim().ToLowerInvariant())));

    private IQueryable<CourrielSortant> Mine(CourrielSortant courriel) =>
        db.CourrielsSortants.Where(c =>
            c.Id == courriel.Id && c.Attempts == courriel.Attempts && (c.Etat == EtatCourriel.EnCours || c.Etat == EtatCourriel.Incertain));

    private TimeSpan DelayAfter(int attempts) => options.Value.DelaiApres(attempts);

    /// <summary>Replies of servers are foreign text: one line, no control characters, of reasonable length.</summary>
    private static string Clean(string text)
    {
        var clean = new string([.. text.Select(c => char.IsControl(c) || char.IsSurrogate(c) ? ' ' : c)]);
        return clean.Length > 500 ? clean[..500] : clean;
    }
}
