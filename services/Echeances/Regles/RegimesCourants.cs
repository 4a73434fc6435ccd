using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Delais;
using SuiviCourrier.Echeances.Data;

namespace SuiviCourrier.Echeances.Regles;

/// <param name="Etapes">Steps by code of regime.</param>
public sealed record JeuDeRegles(Regimes Regimes, ILookup<string, EtapeRelance> Etapes);

/// <summary>The rules in force, read once a minute at most.</summary>
public sealed class RegimesCourants
{
    private static readonly TimeSpan s_fresh = TimeSpan.FromMinutes(1);
    private JeuDeRegles? _regles;
    private long _readAt;

    /// <exception cref="InvalidOperationException">No rule has been seeded.</exception>
    public async ValueTask<JeuDeRegles> GetAsync(EcheancesDbContext db, CancellationToken cancellationToken)
    {
        if (_regles is { } known && Stopwatch.GetElapsedTime(_readAt) < s_fresh)
        {
            return known;
        }

        var regimes = await db.Regimes.AsNoTracking().OrderBy(r => r.Ordre).ToListAsync(cancellationToken);
        var etapes = await db.EtapesRegimes.AsNoTracking().ToListAsync(cancellationToken);
        if (regimes.Count == 0)
        {
            throw new InvalidOperationException("Aucune règle de délai n’est enregistrée : lancez d’abord la commande « seed ».");
        }

        var regles = new JeuDeRegles(
            new Regimes(regimes.Select(r => r.ToRegime())),
            etapes.ToLookup(e => e.RegimeCode, e => e.ToEtape(), StringComparer.Ordinal));
        _regles = regles;
        _readAt = Stopwatch.GetTimestamp();
        return regles;
    }

    public void Forget() => _regles = null;
}
