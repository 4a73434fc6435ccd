namespace SuiviCourrier.Ingestion.Courriers.Fichiers.Textes;

/// <summary>Section <c>Textes</c> of the configuration: how the words of files are read for the search.</summary>
public sealed record TextesOptions
{
    /// <summary>Between two looks at what is still to be read.</summary>
    public TimeSpan Poll { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Largest file that is opened, in bytes.</summary>
    public long TailleMax { get; init; } = 50L << 20;

    /// <summary>A larger file is opened in a process of its own at once: this one stays small.</summary>
    public long TailleIci { get; init; } = 4L << 20;

    /// <summary>Characters kept of one file.</summary>
    public int Caracteres { get; init; } = 200_000;

    /// <summary>Time given to one file, each time it is tried.</summary>
    public TimeSpan Duree { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Bytes of managed memory of the process that opens a file.</summary>
    public long Memoire { get; init; } = 256L << 20;
}
