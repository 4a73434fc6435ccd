using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Portail.Data;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.ServiceDefaults.Courriels;

namespace SuiviCourrier.Portail.Envois;

/// <summary>What keeps a message from being gone, one list at a time.</summary>
public enum GenreEnvois
{
    /// <summary>Will leave by itself: the server does not answer, or said later.</summary>
    EnAttente,

    /// <summary>Refused for good: nothing happens without a person.</summary>
    Refuses,

    /// <summary>May have arrived: never sent again without a person.</summary>
    Incertains,
}

/// <summary>An outgoing message that is stuck, for who may see its courrier.</summary>
public sealed record EnvoiBloque
{
    public required Guid Id { get; init; }
    public required string Cle { get; init; }
    public required string Kind { get; init; }

    /// <summary>Identifier its composer works from: of an acknowledgement, of an answer.</summary>
    public required string Reference { get; init; }

    /// <summary>Null for the reminders, which belong to no courrier.</summary>
    public required Guid? CourrierId { get; init; }

    public required string? NumeroChrono { get; init; }
    public required string? Objet { get; init; }
    public required EtatCourriel Etat { get; init; }

    /// <summary>Last reply of the server, or why it waits.</summary>
    public required string? Detail { get; init; }

    public required int Attempts { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset NotBefore { get; init; }

    /// <summary>What it is, in French.</summary>
    public string Nature => Kind switch
    {
        "accuse" => "Accusé",
        "reponse" => "Réponse",
        "relances" => "Relances",
        _ => Kind,
    };
}

/// <summary>Reads the outgoing mail that is stuck, by who looks.</summary>
public sealed class EnvoisBloques(PortailDbContext db, TimeProvider clock)
{
    /// <summary>A message younger than this is on its way, not stuck.</summary>
    private static readonly TimeSpan s_recent = TimeSpan.FromMinutes(1);

    /// <summary>Oldest first.</summary>
    public Task<List<EnvoiBloque>> ListAsync(Agent agent, GenreEnvois genre, int size, CancellationToken cancellationToken) =>
        Of(agent, genre).OrderBy(c => c.CreatedAt).ThenBy(c => c.Id).Take(size).ToListAsync(cancellationToken);

    public Task<int> CountAsync(Agent agent, GenreEnvois genre, CancellationToken cancellationToken) => Of(agent, genre).CountAsync(cancellationToken);

    /// <summary>How many are stuck that this person may not see.</summary>
    public async Task<int> CountHiddenAsync(Agent agent, GenreEnvois genre, CancellationToken cancellationToken) =>
        await Stuck(genre).CountAsync(cancellationToken) - await CountAsync(agent, genre, cancellationToken);

    private IQueryable<EnvoiBloque> Of(Agent agent, GenreEnvois genre) =>
        from c in Stuck(genre)
        join d in db.Dossiers.Visible(agent) on c.CourrierId equals (Guid?)d.CourrierId into dossiers
        from d in dossiers.DefaultIfEmpty()
        where c.CourrierId == null || d != null
        select new EnvoiBloque
        {
            Id = c.Id,
            Cle = c.Cle,
            Kind = c.Kind,
            Reference = c.Reference,
            CourrierId = c.CourrierId,
            NumeroChrono = d == null ? null : d.NumeroChrono,
            Objet = d == null ? null : d.Objet,
            Etat = c.Etat,
            Detail = c.Detail,
            Attempts = c.Attempts,
            CreatedAt = c.CreatedAt,
            NotBefore = c.NotBefore,
        };

    private IQueryable<CourrielSortant> Stuck(GenreEnvois genre)
    {
        var courriels = db.Set<CourrielSortant>().AsNoTracking();
        var before = clock.GetUtcNow() - s_recent;
        return genre switch
        {
            GenreEnvois.EnAttente => courriels.Where(c =>
                c.CreatedAt < before
                && (c.Etat == EtatCourriel.Differe || c.Etat == EtatCourriel.EnCours
                    || (c.Etat == EtatCourriel.AEnvoyer && (c.NotBefore < before || c.Detail != null)))),
            GenreEnvois.Refuses => courriels.Where(c => c.Etat == EtatCourriel.Refuse && c.TraiteAt == null),
            GenreEnvois.Incertains => courriels.Where(c => c.Etat == EtatCourriel.Incertain && c.TraiteAt == null),
        };
    }
}
