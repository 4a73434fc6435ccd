using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Portail.Data;
using SuiviCourrier.ServiceDefaults.Time;

namespace SuiviCourrier.Portail.Annuaire;

/// <summary>A service as Ingestion publishes it.</summary>
/// <param name="FermeLe">Last day, included.</param>
public sealed record ServiceLu(string Code, string Libelle, string? ParentCode, DateOnly? FermeLe)
{
    public bool IsOpenOn(DateOnly day) => FermeLe is null || day <= FermeLe;
}

/// <summary>A type of courrier as Ingestion publishes it.</summary>
public sealed record TypeLu(string Code, string Libelle, string Nature, string? ServiceCode);

/// <summary>The organisation and the types, read from Ingestion's read views; once per request.</summary>
public sealed class ServicesPrefecture(PortailDbContext db, SiteCourant siteCourant)
{
    private IReadOnlyList<ServiceLu>? _services;

    public async Task<IReadOnlyList<ServiceLu>> ListAsync(CancellationToken cancellationToken) =>
        _services ??= await db.Database
            .SqlQuery<ServiceLu>($"""SELECT code, libelle, parent_code, ferme_le FROM ingestion.lecture_services ORDER BY ordre, code""")
            .ToListAsync(cancellationToken);

    /// <summary>Whether work may be given to it: it exists and is not closed.</summary>
    public async Task<bool> ExistsAsync(string code, CancellationToken cancellationToken)
    {
        var service = (await ListAsync(cancellationToken)).FirstOrDefault(s => s.Code == code);
        return service is not null && service.IsOpenOn(await siteCourant.TodayAsync(cancellationToken));
    }

    public async Task<string> LibelleAsync(string? code, CancellationToken cancellationToken) =>
        code is null ? "Aucun service" : (await ListAsync(cancellationToken)).FirstOrDefault(s => s.Code == code)?.Libelle ?? code;

    /// <summary>The service and what is below it.</summary>
    public async Task<IReadOnlyCollection<string>> BelowAsync(string code, CancellationToken cancellationToken)
    {
        var children = (await ListAsync(cancellationToken)).ToLookup(s => s.ParentCode, s => s.Code);
        var found = new HashSet<string>();
        var left = new Queue<string>([code]);
        while (left.TryDequeue(out var next))
        {
            if (found.Add(next))
            {
                foreach (var child in children[next])
                {
                    left.Enqueue(child);
                }
            }
        }

        return found;
    }

    /// <summary>The tree, each open service below its parent, as the choices of a list.</summary>
    public async Task<IReadOnlyList<SelectListItem>> ChoixAsync(CancellationToken cancellationToken)
    {
        var today = await siteCourant.TodayAsync(cancellationToken);
        var children = (await ListAsync(cancellationToken)).ToLookup(s => s.ParentCode);
        return [.. Below(null, 0)];

        IEnumerable<SelectListItem> Below(string? parent, int depth) =>
            children[parent].SelectMany(s => !s.IsOpenOn(today) ? Below(s.Code, depth) : Below(s.Code, depth + 1).Prepend(
                new SelectListItem($"{string.Concat(Enumerable.Repeat("\u2003", depth))}{s.Code} - {s.Libelle}", s.Code)));
    }

    public Task<List<TypeLu>> TypesAsync(CancellationToken cancellationToken) =>
        db.Database.SqlQuery<TypeLu>($"SELECT code, libelle, nature, service_code FROM ingestion.lecture_types ORDER BY libelle").ToListAsync(cancellationToken);
}
