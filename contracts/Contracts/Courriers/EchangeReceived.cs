namespace SuiviCourrier.Contracts.Courriers;

public enum KindEchange
{
    /// <summary>A reply to something we sent.</summary>
    Reponse,

    /// <summary>The same message or letter again.</summary>
    Repetition,

    /// <summary>Out-of-office or other robot answering us. Never restarts a clock.</summary>
    ReponseAutomatique,

    /// <summary>A message of ours could not be delivered (RFC 3464).</summary>
    NonRemis,
}

/// <summary>Something arrived that belongs to a courrier already registered; the person in charge must see it.</summary>
public record EchangeReceived : IFact
{
    public required string Source { get; init; }
    public required Guid CourrierId { get; init; }
    public required int Version { get; init; }
    public required EtatEnregistrement Etat { get; init; }
    public required Guid EchangeId { get; init; }
    public required KindEchange Kind { get; init; }
    public required DateTimeOffset RecuA { get; init; }

    /// <summary>The answer sent from here that came back undelivered; null for anything else.</summary>
    public Guid? ReponseId { get; init; }
}
