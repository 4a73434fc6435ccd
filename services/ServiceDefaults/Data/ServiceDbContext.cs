using Microsoft.EntityFrameworkCore;
using SuiviCourrier.ServiceDefaults.Audit;
using SuiviCourrier.ServiceDefaults.Courriels;
using SuiviCourrier.ServiceDefaults.Fichiers;
using SuiviCourrier.ServiceDefaults.Idempotence;
using SuiviCourrier.ServiceDefaults.Messages;

namespace SuiviCourrier.ServiceDefaults.Data;

/// <summary>
/// The context of one service: its own schema, and the plumbing's tables it may write inside its own transaction. State,
/// audit line, outgoing facts and outgoing mail are added to one context and commit together or not at all.
/// </summary>
public abstract class ServiceDbContext : DbContext
{
    private readonly OutboxSignal _signal;
    private bool _unannounced;

    protected ServiceDbContext(DbContextOptions options, OutboxSignal signal)
        : base(options)
    {
        _signal = signal;

        // Two round trips less in every transaction that saves, some of them under the lock of the counter: whoever is refused gives up the whole.
        Database.AutoSavepointsEnabled = false;
        Outbox = new Outbox(this);
        Journal = new Journal(this);
        Courriels = new CourrielsSortants(this);
        ClesIdempotence = new ClesIdempotence(this);
    }

    /// <summary>Schema this context owns.</summary>
    public abstract string Schema { get; }

    /// <summary>Facts leave only through here.</summary>
    public Outbox Outbox { get; }

    /// <summary>The audit of this service: append only.</summary>
    public Journal Journal { get; }

    /// <summary>Mail leaves only through here.</summary>
    public CourrielsSortants Courriels { get; }

    /// <summary>Requests of programs that have had their effect, and the answers they got.</summary>
    public ClesIdempotence ClesIdempotence { get; }

    public override async Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default)
    {
        var written = await base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
        if (Database.CurrentTransaction is null)
        {
            Announce();
        }

        return written;
    }

    /// <summary>Saves, unless somebody else has changed one of the rows meanwhile (xmin).</summary>
    /// <returns>False when nothing was saved because the row had changed.</returns>
    public async Task<bool> TrySaveChangesAsync(CancellationToken cancellationToken)
    {
        try
        {
            await SaveChangesAsync(cancellationToken);
            return true;
        }
        catch (DbUpdateConcurrencyException)
        {
            return false;
        }
    }

    /// <summary>Something to relay is written in this unit of work.</summary>
    internal void AnnounceAtCommit() => _unannounced = true;

    /// <summary>Wakes the relay up after a commit; a lost wake-up costs one poll, never a message.</summary>
    internal void Announce()
    {
        if (_unannounced)
        {
            _unannounced = false;
            _signal.Set();
        }
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.HasDefaultSchema(Schema);
        modelBuilder.ApplyConfiguration(new OutboxMessageMapping(isOwner: false));
        modelBuilder.ApplyConfiguration(new InboxEntryMapping(isOwner: false));
        modelBuilder.ApplyConfiguration(new CourrielSortantMapping(isOwner: false));
        modelBuilder.ApplyConfiguration(new FichierMapping(isOwner: false));
        modelBuilder.ApplyConfiguration(new CleIdempotenceMapping(isOwner: false));
        modelBuilder.ApplyConfiguration(new AuditLineMapping());
    }
}
