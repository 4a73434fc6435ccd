using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SuiviCourrier.Contracts.Accuses;
using SuiviCourrier.Ingestion.Accuses;
using SuiviCourrier.Ingestion.Data;

namespace SuiviCourrier.Ingestion.BoitesFonctionnelles;

/// <summary>Takes one file of a former system as a message of a mailbox. Taken again, it keeps the fate it has.</summary>
public sealed class ImportMessage(IngestionDbContext db, ReceiveMessage receiveMessage, IOptions<ReleveOptions> options)
{
    /// <param name="Chrono">Of the courrier it has become, or to which it was attached.</param>
    /// <param name="Accuse">What was decided, whatever has become of it since; null when none is owed.</param>
    /// <param name="Motif">Why it was set aside or attached, or why no acknowledgement leaves.</param>
    public sealed record Fate(SortMessage Sort, string? Chrono, CanalAccuse? Accuse, string? Motif);

    public Task<bool> KnowsAsync(string boiteCode, CancellationToken cancellationToken) => db.Boites.AnyAsync(b => b.Code == boiteCode, cancellationToken);

    public Task<List<string>> BoitesAsync(CancellationToken cancellationToken) =>
        db.Boites.Select(b => b.Code).OrderBy(c => c).ToListAsync(cancellationToken);

    /// <param name="path">Path below the folder imported: with the content, the identity of the file.</param>
    /// <param name="unreadable">Sets it aside without opening it: reading it has failed.</param>
    public async Task<Fate> ExecuteAsync(
        string boiteCode, string path, FileStream content, string spoolFolder, bool isWithCaps, bool unreadable, CancellationToken cancellationToken)
    {
        await using var copy = await Spool.CopyAsync(content, spoolFolder, options.Value.TailleConservee, cancellationToken);
        var cle = $"import|{path.Replace('\0', ' ')}|{await Spool.HashAsync(copy, cancellationToken)}";
        await receiveMessage.ExecuteAsync(
            new ReceiveMessage.Arrivee(boiteCode, copy, content.Length, RecuA: null, CleFichier: cle) { IsWithoutCaps = !isWithCaps },
            cancellationToken,
            unreadable);
        var message = await db.MessagesRecus.AsNoTracking().SingleAsync(m => m.BoiteCode == boiteCode && m.CleFichier == cle, cancellationToken);
        var chrono = await db.Courriers.Where(c => c.Id == message.CourrierId).Select(c => c.NumeroChrono).SingleOrDefaultAsync(cancellationToken);
        if (message.Sort != SortMessage.Courrier)
        {
            return new Fate(message.Sort, chrono, null, message.Motif);
        }

        var accuse = await db.Accuses.AsNoTracking().Where(a => a.CourrierId == message.CourrierId)
            .OrderByDescending(a => a.Kind == KindAccuse.Reception).FirstOrDefaultAsync(cancellationToken);
        return accuse is { Etat: not EtatAccuse.SansObjet }
            ? new Fate(message.Sort, chrono, accuse.Canal, null)
            : new Fate(message.Sort, chrono, null, accuse?.Motif);
    }
}
