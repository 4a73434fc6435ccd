using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Portail.Data;
using SuiviCourrier.Portail.Dossiers;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.ServiceDefaults.Messages;

namespace SuiviCourrier.Portail.Taches;

public enum KindTache
{
    /// <summary>The sender has written again: to be read.</summary>
    EchangeRecu,

    /// <summary>What we sent could not be delivered: another address is needed.</summary>
    AdresseRefusee,

    /// <summary>A due date has passed: for supervisors.</summary>
    EcheanceManquee,

    /// <summary>The accusé d'enregistrement electronically owed has not been accepted within its working day: paper remains.</summary>
    AccuseNonParti,

    /// <summary>The scanner has found something in a file: somebody must be told.</summary>
    PieceInfectee,
}

internal static class LibellesTache
{
    /// <summary>What is to be done.</summary>
    public static string Libelle(this KindTache kind) => kind switch
    {
        KindTache.EchangeRecu => "Lire ce que l’expéditeur a écrit",
        KindTache.AdresseRefusee => "Adresse invalide : envoyer par courrier",
        KindTache.EcheanceManquee => "Échéance passée sans réponse",
        KindTache.AccuseNonParti => "Accusé non parti : l’envoyer par courrier",
        KindTache.PieceInfectee => "Fichier infecté : demander un autre envoi",
    };
}

/// <summary>Something a person has to look at, opened by a fact, counted on the home page.</summary>
public sealed class Tache
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required KindTache Kind { get; init; }

    /// <summary>What opened it: a fact delivered twice opens one task.</summary>
    public required string Cle { get; init; }

    public required Guid CourrierId { get; init; }
    public Guid? EchangeId { get; init; }
    public required DateTimeOffset OpenedAt { get; init; }
    public DateTimeOffset? DoneAt { get; set; }

    /// <summary>Account that did it; null when its cause went away.</summary>
    public Guid? DoneBy { get; set; }
}

internal sealed class TacheMapping : IEntityTypeConfiguration<Tache>
{
    public void Configure(EntityTypeBuilder<Tache> builder)
    {
        builder.ToTable("taches");
        builder.Property(t => t.Kind).HasConversion<string>();
        builder.HasIndex(t => t.Cle).IsUnique();
        builder.HasOne<Dossier>().WithMany().HasForeignKey(t => t.CourrierId).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(t => new { t.Kind, t.CourrierId }).HasFilter("done_at is null").HasDatabaseName("ix_taches_a_faire");
    }
}

/// <summary>Opens a task once.</summary>
public sealed class OpenTaches(PortailDbContext db)
{
    public async Task OpenAsync(
        KindTache kind, string cle, Guid courrierId, DateTimeOffset openedAt, Guid? echangeId, CancellationToken cancellationToken)
    {
        if (!await db.Taches.AnyAsync(t => t.Cle == cle, cancellationToken))
        {
            db.Taches.Add(new Tache { Kind = kind, Cle = cle, CourrierId = courrierId, OpenedAt = openedAt, EchangeId = echangeId });
        }
    }
}

/// <summary>What came for a courrier already registered: the person in charge must see it.</summary>
public sealed class OpenTacheOfEchange(PortailDbContext db, DossierOpener opener, OpenTaches taches) : IHandle<EchangeReceived>
{
    public async Task HandleAsync(EchangeReceived fact, CancellationToken cancellationToken)
    {
        KindTache? kind = fact.Kind switch
        {
            KindEchange.Reponse or KindEchange.Repetition => KindTache.EchangeRecu,
            KindEchange.NonRemis => KindTache.AdresseRefusee,
            KindEchange.ReponseAutomatique => null,
        };
        await opener.OpenAsync(fact.CourrierId, cancellationToken);
        if (fact.ReponseId is { } reponseId)
        {
            await db.Reponses.Where(r => r.Id == reponseId && r.NonRemiseLe == null)
                .ExecuteUpdateAsync(set => set.SetProperty(r => r.NonRemiseLe, fact.RecuA), cancellationToken);
        }

        if (kind is { } needed)
        {
            await taches.OpenAsync(needed, $"echange:{fact.EchangeId}", fact.CourrierId, fact.RecuA, fact.EchangeId, cancellationToken);
            await db.SaveChangesAsync(cancellationToken);
        }
    }
}

/// <summary>Somebody has looked at it.</summary>
public sealed class CompleteTache(PortailDbContext db, TimeProvider clock)
{
    public enum Outcome
    {
        Done,
        NotFound,
    }

    public async Task<Outcome> ExecuteAsync(Agent actor, Guid id, CancellationToken cancellationToken)
    {
        var tache = await db.Taches.SingleOrDefaultAsync(
            t => t.Id == id && db.Dossiers.Visible(actor).Any(d => d.CourrierId == t.CourrierId), cancellationToken);
        if (tache is null)
        {
            return Outcome.NotFound;
        }

        if (tache.DoneAt is null)
        {
            (tache.DoneAt, tache.DoneBy) = (clock.GetUtcNow(), actor.Id);
            db.Journal.Record(actor.Id.ToString(), nameof(CompleteTache), $"tache:{id}", tache.CourrierId, clock.GetUtcNow(), apres: tache.Kind.Libelle());
            await db.SaveChangesAsync(cancellationToken);
        }

        return Outcome.Done;
    }
}
