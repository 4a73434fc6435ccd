using Microsoft.EntityFrameworkCore;
using SuiviCourrier.ServiceDefaults.Courriels;
using SuiviCourrier.ServiceDefaults.Fichiers;
using SuiviCourrier.ServiceDefaults.Idempotence;
using SuiviCourrier.ServiceDefaults.Messages;

namespace SuiviCourrier.ServiceDefaults.Data;

/// <summary>The plumbing's own schema: outbox, inbox, failures, outgoing mail, references of files, answers to repeated requests.</summary>
public sealed class MessagerieDbContext(DbContextOptions<MessagerieDbContext> options) : DbContext(options)
{
    public const string SchemaName = "messagerie";
    public const string Role = "courrier_messagerie";

    public DbSet<OutboxMessage> Outbox => Set<OutboxMessage>();
    public DbSet<InboxEntry> Inbox => Set<InboxEntry>();
    public DbSet<Livraison> Livraisons => Set<Livraison>();
    public DbSet<Echec> Echecs => Set<Echec>();
    public DbSet<CourrielSortant> CourrielsSortants => Set<CourrielSortant>();
    public DbSet<CleCourriel> ClesCourriel => Set<CleCourriel>();
    public DbSet<Fichier> Fichiers => Set<Fichier>();
    public DbSet<CleIdempotence> ClesIdempotence => Set<CleIdempotence>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.HasDefaultSchema(SchemaName);
        modelBuilder.ApplyConfiguration(new OutboxMessageMapping(isOwner: true));
        modelBuilder.ApplyConfiguration(new InboxEntryMapping(isOwner: true));
        modelBuilder.ApplyConfiguration(new LivraisonMapping());
        modelBuilder.ApplyConfiguration(new EchecMapping());
        modelBuilder.ApplyConfiguration(new CourrielSortantMapping(isOwner: true));
        modelBuilder.ApplyConfiguration(new CleCourrielMapping());
        modelBuilder.ApplyConfiguration(new FichierMapping(isOwner: true));
        modelBuilder.ApplyConfiguration(new CleIdempotenceMapping(isOwner: true));
    }
}
