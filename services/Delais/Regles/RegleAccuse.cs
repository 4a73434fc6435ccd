namespace SuiviCourrier.Delais;

/// <summary>Which acknowledgement a clock is of.</summary>
public enum GenreAccuse
{
    /// <summary>Accusé d'enregistrement électronique: at once, or within 1 working day (CRPA R112-11-2).</summary>
    Enregistrement,

    /// <summary>Accusé de réception: with the service, and the silence where there is one (CRPA R112-5, R112-11-1).</summary>
    Reception,
}

/// <summary>
/// By when an acknowledgement must have left, by channel, as data. Counted from the reception like every delay. A goal of ours may be
/// shorter than the law, or stand alone where the law gives no limit.
/// </summary>
public sealed record RegleAccuse
{
    public required string Code { get; init; }

    public required string Libelle { get; init; }

    public required GenreAccuse Genre { get; init; }

    public required IReadOnlySet<string> Canaux { get; init; }

    /// <summary>Limit of the law; null when it gives none (paper: the price of not acknowledging is that time limits cannot be held against the author, L112-6).</summary>
    public required Delai? Legal { get; init; }

    /// <summary>Our goal (Services Publics +, engagement 4); null when there is none beside the law.</summary>
    public required Delai? Objectif { get; init; }

    public required string Source { get; init; }

    /// <summary>The last day of the clock is that of the law, else that of our goal.</summary>
    /// <exception cref="InvalidOperationException">The rule has neither.</exception>
    public Delai Delai => Legal ?? Objectif ?? throw new InvalidOperationException($"The rule {Code} has neither a limit nor a goal.");
}

/// <summary>The acknowledgement rules of an installation: at most one of a kind for a channel.</summary>
public sealed class ReglesAccuse
{
    private readonly RegleAccuse[] all;

    /// <exception cref="ArgumentException">Two rules of one kind share a channel.</exception>
    public ReglesAccuse(IEnumerable<RegleAccuse> all)
    {
        this.all = [.. all];
        foreach (var genre in this.all.GroupBy(rule => rule.Genre))
        {
            var canaux = genre.SelectMany(rule => rule.Canaux).ToArray();
            if (canaux.Distinct(StringComparer.OrdinalIgnoreCase).Count() != canaux.Length)
            {
                throw new ArgumentException($"Two rules give the {genre.Key} of one channel.", nameof(all));
            }
        }
    }

    public IReadOnlyList<RegleAccuse> Toutes => all;

    /// <summary>Null: no acknowledgement of this kind for this channel (a letter has no accusé d'enregistrement to be timed).</summary>
    public RegleAccuse? Select(GenreAccuse genre, string canal) => Array.Find(all, rule => rule.Genre == genre && rule.Canaux.Contains(canal));
}
