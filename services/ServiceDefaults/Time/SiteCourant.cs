using Npgsql;
using SuiviCourrier.ServiceDefaults.Data;

namespace SuiviCourrier.ServiceDefaults.Time;

/// <summary>The préfecture this installation serves, as Ingestion publishes it.</summary>
/// <param name="Code">Short code, first part of nothing a citizen sees.</param>
/// <param name="Fuseau">IANA zone: legal days are days of this zone, never UTC days.</param>
/// <param name="ZoneFeries">Territory of the public holidays, named as in seeds/jours-feries.</param>
/// <param name="PrefixeArrivee">Prefix of the chrono of what arrives, unique per site.</param>
public sealed record Site(
    string Code,
    string Libelle,
    string Fuseau,
    string ZoneFeries,
    string PrefixeArrivee,
    string Adresse,
    string Telephone,
    string Courriel,
    string FranceServicesUrl)
{
    /// <summary>The legal day of an instant.</summary>
    public DateOnly DayOf(DateTimeOffset instant) =>
        DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(instant, TimeZoneInfo.FindSystemTimeZoneById(Fuseau)).DateTime);

    /// <summary>The instant as people of the site read it.</summary>
    public DateTime LocalTimeOf(DateTimeOffset instant) =>
        TimeZoneInfo.ConvertTime(instant, TimeZoneInfo.FindSystemTimeZoneById(Fuseau)).DateTime;

    /// <summary>First instant of a day at the site, and of the next.</summary>
    public (DateTimeOffset From, DateTimeOffset To) BoundsOf(DateOnly day)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(Fuseau);
        return (StartOf(day), StartOf(day.AddDays(1)));

        DateTimeOffset StartOf(DateOnly date)
        {
            var local = date.ToDateTime(TimeOnly.MinValue);

            // Where midnight does not exist, the day starts when the clocks have moved.
            while (zone.IsInvalidTime(local))
            {
                local = local.AddMinutes(30);
            }

            return new DateTimeOffset(local, zone.GetUtcOffset(local)).ToUniversalTime();
        }
    }
}

/// <summary>Reads the site through Ingestion's read view, once a minute at most.</summary>
public sealed class SiteCourant(ConnectionStrings connectionStrings, TimeProvider clock) : IDisposable
{
    private readonly SemaphoreSlim _reading = new(1, 1);
    private Site? _site;
    private long _readAt;

    /// <exception cref="InvalidOperationException">No site has been seeded.</exception>
    public async ValueTask<Site> GetAsync(CancellationToken cancellationToken)
    {
        if (_site is not null && clock.GetElapsedTime(_readAt) < TimeSpan.FromMinutes(1))
        {
            return _site;
        }

        await _reading.WaitAsync(cancellationToken);
        try
        {
            await using var connection = new NpgsqlConnection(connectionStrings.For(MessagerieDbContext.Role));
            await connection.OpenAsync(cancellationToken);
            await using var command = new NpgsqlCommand(
                """
                SELECT code, libelle, fuseau, zone_feries, prefixe_arrivee, adresse, telephone, courriel, france_services_url
                FROM ingestion.lecture_sites ORDER BY code LIMIT 1
                """,
                connection);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            if (!await reader.ReadAsync(cancellationToken))
            {
                throw new InvalidOperationException("Aucun site n’est déclaré : lancez d’abord la commande « seed ».");
            }

            _site = new Site(
                reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetString(4),
                reader.GetString(5), reader.GetString(6), reader.GetString(7), reader.GetString(8));
            _readAt = clock.GetTimestamp();
            return _site;
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <summary>Today's date at the site.</summary>
    public async ValueTask<DateOnly> TodayAsync(CancellationToken cancellationToken) =>
        (await GetAsync(cancellationToken)).DayOf(clock.GetUtcNow());

    public void Dispose() => _reading.Dispose();
}
