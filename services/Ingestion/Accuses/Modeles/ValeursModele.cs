using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Delais;

namespace SuiviCourrier.Ingestion.Accuses.Modeles;

/// <summary>
/// What a letter text may say, all of it plain text: nothing in a value ever becomes markup. Dates are already in French words. A value
/// left null is empty in the text, which tests it: <c>{% if service_libelle %}</c>.
/// </summary>
public sealed record ValeursModele
{
    /// <summary>Numéro chrono, for instance ARR-2026-01931.</summary>
    public string? Reference { get; init; }

    public string? Objet { get; init; }

    public Canal? Canal { get; init; }

    public CategorieExpediteur? ExpediteurCategorie { get; init; }

    /// <summary>Whom the sender wrote for: a client, a member of the family.</summary>
    public string? PourLeCompteDe { get; init; }

    /// <summary>« Madame la Maire, »: see <see cref="FormulesEpistolaires"/>.</summary>
    public string? FormuleAppel { get; init; }

    public string? FormulePolitesse { get; init; }

    /// <summary>Lines of the address of the person written to, name first.</summary>
    public IReadOnlyList<string> Destinataire { get; init; } = [];

    /// <summary>How and when the person will be reached again before an interview.</summary>
    public string? Recontact { get; init; }

    /// <summary>Day of reception, in full.</summary>
    public string? DateReception { get; init; }

    /// <summary>Day on which this text is written, in full.</summary>
    public string? DateJour { get; init; }

    /// <summary>Date written on the letter received.</summary>
    public string? DateCourrier { get; init; }

    /// <summary>Date of the answer clock, in full; null when no answer is due, or when its date is not known.</summary>
    public string? RepondreAvant { get; init; }

    /// <summary>No answer is expected: only then may a text say so. Without this nor <see cref="RepondreAvant"/> it promises nothing.</summary>
    public bool IsSansReponse { get; init; }

    /// <summary>Day and hour of the registration, in full.</summary>
    public string? EnregistreLe { get; init; }

    /// <summary>Number of the registered letter received.</summary>
    public string? Recommande { get; init; }

    public IReadOnlyList<string> Pieces { get; init; } = [];

    /// <summary>Service in charge, null until it is known.</summary>
    public string? ServiceLibelle { get; init; }

    public string? ServiceTelephone { get; init; }

    public string? ServiceCourriel { get; init; }

    /// <summary>Postal address of the service in charge on one line; that of the site when it has none of its own (CRPA R112-5).</summary>
    public string? ServiceAdresse { get; init; }

    /// <summary>Who heads the service in charge.</summary>
    public string? ServiceResponsable { get; init; }

    /// <summary>
    /// Day of the implicit decision, in full: only in an accusé de réception, and only where silence has an effect for this type and sender
    /// (CRPA R112-5, R112-11-1). Never for a decision acquired within 15 days (R112-4).
    /// </summary>
    public string? SilenceDate { get; init; }

    /// <summary>What silence means then; null without <see cref="SilenceDate"/>.</summary>
    public EffetSilence? SilenceEffet { get; init; }

    /// <summary>Time limits and ways of appeal, or the right to a certificate, as sentences.</summary>
    public string? SilenceRecours { get; init; }

    /// <summary>Documents the request lacks (CRPA L114-5, R112-11-4).</summary>
    public IReadOnlyList<string> PiecesDemandees { get; init; } = [];

    /// <summary>Last day to send them, in full.</summary>
    public string? PiecesAvant { get; init; }

    /// <summary>Dedicated teleservice of this type: an e-mail does not replace it (CRPA L112-9).</summary>
    public string? TeleserviceNom { get; init; }

    public string? TeleserviceLien { get; init; }

    public string? SiteLibelle { get; init; }

    public string? SiteTelephone { get; init; }

    /// <summary>Lines of the only postal address of the site; <c>adresse_retour</c> is the same on one line.</summary>
    public IReadOnlyList<string> SiteAdresse { get; init; } = [];

    public string? Ville { get; init; }

    /// <summary>Address of the follow-up page; null when the site has no public address.</summary>
    public string? SuiviLien { get; init; }

    /// <summary>List of the espaces France Services of the sender's département, else of the site's.</summary>
    public string? FranceServicesLien { get; init; }

    public string? FranceServicesLibelle { get; init; }

    public string? AgentPrenom { get; init; }

    public string? AgentNom { get; init; }

    public string? AgentFonction { get; init; }

    /// <summary>Body written by an agent: its empty lines separate paragraphs, its other ends of line are kept.</summary>
    public string? Texte { get; init; }
}
