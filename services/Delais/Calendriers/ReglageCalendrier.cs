namespace SuiviCourrier.Delais;

/// <summary>
/// What one site adds to or takes from the holidays of its zone. Data only: build a <see cref="Calendrier"/> from it, once,
/// and again when <see cref="Version"/> changes.
/// </summary>
public sealed record ReglageCalendrier
{
    public required Zone Zone { get; init; }

    /// <summary>Grows with every change of the site's entries, so that a stored deadline tells which calendar it was computed with.</summary>
    public int Version { get; init; } = 1;

    /// <summary>
    /// Alsace-Moselle: Good Friday is worked in communes without protestant temple or mixed church (ordonnance du 16 août 1892,
    /// code du travail L3134-13). Without effect elsewhere.
    /// </summary>
    public bool VendrediSaintTravaille { get; init; }

    /// <summary>Solidarity day placed on Whit Monday: the site works. A feast falling on the same day keeps it off.</summary>
    public bool LundiPentecoteTravaille { get; init; }

    /// <summary>Local feasts: customary days of Mayotte, days of the Pacific territories…</summary>
    public IReadOnlyList<JourAjoute> JoursAjoutes { get; init; } = [];

    /// <summary>Days on which the site works although the zone's list says holiday.</summary>
    public IReadOnlyList<JourRetire> JoursRetires { get; init; } = [];

    /// <summary>Bridges and yearly closures; each says whether it stops the count.</summary>
    public IReadOnlyList<Fermeture> Fermetures { get; init; } = [];
}

/// <summary>A local feast. <paramref name="ChaqueAnnee"/>: same day and month every year from that date on (29 February only in leap years).</summary>
public sealed record JourAjoute(DateOnly Date, string Libelle, bool ChaqueAnnee = false);

/// <summary>A holiday of the zone that the site works. <paramref name="ChaqueAnnee"/>: same day and month every year from that date on.</summary>
public sealed record JourRetire(DateOnly Date, bool ChaqueAnnee = false);

/// <summary>
/// Days on which the site is closed, both ends included. Only the Prime Minister may grant a bridge to State services: a closure
/// stops the count of working days only when <paramref name="ArreteLeDecompte"/> says so (not the default).
/// </summary>
public sealed record Fermeture(DateOnly Du, DateOnly Au, string Libelle, bool ArreteLeDecompte = false);
