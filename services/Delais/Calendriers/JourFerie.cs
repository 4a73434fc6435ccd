namespace SuiviCourrier.Delais;

/// <summary>Where our knowledge that a day is a public holiday comes from.</summary>
public enum OrigineJourFerie
{
    /// <summary>The official data set, which prevails for the years it covers (2006 to 2031).</summary>
    JeuOfficiel,

    /// <summary>A law or decree in force on that day, for the years before the data set.</summary>
    LoiDatee,

    /// <summary>Today's law carried forward, for the years after the data set: to be shown as such.</summary>
    Projection,

    /// <summary>An entry made for one site: local feast.</summary>
    Site,
}

/// <summary>A public holiday in one zone. Two feasts on one day are one holiday that keeps both names.</summary>
public sealed record JourFerie
{
    public JourFerie(DateOnly date, IReadOnlyList<string> noms, OrigineJourFerie origine)
    {
        Date = date;
        Noms = noms;
        Origine = origine;
        Nom = string.Join(" et ", noms);
        Motif = $"férié ({Nom})";
    }

    public DateOnly Date { get; }

    public IReadOnlyList<string> Noms { get; }

    public OrigineJourFerie Origine { get; }

    /// <summary>All names: « 1er mai et Ascension » on 1 May 2008.</summary>
    public string Nom { get; }

    /// <summary>Why the day is not counted, as shown in a trace: « férié (Ascension) ».</summary>
    public string Motif { get; }

    public bool EstProjection => Origine == OrigineJourFerie.Projection;
}
