namespace SuiviCourrier.Echeances.Relances;

/// <summary>Section <c>Relances</c> of the configuration.</summary>
public sealed record RelancesOptions
{
    /// <summary>Local time from which the message of the day leaves, on working days.</summary>
    public TimeOnly Heure { get; init; } = new(8, 0);

    /// <summary>When the sweep runs, in the site's zone.</summary>
    public string Cron { get; init; } = "* * * * *";

    /// <summary>Address of the portal, for the links of the messages: <c>https://courrier.prefecture.example</c>. Null: no links.</summary>
    public Uri? AdressePortail { get; init; }
}
