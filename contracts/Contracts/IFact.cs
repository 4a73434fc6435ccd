namespace SuiviCourrier.Contracts;

/// <summary>
/// Something that has happened to one courrier, told by the service that owns it. A fact carries identifiers, codes and
/// dates, never a name, an address, a subject or a text, and the whole state its source owns for that courrier, so that the newest
/// fact of a source alone suffices. Facts arrive more than once and in any order.
/// </summary>
public interface IFact
{
    /// <summary>The stream: <c>ingestion</c>, <c>portail</c> or <c>echeances</c>.</summary>
    string Source { get; }

    Guid CourrierId { get; }

    /// <summary>Position in the stream of this courrier at this source, from 1. A consumer ignores an older version than the one it has applied.</summary>
    int Version { get; }
}
