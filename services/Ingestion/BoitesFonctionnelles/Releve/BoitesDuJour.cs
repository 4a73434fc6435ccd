using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.ServiceDefaults.Time;

namespace SuiviCourrier.Ingestion.BoitesFonctionnelles.Releve;

/// <summary>One mailbox and its day: what arrived is what was registered, attached or set aside, and nothing else.</summary>
/// <param name="Acces">How it is reached, without any secret: a server, or a folder.</param>
/// <param name="MisDeCote">Set aside today and not taken up since.</param>
/// <param name="ARegarder">Set aside on any day and waiting for somebody.</param>
public sealed record BoiteDuJour(
    string Code, string Libelle, string Adresse, bool IsImap, string Acces, DateTimeOffset? ReleveeLe, DateTimeOffset? EnPanneDepuis, string? Panne,
    bool IsActif, int Enregistres, int Rattaches, int MisDeCote, int ARegarder)
{
    public int Arrives => Enregistres + Rattaches + MisDeCote;
}

/// <summary>Reads where the collection of each mailbox stands.</summary>
public sealed class BoitesDuJour(
    IngestionDbContext db, IOptions<List<BoiteOptions>> declared, IConfiguration configuration, SiteCourant siteCourant, TimeProvider clock)
{
    public async Task<IReadOnlyList<BoiteDuJour>> ListAsync(CancellationToken cancellationToken)
    {
        var site = await siteCourant.GetAsync(cancellationToken);
        var (from, to) = site.BoundsOf(site.DayOf(clock.GetUtcNow()));
        var boites = await db.Boites.AsNoTracking().OrderByDescending(b => b.IsActif).ThenBy(b => b.Code).ToListAsync(cancellationToken);
        var fates = await db.MessagesRecus
            .Where(m => m.TraiteLe >= from && m.TraiteLe < to)
            .GroupBy(m => new { m.BoiteCode, m.Sort })
            .Select(g => new { g.Key.BoiteCode, g.Key.Sort, Count = g.Count() })
            .ToListAsync(cancellationToken);
        var waiting = await db.MessagesRecus
            .Where(m => m.Sort == SortMessage.Ecarte && m.ReprisPar == null)
            .GroupBy(m => m.BoiteCode)
            .Select(g => new { BoiteCode = g.Key, Count = g.Count() })
            .ToDictionaryAsync(g => g.BoiteCode, g => g.Count, cancellationToken);
        return
        [
            .. boites.Select(b => new BoiteDuJour(
                b.Code, b.Libelle, b.Adresse, b.Imap is not null, AccesOf(b), b.ReleveeLe, b.EnPanneDepuis, b.Panne, b.IsActif,
                Count(b, SortMessage.Courrier), Count(b, SortMessage.Rattache), Count(b, SortMessage.Ecarte), waiting.GetValueOrDefault(b.Code))),
        ];

        int Count(BoiteFonctionnelle boite, SortMessage sort) => fates.Where(f => f.BoiteCode == boite.Code && f.Sort == sort).Sum(f => f.Count);
    }

    private string AccesOf(BoiteFonctionnelle boite) => boite.Imap is { } imap
        ? $"{imap.Hote}:{imap.Port}"
        : declared.Value.FirstOrDefault(o => o.Code == boite.Code)?.Dossier
            ?? Path.Combine(configuration["Donnees:Dossier"] ?? ".courrier", "courriels-entrants", boite.Code);
}
