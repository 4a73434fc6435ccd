using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Ingestion.Courriers;
using SuiviCourrier.Ingestion.Data;

namespace SuiviCourrier.Ingestion.BoitesFonctionnelles.MisDeCote;

/// <summary>A person has read a message set aside and says why it is no courrier. Nothing is deleted: it stays to be read, and to be registered after all.</summary>
public sealed class DiscardMessage(IngestionDbContext db, TimeProvider clock)
{
    public abstract record Outcome
    {
        public sealed record Discarded : Outcome;

        /// <param name="Phrase">What is wrong with the reason.</param>
        public sealed record MotifRefused(string Phrase) : Outcome;

        /// <summary>Somebody has registered or discarded it before.</summary>
        public sealed record TooLate : Outcome;
    }

    public async Task<Outcome> ExecuteAsync(string acteur, Guid messageId, string? motif, CancellationToken cancellationToken)
    {
        if (TexteSaisi.Read(motif, Limites.Motif, out var refus) is not { } reason)
        {
            return new Outcome.MotifRefused(refus ?? "Dites pourquoi ce message n’est pas un courrier : le motif reste avec lui");
        }

        var message = await db.MessagesRecus.SingleOrDefaultAsync(
            m => m.Id == messageId && m.Sort == SortMessage.Ecarte && m.ReprisPar == null, cancellationToken);
        if (message is null)
        {
            return new Outcome.TooLate();
        }

        var now = clock.GetUtcNow();
        message.ReprisPar = acteur;
        message.ReprisLe = now;
        message.MotifEcart = reason;
        db.Journal.Record(
            acteur, nameof(DiscardMessage), $"message:{message.Id}", null, now, avant: $"Mis de côté : {message.Motif}", apres: "Écarté", motif: reason);
        return await db.TrySaveChangesAsync(cancellationToken) ? new Outcome.Discarded() : new Outcome.TooLate();
    }
}
