namespace SuiviCourrier.Ingestion.Formulaires;

/// <summary>The pages open to everyone: section <c>Formulaire</c>.</summary>
public sealed record FormulaireOptions
{
    /// <summary>Closed, the contact form answers as a page that does not exist; the follow-up stays.</summary>
    public bool Ouvert { get; init; } = true;

    /// <summary>Codes of the types offered as topics, separated by commas; empty: no topic is asked.</summary>
    public string Types { get; init; } =
        "demande-information,reclamation,suggestion,titre-sejour-information,naturalisation,permis-carte-grise,associations,elections,signalement-voisinage,urbanisme,environnement-icpe";

    /// <summary>Most files of one message.</summary>
    public int Fichiers { get; init; } = 5;

    /// <summary>Largest file, in megabytes.</summary>
    public int TailleFichier { get; init; } = 10;

    /// <summary>Messages an hour from one address of the network.</summary>
    public int EnvoisParHeure { get; init; } = 20;

    /// <summary>Messages an hour from everyone, by this process.</summary>
    public int EnvoisParHeureTotal { get; init; } = 600;

    /// <summary>Follow-up pages a minute from one address of the network.</summary>
    public int SuivisParMinute { get; init; } = 30;
}
