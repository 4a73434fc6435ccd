using Fluid;
using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Contracts.Accuses;
using SuiviCourrier.Ingestion.Courriers;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.Presentation.Rights;

namespace SuiviCourrier.Ingestion.Accuses.Modeles;

/// <summary>What a text would give: on a real courrier when one is named, else on the example of the checks. Nothing is kept.</summary>
/// <param name="Rendu">Null when the text cannot be composed.</param>
/// <param name="Remarques">What would stop the approval.</param>
/// <param name="SurQuoi">Number of the courrier, or « un exemple ».</param>
/// <param name="CourrierRefuse">Why the courrier named was not taken.</param>
public sealed record Apercu(RenderedModele? Rendu, IReadOnlyList<string> Remarques, string SurQuoi, string? CourrierRefuse);

public sealed class ApercuModele(IngestionDbContext db, CourriersEnregistres courriers, TexteAccuse texte, ModeleRenderer renderer, ApproveModele approveModele)
{
    /// <summary>Newest courriers tried to find one that the person may see.</summary>
    private const int Essais = 10;

    /// <summary>The newest courrier that the person may see; null when there is none among the last ones.</summary>
    public async Task<string?> ProposeAsync(Agent agent, CancellationToken cancellationToken)
    {
        var newest = await db.Courriers.AsNoTracking().Where(c => !c.IsAnnule && !c.IsRestreint)
            .OrderByDescending(c => c.EnregistreLe).Take(Essais).Select(c => new { c.Id, c.NumeroChrono }).ToListAsync(cancellationToken);
        foreach (var courrier in newest)
        {
            if (await courriers.FindAsync(agent, courrier.Id, cancellationToken) is not null)
            {
                return courrier.NumeroChrono;
            }
        }

        return null;
    }

    /// <param name="chrono">Number of the courrier to try it on; null or empty: the example.</param>
    public async Task<Apercu> ShowAsync(Agent agent, Modele modele, string? chrono, CancellationToken cancellationToken)
    {
        var remarques = await approveModele.LintAsync(modele, cancellationToken);
        var courrier = await FindAsync(agent, chrono, cancellationToken);
        var refus = !string.IsNullOrWhiteSpace(chrono) && courrier is null ? "Aucun courrier de ce numéro que vous puissiez voir : l’exemple est montré à la place" : null;
        try
        {
            var rendu = courrier is null
                ? renderer.Render(modele, ModeleValidation.Exemple)
                : await texte.RenderAsync(modele, courrier, AccuseOf(modele, courrier), await texte.ReponseAsync(courrier, cancellationToken), cancellationToken);
            return new Apercu(rendu, remarques, courrier?.NumeroChrono ?? "un exemple", refus);
        }
        catch (Exception exception) when (exception is FluidException or FormatException or InvalidOperationException)
        {
            return new Apercu(null, remarques, courrier?.NumeroChrono ?? "un exemple", refus); // the remarks say why
        }
    }

    private async Task<Courrier?> FindAsync(Agent agent, string? chrono, CancellationToken cancellationToken)
    {
        var numero = TexteSaisi.Repair(chrono, Limites.Nom)?.ToUpperInvariant();
        if (numero is null)
        {
            return null;
        }

        var id = await db.Courriers.Where(c => c.NumeroChrono == numero).Select(c => (Guid?)c.Id).SingleOrDefaultAsync(cancellationToken);
        return id is null ? null : await courriers.FindAsync(agent, id.Value, cancellationToken);
    }

    /// <summary>As it would be written to this sender: never added to anything.</summary>
    private static Accuse AccuseOf(Modele modele, Courrier courrier) => new()
    {
        CourrierId = courrier.Id,
        Kind = modele.Genre == GenreModele.AccuseReception ? KindAccuse.Reception : KindAccuse.Enregistrement,
        Etat = EtatAccuse.AImprimer,
        Canal = modele.Support == SupportModele.Lettre ? CanalAccuse.Courrier : CanalAccuse.Courriel,
        Destinataire = courrier.Expediteur.Adresse is { } adresse ? $"{courrier.Expediteur.Nom}\n{adresse}" : courrier.Expediteur.Nom,
        CreatedAt = courrier.EnregistreLe,
        ChangedAt = courrier.EnregistreLe,
    };
}
