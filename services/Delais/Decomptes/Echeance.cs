namespace SuiviCourrier.Delais;

/// <summary>
/// A deadline and its reason. The deadline is a date and ends when that day ends in the site's zone: late means today is after
/// <see cref="Date"/>. Equality is that of the result (date, delay, words), the trace being derived from them.
/// </summary>
public sealed record Echeance
{
    /// <summary>Day of the event (reception): day 0, not counted.</summary>
    public required DateOnly Depart { get; init; }

    public required Delai Delai { get; init; }

    /// <summary>Last day of the delay, included.</summary>
    public required DateOnly Date { get; init; }

    /// <summary>
    /// Why this date, in order: day 0, then every day up to the deadline, counted with its number or skipped with its reason.
    /// For months: day 0, then the end of each month.
    /// </summary>
    public required IReadOnlyList<JourTrace> Trace { get; init; }

    /// <summary>« reçu le mercredi 6 mai 2026, 10 jours ouvrés, 8 et 14 mai fériés : vendredi 22 mai 2026 ».</summary>
    public required string Calcul { get; init; }

    /// <summary>A year on the way has holidays projected from today's law: the date may change when they are published.</summary>
    public required bool EstProjection { get; init; }

    /// <summary><see cref="ReglageCalendrier.Version"/> of the calendar used.</summary>
    public required int VersionCalendrier { get; init; }

    public bool Equals(Echeance? other) =>
        other is not null
        && Depart == other.Depart
        && Delai == other.Delai
        && Date == other.Date
        && Calcul == other.Calcul
        && EstProjection == other.EstProjection
        && VersionCalendrier == other.VersionCalendrier;

    public override int GetHashCode() => HashCode.Combine(Depart, Delai, Date, VersionCalendrier);
}

/// <summary>One line of a trace.</summary>
/// <param name="Date">The day.</param>
/// <param name="Numero">0 for the starting day, 1…n for a counted day (or month), null for a skipped day.</param>
/// <param name="Motif">Why it is skipped (« samedi », « dimanche », « férié (Ascension) », « fermeture (pont) »), or what is to be said of a counted one (« dernier jour du mois »).</param>
public readonly record struct JourTrace(DateOnly Date, int? Numero, string? Motif)
{
    public bool EstDepart => Numero == 0;

    public bool EstCompte => Numero > 0;
}
