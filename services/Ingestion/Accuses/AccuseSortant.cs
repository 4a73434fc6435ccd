using SuiviCourrier.Contracts.Accuses;
using SuiviCourrier.ServiceDefaults.Courriels;

namespace SuiviCourrier.Ingestion.Accuses;

/// <summary>The outgoing message of an acknowledgement: its key makes a second one of the same kind a refused insert.</summary>
public static class AccuseSortant
{
    /// <summary><see cref="ICourrielComposer.Kind"/> of acknowledgements.</summary>
    public const string Kind = "accuse";

    public static string CleOf(Accuse accuse) => $"accuse:{accuse.CourrierId}:{accuse.Kind}";

    /// <summary>Name of the file kept as evidence.</summary>
    public static string NomPiece(KindAccuse kind, string extension) => kind switch
    {
        KindAccuse.Enregistrement => $"accuse-enregistrement.{extension}",
        KindAccuse.Reception => $"accuse-reception.{extension}",
    };

    public static CourrielSortant Of(Accuse accuse, DateTimeOffset now) => new()
    {
        Cle = CleOf(accuse),
        Kind = Kind,
        CourrierId = accuse.CourrierId,
        Reference = accuse.Id.ToString(),
        NotBefore = now,
        CreatedAt = now,
    };
}
