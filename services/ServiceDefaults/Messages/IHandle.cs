using SuiviCourrier.Contracts;

namespace SuiviCourrier.ServiceDefaults.Messages;

/// <summary>
/// Applies one fact. Called inside the transaction that records (message, consumer) in the inbox, one courrier at a time per
/// service; it saves through its context and does not commit. Exceptions go out: the delivery is tried again, then it lands in the failures.
/// </summary>
public interface IHandle<in TFact>
    where TFact : class, IFact
{
    Task HandleAsync(TFact fact, CancellationToken cancellationToken);
}
