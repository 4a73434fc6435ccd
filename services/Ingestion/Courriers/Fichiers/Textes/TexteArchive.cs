using System.IO.Compression;
using System.Text;
using SuiviCourrier.ServiceDefaults.Fichiers;

namespace SuiviCourrier.Ingestion.Courriers.Fichiers.Textes;

/// <summary>The names and the words of the files in a zip. A zip in it gives its name only.</summary>
internal static class TexteArchive
{
    private const int MaxEntries = 1_000;

    /// <summary>Bytes of one unpacked file: it is held in memory.</summary>
    private const int MaxEntry = 16 << 20;

    /// <param name="zip">With at least one entry.</param>
    /// <param name="packed">Bytes of the whole archive.</param>
    /// <exception cref="TropGrosException">More is packed in it than is read.</exception>
    public static TexteLu Read(ZipArchive zip, long packed, int caracteres, CancellationToken cancellationToken)
    {
        var files = zip.Entries.Where(e => e.Name.Length > 0).Take(MaxEntries).ToList();
        var text = new StringBuilder();
        var unpacked = 0L;
        foreach (var file in files)
        {
            cancellationToken.ThrowIfCancellationRequested();
            text.Append(file.Name).Append('\n');
            if (!file.IsEncrypted && file.Length <= MaxEntry && text.Length <= caracteres)
            {
                unpacked = Append(file, packed, unpacked, text, caracteres - text.Length, cancellationToken);
            }
        }

        return files.Count > 0 && files.All(f => f.IsEncrypted) ? new TexteLu(LecturePiece.Protegee) : new TexteLu(LecturePiece.Lue, text.ToString());
    }

    /// <returns>Bytes unpacked so far.</returns>
    private static long Append(ZipArchiveEntry file, long packed, long before, StringBuilder text, int caracteres, CancellationToken cancellationToken)
    {
        using var content = new MemoryStream();
        long unpacked;
        using (var entry = new FluxDecompresse(file.Open(), packed, before))
        {
            entry.CopyTo(content);
            unpacked = entry.Count;
        }

        var type = TypeMime.Of(content.GetBuffer().AsSpan(0, (int)Math.Min(content.Length, TypeMime.Sniffed)));
        var extension = Path.GetExtension(file.Name);
        if (TexteDePiece.MayHoldWords(type, extension) && TexteDePiece.Read(content, type, extension, caracteres, isInArchive: true, cancellationToken).Texte is { } found)
        {
            text.Append(found).Append('\n');
        }

        return unpacked;
    }
}
