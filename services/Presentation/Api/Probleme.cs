using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace SuiviCourrier.Presentation.Api;

/// <summary>One way a request may be refused, as the document and the page of the API list it (RFC 9457).</summary>
/// <param name="Code">Stable: programs decide on it.</param>
public sealed record Probleme(int Statut, string Code, string Titre)
{
    public static readonly Probleme DemandeMalFormee = new(400, "demande-mal-formee", "La demande n’a pas pu être lue");
    public static readonly Probleme IdempotenceAbsente = new(400, "cle-idempotence-absente", "L’en-tête Idempotency-Key manque");
    public static readonly Probleme CurseurIllisible = new(400, "curseur-illisible", "Le curseur n’a pas été donné par cette opération");
    public static readonly Probleme CurseurDUneAutreDemande = new(400, "curseur-d-une-autre-demande", "Le curseur vient d’une liste filtrée autrement");
    public static readonly Probleme CleAbsente = new(401, "cle-absente", "Une clé est nécessaire");
    public static readonly Probleme CleRefusee = new(401, "cle-refusee", "Cette clé n’est pas reconnue");
    public static readonly Probleme OperationHorsCle = new(403, "operation-hors-cle", "La clé ne permet pas cette opération");
    public static readonly Probleme ServiceHorsCle = new(403, "service-hors-cle", "La clé ne permet pas d’agir pour ce service");
    public static readonly Probleme AdresseInconnue = new(404, "adresse-inconnue", "Cette adresse n’existe pas");
    public static readonly Probleme PieceInfectee = new(403, "piece-infectee", "Ce fichier est infecté : il n’est donné à personne");
    public static readonly Probleme CourrierIntrouvable = new(404, "courrier-introuvable", "Ce courrier n’existe pas, ou relève d’un service que la clé ne voit pas");
    public static readonly Probleme PieceIntrouvable = new(404, "piece-introuvable", "Ce fichier n’est pas un fichier de ce courrier");
    public static readonly Probleme MethodeNonPermise = new(405, "methode-non-permise", "Cette adresse ne répond pas à cette méthode");
    public static readonly Probleme CourrierClos = new(409, "courrier-clos", "Ce courrier est clos");
    public static readonly Probleme ModifieEntreTemps = new(409, "modifie-entre-temps", "Le courrier a changé depuis la version indiquée");
    public static readonly Probleme IdempotenceOubliee = new(409, "cle-idempotence-ancienne", "Cette clé d’idempotence a déjà servi il y a longtemps");
    public static readonly Probleme CurseurPerime = new(410, "curseur-perime", "Le curseur date d’avant une restauration : reprenez du début");
    public static readonly Probleme TropGros = new(413, "trop-gros", "L’envoi dépasse la taille permise");
    public static readonly Probleme TypeDeContenu = new(415, "type-de-contenu", "Ce type de contenu n’est pas accepté ici");
    public static readonly Probleme ChampsRefuses = new(422, "champs-refuses", "Des champs ne peuvent pas être acceptés");
    public static readonly Probleme IdempotenceAutreDemande = new(422, "cle-idempotence-autre-demande", "Cette clé d’idempotence a servi pour une autre demande");
    public static readonly Probleme ErreurInterne = new(500, "erreur-interne", "L’application a rencontré une erreur");

    public static readonly IReadOnlyList<Probleme> Tous =
    [
        DemandeMalFormee, IdempotenceAbsente, CurseurIllisible, CurseurDUneAutreDemande, CleAbsente, CleRefusee, OperationHorsCle, ServiceHorsCle, PieceInfectee,
        AdresseInconnue, CourrierIntrouvable, PieceIntrouvable, MethodeNonPermise, CourrierClos, ModifieEntreTemps, IdempotenceOubliee, CurseurPerime,
        TropGros, TypeDeContenu, ChampsRefuses, IdempotenceAutreDemande, ErreurInterne,
    ];

    /// <summary>What may be answered to any request, whatever the operation.</summary>
    public static readonly IReadOnlyList<Probleme> PourTous = [CleAbsente, CleRefusee, OperationHorsCle];

    /// <summary>Address of its description on the page of the API.</summary>
    public string Type => $"/api#{Code}";
}

/// <param name="Champ">Path in the JSON (<c>pieces_annoncees[0].nombre</c>), name of a form field, of a query parameter or of a header.</param>
/// <param name="Attendu">What is expected there, a sentence in French.</param>
public sealed record ErreurChamp(string Champ, string Attendu);

/// <summary>The body of every refusal (RFC 9457, <c>application/problem+json</c>).</summary>
public sealed record ProblemeJson
{
    [Description("Adresse de la description du problème, relative à celle de l’API.")]
    [Required]
    public required string Type { get; init; }

    [Description("Code stable du problème, à lire par les programmes.")]
    [Required]
    public required string Code { get; init; }

    [Required]
    public required string Title { get; init; }

    [Description("Code de statut HTTP.")]
    [Required]
    public required int Status { get; init; }

    [Description("Ce qui s’est passé cette fois, et que faire.")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Detail { get; init; }

    [Description("Champ par champ, ce qui était attendu.")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ErreurChamp>? Erreurs { get; init; }

    [Description("Référence à donner à l’administrateur.")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Trace { get; init; }
}

/// <summary>A request refused while it is read, wherever the reading stands.</summary>
public sealed class DemandeRefuseeException(Probleme probleme, string? detail = null, IReadOnlyList<ErreurChamp>? erreurs = null)
    : Exception(probleme.Code)
{
    public Probleme Probleme { get; } = probleme;
    public string? Detail { get; } = detail;
    public IReadOnlyList<ErreurChamp>? Erreurs { get; } = erreurs;
}

public static class Problemes
{
    public static IResult ToResult(this Probleme probleme, string? detail = null, IReadOnlyList<ErreurChamp>? erreurs = null) =>
        new ProblemeResult(probleme, detail, erreurs);

    public static Task WriteAsync(
        HttpContext context, Probleme probleme, string? detail = null, IReadOnlyList<ErreurChamp>? erreurs = null, string? trace = null)
    {
        context.Response.StatusCode = probleme.Statut;
        var body = new ProblemeJson
        {
            Type = probleme.Type,
            Code = probleme.Code,
            Title = probleme.Titre,
            Status = probleme.Statut,
            Detail = detail,
            Erreurs = erreurs,
            Trace = trace,
        };
        return context.Response.WriteAsJsonAsync(body, JsonApi.Options, "application/problem+json", context.RequestAborted);
    }

    private sealed class ProblemeResult(Probleme probleme, string? detail, IReadOnlyList<ErreurChamp>? erreurs) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) => WriteAsync(httpContext, probleme, detail, erreurs);
    }
}
