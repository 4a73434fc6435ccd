using Microsoft.EntityFrameworkCore;
using Npgsql;
using SuiviCourrier.Portail.Annuaire;
using SuiviCourrier.Portail.Data;
using SuiviCourrier.Presentation.Api;
using SuiviCourrier.Presentation.Mots;

namespace SuiviCourrier.Portail.Comptes.ClesApi;

/// <summary>Makes a key for a program: by an administrator on the page, or by the verb <c>cle creer</c>.</summary>
public sealed class CreateCle(PortailDbContext db, ServicesPrefecture services, TimeProvider clock)
{
    /// <param name="Secret">Shown once, kept nowhere; null when it was refused.</param>
    /// <param name="Refus">Field and sentence in French, one per reason.</param>
    public sealed record Result(Guid? Id, string? Secret, IReadOnlyList<(string Champ, string Phrase)> Refus);

    /// <param name="acteur">Account identifier of the administrator, or <c>commande</c>.</param>
    /// <param name="codes">Services it is limited to; none for every service.</param>
    public async Task<Result> ExecuteAsync(
        string acteur, string? nom, IReadOnlyCollection<string> operations, IReadOnlyCollection<string> codes, CancellationToken cancellationToken)
    {
        var refus = new List<(string, string)>();
        if (Saisie.Refus(nom, 100) is { } refusNom)
        {
            refus.Add((nameof(CleApi.Nom), refusNom));
        }

        if (operations.Count == 0)
        {
            refus.Add((nameof(CleApi.Operations), "Choisissez au moins une opération"));
        }

        foreach (var unknown in operations.Except(OperationApi.Toutes.Select(o => o.Nom)))
        {
            refus.Add((nameof(CleApi.Operations), $"L’opération « {unknown} » n’existe pas : les opérations sont {string.Join(", ", OperationApi.Toutes.Select(o => o.Nom))}"));
        }

        foreach (var code in codes)
        {
            if (!await services.ExistsAsync(code, cancellationToken))
            {
                refus.Add((nameof(CleApi.Services), $"Le service « {code} » n’existe pas"));
            }
        }

        if (refus.Count > 0)
        {
            return new Result(null, null, refus);
        }

        var secret = SecretCle.New();
        var cle = new CleApi
        {
            Nom = nom!.Trim(),
            Empreinte = SecretCle.EmpreinteOf(secret),
            Operations = [.. operations.Distinct().Order(StringComparer.Ordinal)],
            Services = [.. codes.Distinct().Order(StringComparer.Ordinal)],
            CreatedAt = clock.GetUtcNow(),
            CreatedBy = acteur,
        };
        db.ClesApi.Add(cle);
        db.Journal.Record(
            acteur, nameof(CreateCle), $"cle:{cle.Id}", null, cle.CreatedAt,
            apres: $"{string.Join(", ", cle.Operations)} ; {(cle.Services.Length == 0 ? "tous les services" : string.Join(", ", cle.Services))}");
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException duplicate) when (duplicate.InnerException is PostgresException { ConstraintName: CleApiMapping.NomIndex })
        {
            return new Result(null, null, [(nameof(CleApi.Nom), "Une clé en service porte déjà ce nom : révoquez-la, ou choisissez un autre nom")]);
        }

        return new Result(cle.Id, secret, []);
    }
}
