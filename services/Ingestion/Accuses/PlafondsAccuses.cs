using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SuiviCourrier.Contracts.Accuses;
using SuiviCourrier.Ingestion.BoitesFonctionnelles;
using SuiviCourrier.Ingestion.Data;

namespace SuiviCourrier.Ingestion.Accuses;

/// <summary>How many acknowledgements one address gets: two robots that answer each other stop here, and so does whoever writes in the name of another.</summary>
public sealed class PlafondsAccuses(IngestionDbContext db, IOptions<ReleveOptions> options, TimeProvider clock)
{
    /// <returns>Why no more is sent, a sentence in French; null when one may be.</returns>
    public async Task<string?> ReachedAsync(string address, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var sent = from a in db.Accuses
                   join c in db.Courriers on a.CourrierId equals c.Id
                   where a.Canal == CanalAccuse.Courriel && a.Destinataire == address && a.Etat != EtatAccuse.SansObjet
                   select c.EnregistreLe;
        var hour = now.AddHours(-1);
        var day = now.AddDays(-1);
        return await sent.CountAsync(at => at > hour, cancellationToken) >= options.Value.AccusesParHeure
            ? $"Déjà {options.Value.AccusesParHeure} accusés envoyés à cette adresse depuis une heure"
            : await sent.CountAsync(at => at > day, cancellationToken) >= options.Value.AccusesParJour
                ? $"Déjà {options.Value.AccusesParJour} accusés envoyés à cette adresse depuis un jour"
                : null;
    }
}
