namespace SuiviCourrier.Delais;

/// <summary>The regimes of an installation, in the order in which they are tried: the first that applies wins.</summary>
public sealed class Regimes
{
    private readonly Regime[] ordered;

    /// <exception cref="ArgumentException">Two regimes with one code and version, or a validity that ends before it begins.</exception>
    public Regimes(IEnumerable<Regime> ordered)
    {
        this.ordered = [.. ordered];

        var seen = new HashSet<(string, int)>();
        foreach (var regime in this.ordered)
        {
            if (!seen.Add((regime.Code, regime.Version)))
            {
                throw new ArgumentException($"Regime {regime.Code} version {regime.Version} stands twice in the list.", nameof(ordered));
            }

            if (regime.ValideAu < regime.ValideDu)
            {
                throw new ArgumentException($"Regime {regime.Code} version {regime.Version} ends before it begins.", nameof(ordered));
            }
        }
    }

    public IReadOnlyList<Regime> Tous => ordered;

    /// <summary>Whether some regime applies to any courrier of any date, so that <see cref="Select"/> never returns null.</summary>
    public bool CouvreTout => ordered.Any(regime => regime.Conditions.IsEmpty && regime.ValideDu is null && regime.ValideAu is null);

    /// <summary>
    /// The first regime valid on the day of reception whose conditions hold; null when none does. Requalifying a courrier is
    /// selecting again, still by its day of reception.
    /// </summary>
    public Regime? Select(SituationCourrier situation) => Array.Find(ordered, regime => regime.Applies(situation));
}
