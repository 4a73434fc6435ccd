using Microsoft.EntityFrameworkCore;
using SuiviCourrier.ServiceDefaults.Data;

namespace SuiviCourrier.ServiceDefaults.Idempotence;

/// <summary>Keeps the answers of requests in the caller's transaction, with their effect.</summary>
public sealed class ClesIdempotence(ServiceDbContext db)
{
    /// <summary>Longest key, in characters.</summary>
    public const int MaxLength = 200;

    /// <summary>
    /// Until the current transaction ends, this request is alone under its key: a twin sent meanwhile waits, and then sees what came of this one.
    /// </summary>
    /// <param name="ask">What else the caller asks in the same round trip, once the twin is waited for.</param>
    /// <returns>What the key has got before; null when it is new.</returns>
    /// <exception cref="InvalidOperationException">There is no transaction.</exception>
    public async Task<CleIdempotence?> TakeAsync(string appelant, string cle, Action<RoundTrip> ask, CancellationToken cancellationToken)
    {
        if (db.Database.CurrentTransaction is null)
        {
            throw new InvalidOperationException("A key is taken inside the transaction of the effect");
        }

        CleIdempotence? found = null;
        var trip = new RoundTrip();
        trip.Ask($"SELECT pg_advisory_xact_lock(hashtextextended({$"idempotence:{appelant}:{cle}"}, 0))", _ => { });
        trip.Ask(
            $"SELECT empreinte, statut, adresse, corps, created_at FROM messagerie.cles_idempotence WHERE appelant = {appelant} AND cle = {cle}",
            row => found = new CleIdempotence
            {
                Appelant = appelant,
                Cle = cle,
                Empreinte = row.GetFieldValue<byte[]>(0),
                Statut = row.GetInt32(1),
                Adresse = row.IsDBNull(2) ? null : row.GetString(2),
                Corps = row.GetFieldValue<byte[]>(3),
                CreatedAt = row.GetFieldValue<DateTimeOffset>(4),
            });
        ask(trip);
        await trip.ExecuteAsync(db, cancellationToken);
        return found;
    }

    /// <summary>Adds the answer to what the caller is about to save.</summary>
    public void Keep(CleIdempotence answered) => db.Set<CleIdempotence>().Add(answered);
}
