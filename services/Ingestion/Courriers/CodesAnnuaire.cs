using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Ingestion.Annuaire;
using SuiviCourrier.Ingestion.Data;

namespace SuiviCourrier.Ingestion.Courriers;

/// <summary>Codes of services and types come from lists; what is sent in their place may be anything. Each is asked of the database once.</summary>
public sealed class CodesAnnuaire(IngestionDbContext db)
{
    private readonly Dictionary<string, TypeCourrier?> _types = new(StringComparer.Ordinal);
    private readonly Dictionary<string, bool> _services = new(StringComparer.Ordinal);

    /// <returns>Null when no code is given, or when <paramref name="erreurs"/> says that it does not exist.</returns>
    public async Task<TypeCourrier?> FindTypeAsync(string? code, List<ErreurSaisie> erreurs, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(code))
        {
            return null;
        }

        if (!_types.TryGetValue(code, out var type))
        {
            type = IsPossible(code) ? await db.Types.AsNoTracking().SingleOrDefaultAsync(t => t.Code == code, cancellationToken) : null;
            _types.Add(code, type);
        }

        if (type is null)
        {
            erreurs.Add(new ErreurSaisie(nameof(Declaration.TypeCode), "Ce type n’existe pas : choisissez-le dans la liste"));
        }

        return type;
    }

    /// <returns>The code, null when none is given; <paramref name="erreurs"/> says when it does not exist.</returns>
    public async Task<string?> CheckServiceAsync(string? code, List<ErreurSaisie> erreurs, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(code))
        {
            return null;
        }

        if (!_services.TryGetValue(code, out var isKnown))
        {
            isKnown = IsPossible(code) && await db.Services.AnyAsync(s => s.Code == code, cancellationToken);
            _services.Add(code, isKnown);
        }

        if (!isKnown)
        {
            erreurs.Add(new ErreurSaisie(nameof(Declaration.ServiceCode), "Ce service n’existe pas : choisissez-le dans la liste"));
        }

        return code;
    }

    /// <summary>Whether it can be a code at all: a null character, for one, cannot even be asked of the database.</summary>
    private static bool IsPossible(string code) => code.Length <= 100 && code.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
}
