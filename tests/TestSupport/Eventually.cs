using System.Diagnostics;
using NUnit.Framework;

namespace SuiviCourrier.TestSupport;

public static class Eventually
{
    /// <summary>Asks again until it is true; fails with the sentence that says what never came.</summary>
    public static async Task EventuallyAsync(string whatNeverCame, Func<Task<bool>> isThereAsync, TimeSpan? within = null)
    {
        var limit = within ?? TimeSpan.FromSeconds(60);
        var watch = Stopwatch.StartNew();
        while (!await isThereAsync())
        {
            if (watch.Elapsed > limit)
            {
                // Thrown, not Assert.Fail: inside Assert.Multiple that one only takes note, and the wait would never end.
                throw new AssertionException($"{whatNeverCame} (waited {limit.TotalSeconds:0} s)");
            }

            await Task.Delay(25);
        }
    }
}
