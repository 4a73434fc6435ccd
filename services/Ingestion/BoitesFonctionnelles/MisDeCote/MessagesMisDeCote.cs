using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Ingestion.Courriers;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.ServiceDefaults.Fichiers;

namespace SuiviCourrier.Ingestion.BoitesFonctionnelles.MisDeCote;

/// <summary>A message set aside, as the mail room sees it.</summary>
/// <param name="Motif">Why the collection set it aside.</param>
/// <param name="ReprisPar">Name of the person who has given it a later fate.</param>
/// <param name="MotifEcart">Why that person discarded it.</param>
public sealed record MessageMisDeCote(
    Guid Id, DateTimeOffset RecuA, string? De, string? Objet, string? Motif, string Boite, long Taille, string Sha256, SortMessage Sort,
    string? ReprisPar, DateTimeOffset? ReprisLe, string? MotifEcart, Guid? CourrierId, string? NumeroChrono)
{
    public bool IsWaiting => Sort == SortMessage.Ecarte && ReprisLe is null;

    public bool IsDiscarded => Sort == SortMessage.Ecarte && ReprisLe is not null;

    public string DeEnMots => De ?? "Expéditeur illisible";

    public string ObjetEnMots => Objet ?? TexteRecu.SansObjet;

    /// <summary>Where the next page of the list starts.</summary>
    public string Curseur => new Curseur(RecuA, Id).ToString();
}

/// <summary>What can be read of a message set aside, to decide about it.</summary>
/// <param name="Texte">Null when it has none that can be read.</param>
/// <param name="Pieces">Names of what came with it; opened only once it is registered.</param>
public sealed record TexteMisDeCote(string? Texte, IReadOnlyList<string> Pieces);

/// <summary>Reads what the collection has set aside.</summary>
public sealed class MessagesMisDeCote(IngestionDbContext db, ActeursEnMots acteurs, IFileStore store)
{
    /// <summary>Characters shown of a message: enough to know what it is.</summary>
    private const int MaxTexte = 20_000;

    private const long MaxLu = 40L << 20;

    public Task<int> CountAsync(bool discarded, CancellationToken cancellationToken) =>
        db.MessagesRecus.CountAsync(m => m.Sort == SortMessage.Ecarte && m.ReprisPar != null == discarded, cancellationToken);

    /// <summary>Newest first, after the cursor.</summary>
    public async Task<List<MessageMisDeCote>> ListAsync(bool discarded, string? apres, int size, CancellationToken cancellationToken)
    {
        var messages = discarded
            ? db.MessagesRecus.Where(m => m.Sort == SortMessage.Ecarte && m.ReprisPar != null)
            : db.MessagesRecus.Where(m => m.Sort == SortMessage.Ecarte && m.ReprisPar == null);
        if (Curseur.Parse(apres) is { } last)
        {
            messages = messages.Where(m => EF.Functions.LessThan(ValueTuple.Create(m.RecuA, m.Id), ValueTuple.Create(last.At, last.Id)));
        }

        var found = await Read(messages.OrderByDescending(m => m.RecuA).ThenByDescending(m => m.Id).Take(size)).ToListAsync(cancellationToken);
        return await WithNamesAsync(found, cancellationToken);
    }

    /// <summary>One that was set aside, whatever has become of it since; null for every other message.</summary>
    public async Task<MessageMisDeCote?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        var found = await Read(db.MessagesRecus.Where(m => m.Id == id && (m.Sort == SortMessage.Ecarte || m.ReprisPar != null))).ToListAsync(cancellationToken);
        return (await WithNamesAsync(found, cancellationToken)).SingleOrDefault();
    }

    public async Task<TexteMisDeCote> TexteAsync(MessageMisDeCote message, CancellationToken cancellationToken)
    {
        // Nobody opens in this process what has stopped a reader.
        if (message.Motif == Classification.Bloquant)
        {
            return new TexteMisDeCote(null, []);
        }

        await using var contenu = Spool.NewFile(Path.GetTempPath());
        await using (var stored = store.OpenRead(message.Sha256))
        {
            await stored.CopyToAsync(contenu, cancellationToken);
        }

        var lu = MessageLu.Read(contenu, contenu.Length == message.Taille ? MaxLu : 0, cancellationToken);
        var texte = lu.Contenu.Texte ?? (lu.Contenu.Html is { } html ? HtmlRecu.TextOf(html) : null);
        return new TexteMisDeCote(
            lu.Faits is { IsCourriel: true } && texte is not null ? TexteRecu.Text(texte, MaxTexte) : null,
            [.. lu.Contenu.Pieces.Select(p => TexteRecu.Line(p.Nom, 100) ?? p.Instead)]);
    }

    private IQueryable<MessageMisDeCote> Read(IQueryable<MessageRecu> messages) =>
        from m in messages
        join b in db.Boites on m.BoiteCode equals b.Code
        join c in db.Courriers on m.CourrierId equals c.Id into registered
        from c in registered.DefaultIfEmpty()
        select new MessageMisDeCote(
            m.Id, m.RecuA, m.De, m.Objet, m.Motif, b.Adresse, m.Taille, m.Sha256Brut, m.Sort, m.ReprisPar, m.ReprisLe, m.MotifEcart, m.CourrierId,
            c == null ? null : c.NumeroChrono);

    private async Task<List<MessageMisDeCote>> WithNamesAsync(List<MessageMisDeCote> messages, CancellationToken cancellationToken)
    {
        var names = await acteurs.NamesAsync(messages.Select(m => m.ReprisPar), cancellationToken);
        return [.. messages.Select(m => m with { ReprisPar = m.ReprisPar is { } acteur ? names[acteur] : null })];
    }
}
