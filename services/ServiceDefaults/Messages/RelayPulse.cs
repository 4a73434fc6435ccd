using System.Diagnostics;

namespace SuiviCourrier.ServiceDefaults.Messages;

/// <summary>When the relay of this process last looked into the outbox: the sign that it lives, whether or not there was anything to take.</summary>
public sealed class RelayPulse
{
    private long _lastBeat = Stopwatch.GetTimestamp();

    public TimeSpan Silence => Stopwatch.GetElapsedTime(Interlocked.Read(ref _lastBeat));

    public void Beat() => Interlocked.Exchange(ref _lastBeat, Stopwatch.GetTimestamp());
}
