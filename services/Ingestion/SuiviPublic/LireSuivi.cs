using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Contracts.Accuses;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Ingestion.Accuses;
using SuiviCourrier.Ingestion.Courriers;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.ServiceDefaults.Time;

namespace SuiviCourrier.Ingestion.SuiviPublic;

/// <summary>How far it is, in words for the person who wrote.</summary>
public enum Avancement
{
    Recu,
    EnCours,
    Repondu,
    Clos,
}

/// <summary>What the person who wrote may know: neither the content nor any name.</summary>
/// <param name="Service">Null until one is in charge.</param>
/// <param name="Telephone">Of the service, else of the site.</param>
/// <param name="Le">Day of the answer or of the closing.</param>
/// <param name="Lien">Public address of this page; null when the site has none.</param>
/// <param name="Accuse">By which way the acknowledgement comes; null when none does.</param>
public sealed record SuiviLu(
    string NumeroChrono, DateOnly RecuLe, Avancement Avancement, ReponseAnnoncee Reponse, string? Service, string Telephone, string Courriel,
    DateOnly? Le, string? Lien, CanalAccuse? Accuse, DateOnly Today, DateTimeOffset EnregistreLe)
{
    public bool IsEnRetard => Avancement is Avancement.Recu or Avancement.EnCours && Reponse.Avant < Today;
}

/// <summary>Reads the follow-up of one courrier, by its token alone.</summary>
public sealed class LireSuivi(IngestionDbContext db, TexteAccuse texte, SiteCourant siteCourant, LienSuivi lien, TimeProvider clock)
{
    /// <returns>Null when no courrier has this token.</returns>
    public async Task<SuiviLu?> FindAsync(string? jeton, CancellationToken cancellationToken)
    {
        if (JetonSuivi.Read(jeton) is not { } read
            || await db.Courriers.AsNoTracking().SingleOrDefaultAsync(c => c.JetonSuivi == read, cancellationToken) is not { } courrier)
        {
            return null;
        }

        var site = await siteCourant.GetAsync(cancellationToken);
        var dossier = await db.Database
            .SqlQuery<DossierLu>($"SELECT etat, service_instructeur_code, repondu_le, clos_le FROM portail.lecture_dossiers WHERE courrier_id = {courrier.Id}")
            .SingleOrDefaultAsync(cancellationToken);
        var code = dossier?.ServiceInstructeurCode ?? courrier.ServiceCode;
        var service = code is null ? null : await db.Services.AsNoTracking().SingleOrDefaultAsync(s => s.Code == code, cancellationToken);
        var accuse = await db.Accuses.Where(a => a.CourrierId == courrier.Id && a.Etat != EtatAccuse.SansObjet)
            .OrderByDescending(a => a.Kind == KindAccuse.Reception).Select(a => a.Canal).FirstOrDefaultAsync(cancellationToken);
        return new SuiviLu(
            courrier.NumeroChrono,
            courrier.RecuLe,
            AvancementOf(courrier, dossier),
            await texte.ReponseAsync(courrier, cancellationToken),
            service?.Libelle,
            service?.Telephone ?? site.Telephone,
            service?.Courriel ?? site.Courriel,
            dossier?.ReponduLe ?? dossier?.ClosLe,
            lien.Of(courrier),
            accuse,
            site.DayOf(clock.GetUtcNow()),
            courrier.EnregistreLe);
    }

    private static Avancement AvancementOf(Courrier courrier, DossierLu? dossier)
    {
        if (courrier.IsAnnule)
        {
            return Avancement.Clos;
        }

        return dossier is null ? Avancement.Recu : Enum.Parse<EtatCourrier>(dossier.Etat) switch
        {
            EtatCourrier.Enregistre => Avancement.Recu,
            EtatCourrier.Affecte or EtatCourrier.EnInstruction or EtatCourrier.EnAttentePieces => Avancement.EnCours,
            EtatCourrier.Repondu => Avancement.Repondu,
            EtatCourrier.Archive => dossier.ReponduLe is null ? Avancement.Clos : Avancement.Repondu,
            EtatCourrier.Transmis or EtatCourrier.ClasseSansSuite or EtatCourrier.Annule => Avancement.Clos,
        };
    }

    private sealed record DossierLu(string Etat, string? ServiceInstructeurCode, DateOnly? ReponduLe, DateOnly? ClosLe);
}
