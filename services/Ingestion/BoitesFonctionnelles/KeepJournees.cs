using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.ServiceDefaults.Time;

namespace SuiviCourrier.Ingestion.BoitesFonctionnelles;

/// <summary>Notes, after each look at a mailbox, how far its identifiers have gone.</summary>
public sealed class KeepJournees(IngestionDbContext db, SiteCourant siteCourant)
{
    /// <param name="uidNext">UIDNEXT when the folder was opened: every lower identifier has been looked for since.</param>
    /// <param name="waiting">Identifiers of messages that are in the folder and have no fate yet.</param>
    public async Task NoteAsync(string boiteCode, long uidValidity, long uidNext, IReadOnlyCollection<uint> waiting, CancellationToken cancellationToken)
    {
        var today = await siteCourant.TodayAsync(cancellationToken);
        var last = await db.JourneesBoites.AsNoTracking()
            .Where(j => j.BoiteCode == boiteCode && j.UidValidity == uidValidity && j.Jour <= today)
            .OrderByDescending(j => j.Jour)
            .FirstOrDefaultAsync(cancellationToken);

        // No identifier falls between two days: one begins where the last one known ended, were it a week ago.
        var debut = last is null ? uidNext : last.Jour == today ? last.Debut : last.Fin;
        var count = waiting.Count(uid => uid >= debut && uid < uidNext);
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO ingestion.journees_boites (boite_code, jour, uid_validity, debut, fin, en_attente)
            VALUES ({boiteCode}, {today}, {uidValidity}, {debut}, greatest({uidNext}, {debut}), {count})
            ON CONFLICT (boite_code, jour, uid_validity) DO UPDATE
            SET fin = greatest(journees_boites.fin, excluded.fin), en_attente = excluded.en_attente
            WHERE (journees_boites.fin, journees_boites.en_attente) IS DISTINCT FROM (greatest(journees_boites.fin, excluded.fin), excluded.en_attente)
            """,
            cancellationToken);
    }
}
