using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Delais;
using SuiviCourrier.Echeances.Data;
using SuiviCourrier.Presentation.Rights;

namespace SuiviCourrier.Echeances.Relances;

/// <summary>An account as the portal publishes it.</summary>
public sealed record CompteRelance(Guid Id, string? Courriel, string Nom, RoleAgent Role, string? ServiceCode);

/// <summary>A service as Ingestion publishes it.</summary>
public sealed record ServiceRelance(string Code, string? ParentCode, string? Courriel);

/// <summary>Who is told by a step: pure, from the active accounts and the tree of services.</summary>
public sealed class AnnuaireRelances
{
    private readonly List<CompteRelance> _comptes;
    private readonly Dictionary<string, ServiceRelance> _services;

    public AnnuaireRelances(IEnumerable<CompteRelance> comptes, IEnumerable<ServiceRelance> services)
    {
        _comptes = [.. comptes.Where(c => !string.IsNullOrWhiteSpace(c.Courriel))];
        _services = services.ToDictionary(s => s.Code, StringComparer.Ordinal);
    }

    public static async Task<AnnuaireRelances> ReadAsync(EcheancesDbContext db, CancellationToken cancellationToken)
    {
        var comptes = await db.Database
            .SqlQuery<CompteLu>(
                $"""
                SELECT id, courriel, nom, role::text AS role, service_code
                FROM portail.lecture_comptes WHERE is_actif
                """)
            .ToListAsync(cancellationToken);
        var services = await db.Database
            .SqlQuery<ServiceLu>($"SELECT code, parent_code, courriel FROM ingestion.lecture_services")
            .ToListAsync(cancellationToken);
        return new AnnuaireRelances(
            comptes.Select(c => new CompteRelance(c.Id, c.Courriel, c.Nom, Enum.Parse<RoleAgent>(c.Role), c.ServiceCode)),
            services.Select(s => new ServiceRelance(s.Code, s.ParentCode, s.Courriel)));
    }

    /// <summary>
    /// Agent: the one in charge; else the agents of the service; else its functional address; else the same one level up. Chef: the heads of the
    /// service, else those of the nearest service above. Whoever is missing is replaced by the supervisors, they by the administrators.
    /// </summary>
    /// <returns>Keys of recipients; empty only when the installation has neither supervisor nor administrator.</returns>
    public IReadOnlyList<string> Resolve(DestinataireEtape destinataire, Guid? agentId, string? serviceCode)
    {
        List<string> keys = destinataire switch
        {
            DestinataireEtape.Agent => InCharge(agentId, serviceCode),
            DestinataireEtape.Chef => Upwards(serviceCode).Select(s => Of(RoleAgent.ChefService, s.Code)).FirstOrDefault(keys => keys.Count > 0) ?? [],
            DestinataireEtape.Superviseur => [],
        };
        return keys.Count > 0 ? keys
            : Of(RoleAgent.Superviseur) is { Count: > 0 } superviseurs ? superviseurs
            : Of(RoleAgent.Administrateur);
    }

    /// <summary>Who is told instead of a recipient that cannot be reached any more: the head of the service, then the supervisors.</summary>
    /// <returns>As <see cref="Resolve"/>, never <paramref name="gone"/> itself.</returns>
    public IReadOnlyList<string> ResolveNext(DestinataireEtape destinataire, string? serviceCode, string gone)
    {
        var next = destinataire == DestinataireEtape.Agent ? DestinataireEtape.Chef : DestinataireEtape.Superviseur;
        var keys = Resolve(next, agentId: null, serviceCode).Where(k => k != gone).ToList();
        return keys.Count > 0 ? keys
            : next == DestinataireEtape.Chef ? ResolveNext(next, serviceCode, gone)
            : [.. Of(RoleAgent.Administrateur).Where(k => k != gone)];
    }

    /// <summary>Address behind a key; null when the account or the service is gone.</summary>
    public (string Courriel, string? Nom)? AddressOf(string destinataire)
    {
        var (kind, id) = (destinataire[..destinataire.IndexOf(':', StringComparison.Ordinal)], destinataire[(destinataire.IndexOf(':', StringComparison.Ordinal) + 1)..]);
        return kind switch
        {
            "compte" => _comptes.Find(c => c.Id == Guid.Parse(id)) is { } compte ? (compte.Courriel!, compte.Nom) : null,
            "service" => _services.GetValueOrDefault(id) is { Courriel: { } courriel } ? (courriel, null) : null,
            _ => null,
        };
    }

    private List<string> InCharge(Guid? agentId, string? serviceCode)
    {
        if (agentId is not null && _comptes.Exists(c => c.Id == agentId))
        {
            return [$"compte:{agentId}"];
        }

        return Upwards(serviceCode)
            .Select(s => Of(RoleAgent.Agent, s.Code) is { Count: > 0 } agents ? agents
                : string.IsNullOrWhiteSpace(s.Courriel) ? []
                : [$"service:{s.Code}"])
            .FirstOrDefault(keys => keys.Count > 0) ?? [];
    }

    private List<string> Of(RoleAgent role, string serviceCode) =>
        [.. _comptes.Where(c => c.Role == role && c.ServiceCode == serviceCode).Select(c => $"compte:{c.Id}").Order(StringComparer.Ordinal)];

    private List<string> Of(RoleAgent role) =>
        [.. _comptes.Where(c => c.Role == role).Select(c => $"compte:{c.Id}").Order(StringComparer.Ordinal)];

    /// <summary>The service and those above it; a loop in the tree ends the walk.</summary>
    private IEnumerable<ServiceRelance> Upwards(string? code)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (code is not null && seen.Add(code) && _services.TryGetValue(code, out var service))
        {
            yield return service;
            code = service.ParentCode;
        }
    }

    private sealed record CompteLu(Guid Id, string? Courriel, string Nom, string Role, string? ServiceCode);

    private sealed record ServiceLu(string Code, string? ParentCode, string? Courriel);
}
