using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SuiviCourrier.ServiceDefaults.Data;

namespace SuiviCourrier.ServiceDefaults.Courriels;

/// <summary>Where a message to send stands. SMTP cannot promise exactly once: what nobody can know is said (<see cref="Incertain"/>).</summary>
public enum EtatCourriel
{
    AEnvoyer,

    /// <summary>Claimed by a sender; still in this state after its lease: the sender died.</summary>
    EnCours,
    Accepte,

    /// <summary>Nothing was accepted (4xx, no answer, cut before the final dot): sent again by itself at <see cref="CourrielSortant.NotBefore"/>.</summary>
    Differe,

    /// <summary>Refused for good (5xx).</summary>
    Refuse,

    /// <summary>The connection died after the final dot and before the reply. Never sent again without a person.</summary>
    Incertain,

    /// <summary>Not to be sent any more: its courrier was closed before it was claimed.</summary>
    Supprime,
}

/// <summary>A message to send, inserted in the transaction of what it tells. Sending is claim, send, confirm.</summary>
public sealed class CourrielSortant
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>What makes it unique: <c>accuse:{courrier}:Enregistrement</c>, <c>reponse:{id}</c>, <c>relances:{person}:{day}</c>.</summary>
    public required string Cle { get; init; }

    /// <summary>Chooses who composes the message when it is claimed (<see cref="ICourrielComposer.Kind"/>).</summary>
    public required string Kind { get; init; }

    public Guid? CourrierId { get; init; }

    /// <summary>Identifier the composer works from: the acknowledgement, the answer, the person.</summary>
    public required string Reference { get; init; }

    public EtatCourriel Etat { get; set; } = EtatCourriel.AEnvoyer;
    public int Attempts { get; set; }
    public required DateTimeOffset NotBefore { get; set; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When a person asked for it to be sent again; the time after which it is given up counts from there.</summary>
    public DateTimeOffset? RenvoyeAt { get; set; }

    /// <summary>Until when the claiming process owns it.</summary>
    public DateTimeOffset? LeasedUntil { get; set; }

    /// <summary>True once the final dot may have been written: from then on a failure is <see cref="EtatCourriel.Incertain"/>.</summary>
    public bool DataStarted { get; set; }

    public string? MessageId { get; set; }
    public DateTimeOffset? AccepteAt { get; set; }

    /// <summary>Last reply of the server, or why it was not sent.</summary>
    public string? Detail { get; set; }

    /// <summary>SHA-256 of the exact bytes sent, kept in the files as evidence.</summary>
    public string? FichierSha256 { get; set; }

    /// <summary>SHA-256 of the address written to, in lower case: what the limits per recipient count.</summary>
    public string? DestinataireSha256 { get; set; }

    /// <summary>When a person has said that nothing is left to do about one that was refused or is uncertain; null until then.</summary>
    public DateTimeOffset? TraiteAt { get; set; }

    /// <summary>When a server returned it, after one had accepted it; null otherwise.</summary>
    public DateTimeOffset? RevenuAt { get; set; }

    /// <summary>When its owner has taken note of the final state (<see cref="ICourrielComposer.SettledAsync"/>); null until then.</summary>
    public DateTimeOffset? SettledAt { get; set; }
}

/// <summary>Queues outgoing mail inside the caller's transaction.</summary>
public sealed class CourrielsSortants(ServiceDbContext db)
{
    /// <summary>The unique key makes a second message of the same key a refused insert, never a second mail.</summary>
    public void Enqueue(CourrielSortant courriel)
    {
        db.Set<CourrielSortant>().Add(courriel);
        db.AnnounceAtCommit();
    }

    /// <summary>Takes back a message that nobody has claimed yet; one that is being sent leaves.</summary>
    /// <param name="detail">Why, in French.</param>
    /// <returns>False when it is leaving, has left, or was never queued.</returns>
    public async Task<bool> WithdrawAsync(string cle, string detail, DateTimeOffset now, CancellationToken cancellationToken) =>
        await db.Set<CourrielSortant>()
            .Where(c => c.Cle == cle && (c.Etat == EtatCourriel.AEnvoyer || c.Etat == EtatCourriel.Differe))
            .ExecuteUpdateAsync(
                set => set
                    .SetProperty(c => c.Etat, EtatCourriel.Supprime)
                    .SetProperty(c => c.Detail, detail)
                    .SetProperty(c => c.SettledAt, now),
                cancellationToken) == 1;

    /// <summary>As <see cref="Enqueue"/>; a message of the same key that was taken back before it left is the one to send.</summary>
    public async Task EnqueueAgainAsync(CourrielSortant courriel, CancellationToken cancellationToken)
    {
        var again = await db.Set<CourrielSortant>()
            .Where(c => c.Cle == courriel.Cle && c.Etat == EtatCourriel.Supprime)
            .ExecuteUpdateAsync(
                set => set
                    .SetProperty(c => c.Etat, EtatCourriel.AEnvoyer)
                    .SetProperty(c => c.NotBefore, courriel.NotBefore)
                    .SetProperty(c => c.Detail, (string?)null)
                    .SetProperty(c => c.SettledAt, (DateTimeOffset?)null),
                cancellationToken);
        if (again == 0)
        {
            Enqueue(courriel);
        }
    }

