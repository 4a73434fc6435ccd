using System.Globalization;
using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Contracts.Accuses;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Delais;
using SuiviCourrier.Ingestion.Accuses.Modeles;
using SuiviCourrier.Ingestion.Accuses.PiecesDemandees;
using SuiviCourrier.Ingestion.Accuses.Reception;
using SuiviCourrier.Ingestion.Annuaire;
using SuiviCourrier.Ingestion.Annuaire.Fonctions;
using SuiviCourrier.Ingestion.Annuaire.FranceServices;
using SuiviCourrier.Ingestion.Courriers;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.Ingestion.SuiviPublic;
using SuiviCourrier.ServiceDefaults.Time;

namespace SuiviCourrier.Ingestion.Accuses;

/// <summary>Writes the text of an acknowledgement from what is known of the courrier at that moment.</summary>
public sealed class TexteAccuse(
    IngestionDbContext db, SiteCourant siteCourant, ModelesEnVigueur modeles, ModeleRenderer renderer, LienSuivi lienSuivi,
    SituationsTraitees situations, SilencesAnnonces silences, TitresTenus titres, TimeProvider clock)
{
    /// <summary>Whether it may be written now.</summary>
    public async Task<ReadinessAccuse> ReadinessAsync(Courrier courrier, Accuse accuse, CancellationToken cancellationToken)
    {
        if (accuse.Kind == KindAccuse.Enregistrement)
        {
            return ReadinessAccuse.Ready;
        }

        var situation = await situations.OfAsync(courrier, cancellationToken);
        return situation.IsOver ? ReadinessAccuse.TooLate
            : situation.IsComplete && await silences.IsReadyAsync(courrier, situation, cancellationToken) ? ReadinessAccuse.Ready
            : ReadinessAccuse.NotYet;
    }

    /// <summary>What may be said of the answer, from the answer clock that Echeances keeps.</summary>
    public async Task<ReponseAnnoncee> ReponseAsync(Courrier courrier, CancellationToken cancellationToken)
    {
        if (courrier.IsPourInformation)
        {
            return ReponseAnnoncee.Aucune;
        }

        var found = await db.Database
            .SqlQuery<SuiviLu>($"SELECT due_on, closed_on IS NOT NULL AS is_arrete, motif_arret FROM echeances.lecture_suivis WHERE courrier_id = {courrier.Id}")
            .SingleOrDefaultAsync(cancellationToken);
        return found switch
        {
            null => ReponseAnnoncee.Inconnue,
            { DueOn: null } or { IsArrete: true, MotifArret: "SansReponse" } => ReponseAnnoncee.Aucune,
            { IsArrete: true } => ReponseAnnoncee.Tue,
            { DueOn: { } due } => new ReponseAnnoncee(IsConnue: true, IsAttendue: true, due),
        };
    }

    /// <summary>From the version that is valid today.</summary>
    public async Task<RenderedModele> RenderAsync(Courrier courrier, Accuse accuse, ReponseAnnoncee reponse, CancellationToken cancellationToken) =>
        await RenderAsync(await ModeleOfAsync(accuse, cancellationToken), courrier, accuse, reponse, cancellationToken);

    /// <summary>The receipt of what was handed in at the counter, as it would be given now.</summary>
    public async Task<RenderedModele> RecepisseAsync(Courrier courrier, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var bearer = new Accuse
        {
            CourrierId = courrier.Id,
            Kind = KindAccuse.Enregistrement,
            Etat = EtatAccuse.AImprimer,
            Canal = CanalAccuse.Courrier,
            Destinataire = (courrier.Expediteur.Nom, courrier.Expediteur.Adresse) switch
            {
                (null, _) => null,
                ({ } nom, null) => nom,
                ({ } nom, { } adresse) => $"{nom}\n{adresse}",
            },
            CreatedAt = now,
            ChangedAt = now,
        };
        var modele = await modeles.OfAsync(GenreModele.RecepisseDepot, SupportModele.Lettre, cancellationToken);
        return await RenderAsync(modele, courrier, bearer, await ReponseAsync(courrier, cancellationToken), cancellationToken);
    }

    /// <summary>From a given text, which may still be a draft.</summary>
    public async Task<RenderedModele> RenderAsync(
        Modele modele, Courrier courrier, Accuse accuse, ReponseAnnoncee reponse, CancellationToken cancellationToken)
    {
        var site = await siteCourant.GetAsync(cancellationToken);
        var situation = await situations.OfAsync(courrier, cancellationToken);
        var service = situation.ServiceCode is null
            ? null
            : await db.Services.AsNoTracking().SingleOrDefaultAsync(s => s.Code == situation.ServiceCode, cancellationToken);
        var reception = await ReceptionAsync(courrier, accuse, situation, cancellationToken);
        var franceServices = await FranceServicesAsync(courrier, site, cancellationToken);
        var titre = await titres.OfAsync(courrier, cancellationToken);
        var formules = FormulesEpistolaires.For(titre.Categorie, titre.Civilite, titre.Nature);
        var adresse = site.Adresse.Split('\n');
        var today = site.DayOf(clock.GetUtcNow());
        return renderer.Render(modele, new ValeursModele
        {
            Reference = courrier.NumeroChrono,
            Objet = courrier.Objet,
            Canal = courrier.Canal,
            ExpediteurCategorie = titre.Categorie,
            PourLeCompteDe = courrier.Expediteur.PourLeCompteDe,
            FormuleAppel = formules.Appel,
            FormulePolitesse = formules.Politesse,
            Destinataire = accuse.Canal == CanalAccuse.Courrier ? Adresse(accuse, courrier, titre) : [],
            DateReception = DatesEnFrancais.DateComplete(courrier.RecuLe),
            DateJour = DatesEnFrancais.DateComplete(today),
            DateCourrier = courrier.DateCourrier is { } written ? DatesEnFrancais.DateComplete(written) : null,
            RepondreAvant = reponse.Avant is { } due && due >= today ? DatesEnFrancais.DateComplete(due) : null, // one that leaves late promises no day gone by
            IsSansReponse = !reponse.IsAttendue,
            Recommande = courrier.NumeroRecommande,
            EnregistreLe = Instant(site, courrier.EnregistreLe),
            Pieces = await PiecesAnnonceesAsync(courrier, cancellationToken),
            ServiceLibelle = service?.Libelle,
            ServiceTelephone = service is null ? null : service.Telephone ?? site.Telephone,
            ServiceCourriel = service is null ? null : service.Courriel ?? site.Courriel,
            ServiceAdresse = service is null ? null : OneLine(service.Adresse ?? site.Adresse),
            ServiceResponsable = service?.Responsable,
            SilenceDate = reception.Silence is { } silence ? DatesEnFrancais.DateComplete(silence.Le) : null,
            SilenceEffet = reception.Silence?.Effet,
            SilenceRecours = reception.Silence?.Recours,
            PiecesDemandees = [.. reception.Pieces.Select(p => p.Libelle)],
            PiecesAvant = reception.Pieces is [.., var last] ? DatesEnFrancais.DateComplete(last.AvantLe) : null,
            TeleserviceNom = reception.Type?.TeleserviceNom,
            TeleserviceLien = reception.Type?.TeleserviceUrl,
            SiteLibelle = site.Libelle,
            SiteTelephone = site.Telephone,
            SiteAdresse = adresse,
            Ville = VilleOf(adresse),
            SuiviLien = lienSuivi.Of(courrier),
            FranceServicesLien = franceServices.Url,
            FranceServicesLibelle = franceServices.Libelle,
        });
    }

    /// <summary>What only an accusé de réception says.</summary>
    private async Task<(SilenceAnnonce? Silence, IReadOnlyList<PieceDemandee> Pieces, TypeCourrier? Type)> ReceptionAsync(
        Courrier courrier, Accuse accuse, SituationTraitee situation, CancellationToken cancellationToken)
    {
        if (accuse.Kind == KindAccuse.Enregistrement)
        {
            return (null, [], null);
        }

        var pieces = await db.PiecesDemandees.AsNoTracking().Where(p => p.CourrierId == courrier.Id).OrderBy(p => p.Ordre).ToListAsync(cancellationToken);
        var type = situation.TypeCode is null ? null : await db.Types.AsNoTracking().SingleOrDefaultAsync(t => t.Code == situation.TypeCode, cancellationToken);
        return (await silences.OfAsync(courrier, cancellationToken), pieces, type);
    }

    /// <summary>The list of the sender's département: naturalisation alone serves six of them.</summary>
    private async Task<(string Url, string Libelle)> FranceServicesAsync(Courrier courrier, ServiceDefaults.Time.Site site, CancellationToken cancellationToken)
    {
        var departement = DepartementPostal.Of(courrier.Expediteur.Adresse) ?? DepartementPostal.Of(site.Adresse);
        var lien = departement is null
            ? null
            : await db.LiensFranceServices.AsNoTracking().SingleOrDefaultAsync(l => l.Departement == departement, cancellationToken);
        return lien is null ? (site.FranceServicesUrl, "France Services") : (lien.Url, lien.Libelle);
    }

    /// <summary>Name with its civilité, position held, then the address itself. A letter sent to another name than the sender's keeps it.</summary>
    private static string[] Adresse(Accuse accuse, Courrier courrier, TitreTenu titre)
    {
        var lines = accuse.Destinataire?.Split('\n') ?? [];
        return lines is [var nom, .. var rest] && nom == courrier.Expediteur.Nom
            ? titre.EnMots is { } fonction ? [titre.Nom, fonction, .. rest] : [titre.Nom, .. rest]
            : lines;
    }

    /// <summary>« samedi 28 novembre 2026 à 11 h 42 ».</summary>
    private static string Instant(ServiceDefaults.Time.Site site, DateTimeOffset instant)
    {
        var local = site.LocalTimeOf(instant);
        return $"{DatesEnFrancais.DateComplete(DateOnly.FromDateTime(local))} à {local.ToString("H' h 'mm", CultureInfo.InvariantCulture)}";
    }

    /// <summary>What came with what was handed in, as the person who registered it counted it.</summary>
    private async Task<string[]> PiecesAnnonceesAsync(Courrier courrier, CancellationToken cancellationToken) =>
        courrier.Canal != Canal.Depot
            ? []
            : [.. (await db.Set<PieceAnnoncee>().AsNoTracking().Where(p => p.CourrierId == courrier.Id).OrderBy(p => p.Id).ToListAsync(cancellationToken)).Select(p => p.EnMots())];

    private static string OneLine(string adresse) => string.Join(", ", adresse.Split('\n'));

    /// <summary>A code without its texts is a mistake of the installation: it is said, not worked around.</summary>
    private Task<Modele> ModeleOfAsync(Accuse accuse, CancellationToken cancellationToken)
    {
        var support = accuse.Canal == CanalAccuse.Courrier ? SupportModele.Lettre : SupportModele.Courriel;
        var genre = accuse.Kind switch
        {
            KindAccuse.Enregistrement => GenreModele.AccuseEnregistrement,
            KindAccuse.Reception => GenreModele.AccuseReception,
        };
        return modeles.OfAsync(genre, support, cancellationToken);
    }

    /// <summary>« TOURS » from « 37925 TOURS CEDEX 9 ».</summary>
    private static string? VilleOf(string[] adresse)
    {
        var line = adresse.LastOrDefault(l => l.Length > 6 && l[..5].All(char.IsAsciiDigit));
        var city = line?[5..].Trim();
        var cedex = city?.IndexOf(" cedex", StringComparison.OrdinalIgnoreCase) ?? -1;
        return cedex > 0 ? city![..cedex] : city;
    }

    private sealed record SuiviLu(DateOnly? DueOn, bool IsArrete, string? MotifArret);
}

/// <summary>Whether an acknowledgement may be written.</summary>
public enum ReadinessAccuse
{
    Ready,

    /// <summary>What it must say is on its way.</summary>
    NotYet,

    /// <summary>The answer or the closing came first.</summary>
    TooLate,
}

/// <summary>
/// What an acknowledgement says of the answer: its date, that none is expected, or nothing. It never promises what is not known.
/// </summary>
/// <param name="IsConnue">False while Echeances has not examined the courrier: worth waiting for.</param>
/// <param name="IsAttendue">False when no answer is expected.</param>
/// <param name="Avant">Last day for the answer.</param>
public sealed record ReponseAnnoncee(bool IsConnue, bool IsAttendue, DateOnly? Avant)
{
    public static ReponseAnnoncee Inconnue { get; } = new(IsConnue: false, IsAttendue: true, null);

    public static ReponseAnnoncee Aucune { get; } = new(IsConnue: true, IsAttendue: false, null);

    /// <summary>Answered or closed before the acknowledgement left: nothing is said of it.</summary>
    public static ReponseAnnoncee Tue { get; } = new(IsConnue: true, IsAttendue: true, null);
}
