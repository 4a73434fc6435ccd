using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Delais;
using SuiviCourrier.Echeances.Calendriers;
using SuiviCourrier.Echeances.Data;

namespace SuiviCourrier.Echeances.Regles;

/// <param name="Etapes">Steps by code of regime.</param>
public sealed record JeuDeRegles(Regimes Regimes, ILookup<string, EtapeRelance> Etapes, ReglesSilence Silences, ReglesAccuse Accuses);

/// <summary>The rules in force, read once per version of what dates are computed with: a change of the rules makes a new one (<see cref="SeedRegles"/>).</summary>
public sealed class RegimesCourants
{
    private volatile Connues? _known;

    /// <exception cref="InvalidOperationException">No rule has been seeded.</exception>
    public async ValueTask<JeuDeRegles> GetAsync(EcheancesDbContext db, CancellationToken cancellationToken)
    {
        var version = await CalendrierCourant.VersionAsync(db, cancellationToken);
        if (_known is { } known && known.Version == version)
        {
            return known.Regles;
        }

        var regimes = await db.Regimes.AsNoTracking().OrderBy(r => r.Ordre).ToListAsync(cancellationToken);
        var etapes = await db.EtapesRegimes.AsNoTracking().ToListAsync(cancellationToken);
        var silences = await db.ReglesSilence.AsNoTracking().OrderBy(r => r.Ordre).ToListAsync(cancellationToken);
        var accuses = await db.ReglesAccuse.AsNoTracking().ToListAsync(cancellationToken);
        if (regimes.Count == 0)
        {
            throw new InvalidOperationException("Aucune règle de délai n’est enregistrée : lancez d’abord la commande « seed ».");
        }

        var regles = new JeuDeRegles(
            new Regimes(regimes.Select(r => r.ToRegime())),
            etapes.ToLookup(e => e.RegimeCode, e => e.ToEtape(), StringComparer.Ordinal),
            new ReglesSilence(silences.Select(r => r.ToRegle())),
            new ReglesAccuse(accuses.Select(r => r.ToRegle())));
        _known = new Connues(version, regles);
        return regles;
    }

    /// <summary>One reference: who reads while another writes never sees rules under a version that is not theirs.</summary>
    private sealed record Connues(int Version, JeuDeRegles Regles);
}
