namespace SuiviCourrier.ServiceDefaults.Time;

/// <summary>The system clock moved by <c>Horloge:Decalage</c>, for processes under test; refused outside Development.</summary>
public sealed class ShiftedTimeProvider(TimeSpan shift) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + shift;
}