    /// <summary>
    /// Sends again, on a person's decision, what was refused or is uncertain. The Message-ID stays the same, so that most servers
    /// and readers recognise a message they already have.
    /// </summary>
    /// <param name="isReturned">Its server had accepted it, and has returned it since: it was not delivered.</param>
    /// <returns>False when it is in none of these states.</returns>
    public async Task<bool> SendAgainAsync(string cle, DateTimeOffset now, CancellationToken cancellationToken, bool isReturned = false) =>
        await db.Set<CourrielSortant>()
            .Where(c => c.Cle == cle
                && (c.Etat == EtatCourriel.Refuse || c.Etat == EtatCourriel.Incertain || (isReturned && c.Etat == EtatCourriel.Accepte)))
            .ExecuteUpdateAsync(
                set => set
                    .SetProperty(c => c.Etat, EtatCourriel.AEnvoyer)
                    .SetProperty(c => c.NotBefore, now)
                    .SetProperty(c => c.RenvoyeAt, now)
                    .SetProperty(c => c.TraiteAt, (DateTimeOffset?)null)
                    .SetProperty(c => c.RevenuAt, (DateTimeOffset?)null)
                    .SetProperty(c => c.DataStarted, false)
                    .SetProperty(c => c.SettledAt, (DateTimeOffset?)null),
                cancellationToken) == 1;

    /// <summary>Sends now what would be sent later.</summary>
    /// <returns>False when it is no longer waiting.</returns>
    public async Task<bool> HurryAsync(string cle, DateTimeOffset now, CancellationToken cancellationToken)
    {
        db.AnnounceAtCommit();
        return await db.Set<CourrielSortant>()
            .Where(c => c.Cle == cle && (c.Etat == EtatCourriel.Differe || c.Etat == EtatCourriel.AEnvoyer))
            .ExecuteUpdateAsync(set => set.SetProperty(c => c.NotBefore, now), cancellationToken) == 1;
    }

    /// <summary>A server has returned it: it was not delivered.</summary>
    public Task ReturnedAsync(string messageId, DateTimeOffset at, CancellationToken cancellationToken) =>
        db.Set<CourrielSortant>()
            .Where(c => c.MessageId == messageId && c.RevenuAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(c => c.RevenuAt, at), cancellationToken);

    /// <summary>A person has seen to it otherwise: it is not shown among what is stuck any more.</summary>
    /// <returns>False when it was neither refused nor uncertain.</returns>
    public async Task<bool> DoneOtherwiseAsync(string cle, DateTimeOffset now, CancellationToken cancellationToken) =>
        await db.Set<CourrielSortant>()
            .Where(c => c.Cle == cle && (c.Etat == EtatCourriel.Refuse || c.Etat == EtatCourriel.Incertain) && c.TraiteAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(c => c.TraiteAt, now), cancellationToken) == 1;

    /// <summary>Queues it at once unless its key is there already: for sweeps that run side by side. Due immediately, by the server's clock.</summary>
    /// <returns>False when a message of this key exists, in whatever state.</returns>
    public async Task<bool> TryEnqueueAsync(string cle, string kind, string reference, Guid? courrierId, CancellationToken cancellationToken) =>
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO messagerie.courriels_sortants (id, cle, kind, courrier_id, reference, etat, attempts, not_before, created_at, data_started)
            VALUES ({Guid.CreateVersion7()}, {cle}, {kind}, {courrierId}, {reference}, 'AEnvoyer', 0, now(), now(), false)
            ON CONFLICT (cle) DO NOTHING
            """,
            cancellationToken) == 1;
}

internal sealed class CourrielSortantMapping(bool isOwner) : IEntityTypeConfiguration<CourrielSortant>
{
    public void Configure(EntityTypeBuilder<CourrielSortant> builder)
    {
        builder.ToTable("courriels_sortants", MessagerieDbContext.SchemaName, t =>
        {
            if (!isOwner)
            {
                t.ExcludeFromMigrations();
            }
        });
        builder.Property(c => c.Etat).HasConversion<string>();
        builder.HasIndex(c => c.Cle).IsUnique();
        builder.HasIndex(c => c.NotBefore).HasFilter("etat in ('AEnvoyer', 'Differe', 'EnCours')");
        builder.HasIndex(c => c.Id).HasFilter("settled_at is null and etat not in ('AEnvoyer', 'Differe', 'EnCours')").HasDatabaseName("ix_courriels_sortants_a_signaler");
        builder.HasIndex(c => c.CreatedAt).HasFilter("etat in ('Refuse', 'Incertain') and traite_at is null").HasDatabaseName("ix_courriels_sortants_bloques");
        builder.HasIndex(c => new { c.DestinataireSha256, c.AccepteAt });
        builder.HasIndex(c => c.MessageId);
        builder.HasIndex(c => c.CourrierId);
    }
}
