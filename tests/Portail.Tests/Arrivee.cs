using Microsoft.Extensions.DependencyInjection;
using SuiviCourrier.Contracts.Accuses;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Ingestion.Accuses;
using SuiviCourrier.Ingestion.Courriers;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.ServiceDefaults.Time;
using SuiviCourrier.TestSupport;

namespace SuiviCourrier.Portail.Tests;

/// <summary>A registration as Ingestion leaves it: its row, and its fact in the outbox unless a test holds it back.</summary>
public sealed record Arrivee
{
    private static int s_rang = 10_000;

    public string Objet { get; init; } = "Demande de rendez-vous";
    public string ExpediteurNom { get; init; } = "Association des riverains";
    public CategorieExpediteur Categorie { get; init; } = CategorieExpediteur.Association;
    public Canal Canal { get; init; } = Canal.Lettre;
    public string? ServiceCode { get; init; }
    public NatureCourrier? Nature { get; init; }
    public bool IsRestreint { get; init; }
    public string? Courriel { get; init; }

    /// <summary>What was decided about its acknowledgement; null leaves it without one.</summary>
    public EtatAccuse? Accuse { get; init; }

    /// <summary>Days before today.</summary>
    public int RecuIlYA { get; init; }

    public bool HoldFact { get; init; }

    public async Task<Courrier> RegisterAsync(RunningCourrier courrier)
    {
        await using var scope = courrier.Scope();
        var site = await scope.ServiceProvider.GetRequiredService<SiteCourant>().GetAsync(CancellationToken.None);
        var now = scope.ServiceProvider.GetRequiredService<TimeProvider>().GetUtcNow();
        var db = scope.ServiceProvider.GetRequiredService<IngestionDbContext>();
        var rang = Interlocked.Increment(ref s_rang);
        var row = new Courrier
        {
            SiteCode = site.Code,
            Sens = Sens.Arrivee,
            Canal = Canal,
            Origine = OrigineEnregistrement.Saisie,
            NumeroChrono = $"{site.PrefixeArrivee}-{site.DayOf(now).Year}-{rang:00000}",
            Annee = site.DayOf(now).Year,
            Rang = rang,
            Objet = Objet,
            RecuLe = site.DayOf(now).AddDays(-RecuIlYA),
            EnregistreLe = now,
            EnregistrePar = "essais",
            Expediteur = new Expediteur { Nom = ExpediteurNom, Categorie = Categorie, Courriel = Courriel },
            ServiceCode = ServiceCode,
            Nature = Nature,
            IsRestreint = IsRestreint,
            CleIdempotence = Guid.NewGuid().ToString(),
        };
        db.Set<Courrier>().Add(row);
        if (Accuse is { } accuse)
        {
            db.Accuses.Add(new Accuse
            {
                CourrierId = row.Id,
                Kind = KindAccuse.Enregistrement,
                Etat = accuse,
                Canal = accuse == EtatAccuse.SansObjet ? null : CanalAccuse.Courrier,
                Destinataire = accuse == EtatAccuse.SansObjet ? null : "Association des riverains\n1 rue de l’Essai\n37000 TOURS",
                Motif = accuse == EtatAccuse.SansObjet ? "L’expéditeur est anonyme" : null,
                CreatedAt = now,
                ChangedAt = now,
            });
        }

        if (!HoldFact)
        {
            db.Outbox.Publish(new CourrierRegistered { Source = "ingestion", CourrierId = row.Id, Version = row.Version, Etat = row.ToEtat() });
        }

        await db.SaveChangesAsync();
        return row;
    }
}
