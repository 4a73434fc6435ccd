using System.Diagnostics;

namespace SuiviCourrier.ServiceDefaults.Messages;

/// <summary>When a loop of this process last came round: the sign that it lives, whether or not there was anything to do. As a service, the relay's.</summary>
public sealed class Pulse
{
    private long _lastBeat = Stopwatch.GetTimestamp();

    public TimeSpan Silence => Stopwatch.GetElapsedTime(Interlocked.Read(ref _lastBeat));

    public void Beat() => Interlocked.Exchange(ref _lastBeat, Stopwatch.GetTimestamp());
}
