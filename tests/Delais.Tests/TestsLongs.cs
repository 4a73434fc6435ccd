namespace SuiviCourrier.Delais.Tests;

/// <summary>Full counts when COURRIER_LONG_TESTS is 1, a sample otherwise.</summary>
internal static class TestsLongs
{
    public static bool Actifs { get; } = Environment.GetEnvironmentVariable("COURRIER_LONG_TESTS") == "1";

    public static int Iterations => Actifs ? 2_000_000 : 20_000;

    /// <summary>Days between two starting days of a sweep; prime to 7, so that the sample meets every day of the week.</summary>
    public static int Pas => Actifs ? 1 : 11;
}
