using SuiviCourrier.Contracts.Courriers;

namespace SuiviCourrier.Contracts.Accuses;

public enum KindAccuse
{
    /// <summary>Accusé d'enregistrement (AEE for what came by e-mail, CRPA R112-11-2; its printed twin for letters).</summary>
    Enregistrement,

    /// <summary>
    /// Accusé de réception: names the service in charge, and what silence means where the type has an effect (CRPA R112-5, R112-11-1).
    /// </summary>
    Reception,
}

public enum EtatAccuse
{
    AEnvoyer,
    AImprimer,
    Envoye,
    Imprime,

    /// <summary>The connection died after the final dot: sent or not, nobody knows. Never sent again without a person.</summary>
    Incertain,
    Refuse,
    NonRemis,

    /// <summary>Not owed or not to be sent, with its reason.</summary>
    SansObjet,
}

/// <summary>An acknowledgement has left, was refused, came back, or was set aside with its reason.</summary>
public record AccuseStateChanged : IFact
{
    public required string Source { get; init; }
    public required Guid CourrierId { get; init; }
    public required int Version { get; init; }
    public required EtatEnregistrement Etat { get; init; }
    public required KindAccuse Kind { get; init; }
    public required EtatAccuse EtatAccuse { get; init; }
    public required DateTimeOffset ChangedAt { get; init; }
}
