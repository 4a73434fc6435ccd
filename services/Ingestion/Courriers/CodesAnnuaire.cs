using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Ingestion.Annuaire;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.ServiceDefaults.Data;

namespace SuiviCourrier.Ingestion.Courriers;

/// <summary>Codes of services and types come from lists; what is sent in their place may be anything. Each is asked of the database once.</summary>
public sealed class CodesAnnuaire(IngestionDbContext db)
{
    private readonly Dictionary<string, TypeCourrier?> _types = new(StringComparer.Ordinal);
    private readonly Dictionary<string, bool> _services = new(StringComparer.Ordinal);

    /// <summary>Whether it can be a code at all: a null character, for one, cannot even be asked of the database.</summary>
    public static bool IsPossible(string code) => code.Length <= 100 && code.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    /// <summary>Asks, in the caller's round trip, for what <see cref="FindTypeAsync"/> and <see cref="CheckServiceAsync"/> then know.</summary>
    public void Ask(RoundTrip trip, string? typeCode, string? serviceCode)
    {
        if (typeCode is not null && IsPossible(typeCode) && _types.TryAdd(typeCode, null))
        {
            trip.Ask(
                $"SELECT libelle, nature, service_code, ordre, is_sans_accuse, teleservice_nom, teleservice_url FROM ingestion.types WHERE code = {typeCode}",
                row => _types[typeCode] = new TypeCourrier
                {
                    Code = typeCode,
                    Libelle = row.GetString(0),
                    Nature = Enum.Parse<NatureCourrier>(row.GetString(1)),
                    ServiceCode = row.IsDBNull(2) ? null : row.GetString(2),
                    Ordre = row.GetInt32(3),
                    IsSansAccuse = row.GetBoolean(4),
                    TeleserviceNom = row.IsDBNull(5) ? null : row.GetString(5),
                    TeleserviceUrl = row.IsDBNull(6) ? null : row.GetString(6),
                });
        }

        if (serviceCode is not null && IsPossible(serviceCode) && _services.TryAdd(serviceCode, false))
        {
            trip.Ask($"SELECT 1 FROM ingestion.services WHERE code = {serviceCode}", _ => _services[serviceCode] = true);
        }
    }

    /// <returns>Null when no code is given, or when <paramref name="erreurs"/> says that it does not exist.</returns>
    public async Task<TypeCourrier?> FindTypeAsync(string? code, List<ErreurSaisie> erreurs, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(code))
        {
            return null;
        }

        await AskAloneAsync(typeCode: code, serviceCode: null, cancellationToken);
        var type = _types.GetValueOrDefault(code);
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

        await AskAloneAsync(typeCode: null, serviceCode: code, cancellationToken);
        if (!_services.GetValueOrDefault(code))
        {
            erreurs.Add(new ErreurSaisie(nameof(Declaration.ServiceCode), "Ce service n’existe pas : choisissez-le dans la liste"));
        }

        return code;
    }

    private async Task AskAloneAsync(string? typeCode, string? serviceCode, CancellationToken cancellationToken)
    {
        var trip = new RoundTrip();
        Ask(trip, typeCode, serviceCode);
        await trip.ExecuteAsync(db, cancellationToken);
    }
}
