using System.Diagnostics;
using NUnit.Framework;

namespace SuiviCourrier.TestSupport;

public static class Eventually
{
    /// <summary>Asks again until it is true; fails with the sentence that says what never came.</summary>
    /// <param name="saidLast">What whoever was asked has answered last, for the failure; null: nothing more is known.</param>
    public static async Task EventuallyAsync(string whatNeverCame, Func<Task<bool>> isThereAsync, TimeSpan? within = null, Func<string>? saidLast = null)
    {
        var limit = within ?? TimeSpan.FromMinutes(2);
        var watch = Stopwatch.StartNew();
        while (!await isThereAsync())
        {
            if (watch.Elapsed > limit)
            {
                // Thrown, not Assert.Fail: inside Assert.Multiple that one only takes note, and the wait would never end.
                throw new AssertionException($"{whatNeverCame} (waited {limit.TotalSeconds:0} s){(saidLast is null ? "" : $"; it said last: {saidLast()}")}");
            }

            // Often at first, then less: whoever waits takes the machine from whoever is waited for.
            await Task.Delay(watch.Elapsed < TimeSpan.FromSeconds(2) ? 25 : watch.Elapsed < TimeSpan.FromSeconds(10) ? 100 : 250);
        }
    }
}
