using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Delais;
using SuiviCourrier.Ingestion.Courriers;
using SuiviCourrier.Ingestion.Data;

namespace SuiviCourrier.Ingestion.Accuses.Reception;

/// <summary>What the accusé de réception says of the silence of the administration.</summary>
/// <param name="Recours">What its author may do then, ready to be written.</param>
public sealed record SilenceAnnonce(DateOnly Le, EffetSilence Effet, string Recours);

/// <summary>Reads the silence date that Echeances keeps.</summary>
public sealed class SilencesAnnonces(IngestionDbContext db)
{
    /// <summary>
    /// Whether Echeances has computed with what is known now: an accusé de réception that would leave out the silence date waits for it,
    /// for without it no time limit can be held against the author (CRPA L112-6, L112-12).
    /// </summary>
    public async Task<bool> IsReadyAsync(Courrier courrier, SituationTraitee situation, CancellationToken cancellationToken) =>
        await db.Database
            .SqlQuery<SuiviApplique>($"SELECT recu_le, nature, type_code FROM echeances.lecture_suivis WHERE courrier_id = {courrier.Id}")
            .SingleOrDefaultAsync(cancellationToken) is { } applied
        && applied.RecuLe == courrier.RecuLe
        && applied.Nature == situation.Nature?.ToString()
        && applied.TypeCode == situation.TypeCode;

    /// <returns>Null when nothing is to be announced: no effect for this type and sender, or a decision within 15 days (CRPA R112-4).</returns>
    public async Task<SilenceAnnonce?> OfAsync(Courrier courrier, CancellationToken cancellationToken) =>
        await db.Database
            .SqlQuery<SilenceLu>($"SELECT base_le, due_on, effet, recours FROM echeances.lecture_silences WHERE courrier_id = {courrier.Id} AND closed_on IS NULL")
            .SingleOrDefaultAsync(cancellationToken) is { } read && RegleSilence.IsAnnonce(read.BaseLe, read.DueOn)
            ? new SilenceAnnonce(read.DueOn, Enum.Parse<EffetSilence>(read.Effet), read.Recours)
            : null;

    private sealed record SuiviApplique(DateOnly RecuLe, string? Nature, string? TypeCode);

    private sealed record SilenceLu(DateOnly BaseLe, DateOnly DueOn, string Effet, string Recours);
}
