using System.Globalization;

namespace SuiviCourrier.Delais;

/// <summary>Who is told by a step.</summary>
public enum DestinataireEtape
{
    Agent,
    Chef,
    Superviseur,
}

/// <summary>A step of the reminders and escalations of a clock, as data.</summary>
public sealed record EtapeRelance
{
    /// <summary>Short stable code: with the clock and its deadline it identifies what has been fired.</summary>
    public required string Code { get; init; }

    /// <summary>Height on the ladder: of several steps already past, the one with the highest rank is fired.</summary>
    public required int Rang { get; init; }

    /// <summary>Working days from the deadline: −2 two before, 0 on the day, 3 three after.</summary>
    public required int Decalage { get; init; }

    public required DestinataireEtape Destinataire { get; init; }

    /// <summary>« 2 jours ouvrés avant l’échéance », « le jour de l’échéance », « 1 jour ouvré après l’échéance ».</summary>
    public string Libelle => Decalage switch
    {
        0 => "le jour de l’échéance",
        -1 => "1 jour ouvré avant l’échéance",
        1 => "1 jour ouvré après l’échéance",
        < 0 => $"{(-Decalage).ToString(CultureInfo.InvariantCulture)} jours ouvrés avant l’échéance",
        _ => $"{Decalage.ToString(CultureInfo.InvariantCulture)} jours ouvrés après l’échéance",
    };
}

/// <summary>A step with the day on which it fires: always a jour ouvré of the site.</summary>
public sealed record EtapeDatee(EtapeRelance Etape, DateOnly Date);

/// <summary>What to do with the steps of a clock that has just been opened, or whose deadline has just moved.</summary>
/// <param name="Declenchee">The one step to fire now: the highest of those already due; null when none is.</param>
/// <param name="Depassees">Lower steps already due: recorded as overtaken, never sent.</param>
/// <param name="AVenir">Steps still to come, in the order of their dates.</param>
public sealed record EtapesALOuverture(EtapeDatee? Declenchee, IReadOnlyList<EtapeDatee> Depassees, IReadOnlyList<EtapeDatee> AVenir);
