using Microsoft.EntityFrameworkCore;
using SuiviCourrier.ServiceDefaults.Data;

namespace SuiviCourrier.ServiceDefaults.Audit;

/// <summary>Writes the audit lines of one service, with the change they tell.</summary>
public sealed class Journal(ServiceDbContext db)
{
    /// <param name="acteur">Account identifier, or the name of the automatic process (<c>ingestion.imap</c>).</param>
    /// <param name="action">Name of the command: <c>nameof(AssignCourrier)</c>.</param>
    /// <param name="objet">Kind and identifier of the row changed: <c>dossier:…</c>.</param>
    public void Record(
        string acteur, string action, string objet, Guid? courrierId, DateTimeOffset occurredAt,
        string? avant = null, string? apres = null, string? motif = null) =>
        db.Set<AuditLine>().Add(new AuditLine
        {
            Acteur = acteur,
            Action = action,
            Objet = objet,
            CourrierId = courrierId,
            OccurredAt = occurredAt,
            Avant = avant,
            Apres = apres,
            Motif = motif,
        });
}
