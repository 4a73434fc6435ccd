namespace SuiviCourrier.Benchmarks;

/// <summary>Standard error: the standard output is the report's.</summary>
internal static class Progress
{
    public static void Say(string line) => Console.Error.WriteLine($"{TimeProvider.System.GetLocalNow():HH:mm:ss} {line}");
}
