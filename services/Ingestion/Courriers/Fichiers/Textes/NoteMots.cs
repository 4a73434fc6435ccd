using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.ServiceDefaults.Messages;

namespace SuiviCourrier.Ingestion.Courriers.Fichiers.Textes;

/// <summary>Notes by which words a courrier is found as soon as it is registered, and again when it is corrected: from its rows as they are, whatever the fact says.</summary>
public sealed class NoteMots(IngestionDbContext db) : IHandle<CourrierRegistered>, IHandle<CourrierCorrected>
{
    public Task HandleAsync(CourrierRegistered fact, CancellationToken cancellationToken) => NoteAsync(fact.CourrierId, cancellationToken);

    public Task HandleAsync(CourrierCorrected fact, CancellationToken cancellationToken) => NoteAsync(fact.CourrierId, cancellationToken);

    private Task<int> NoteAsync(Guid courrierId, CancellationToken cancellationToken) =>
        db.Database.ExecuteSqlAsync($"SELECT ingestion.noter_mots({courrierId})", cancellationToken);
}
