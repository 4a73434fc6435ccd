using SuiviCourrier.Benchmarks;
using SuiviCourrier.Benchmarks.Rows;
using SuiviCourrier.TestSupport;

// A server named for the tests may do without flushing: ours is started for this run.
Environment.SetEnvironmentVariable("COURRIER_TESTS_POSTGRES", null);
Environment.SetEnvironmentVariable("COURRIER_TESTS_SHUFFLED", null);
Console.OutputEncoding = new System.Text.UTF8Encoding(encoderShouldEmitUTF8Identifier: false);

var all = new Dictionary<string, Func<Task<IReadOnlyList<Row>>>>
{
    ["registration"] = Registration.RunAsync,
    ["api"] = ApiRegistration.RunAsync,
    ["consumer"] = Consumption.RunAsync,
    ["relay"] = Relay.RunAsync,
    ["sweep"] = Sweep.RunAsync,
    ["intake"] = Intake.RunAsync,
    ["sending"] = Sending.RunAsync,
    ["arrival"] = Arrival.RunAsync,
    ["days"] = WorkingDays.RunAsync,
    ["start"] = StartUp.RunAsync,
};
if (args.Except(all.Keys).FirstOrDefault() is { } unknown)
{
    await Console.Error.WriteLineAsync($"« {unknown} » is none of the rows: {string.Join(", ", all.Keys)}. Without any, all of them, and docs/performance.md is written.");
    return 2;
}

var loadAtStart = Machine.LoadAverage();
var rows = new List<Row>();
foreach (var (name, runAsync) in all.Where(row => args.Length == 0 || args.Contains(row.Key)))
{
    Progress.Say(name);
    rows.AddRange(await runAsync());
}

string version;
await using (var bench = await Bench.StartAsync())
{
    version = await bench.ScalarAsync<string>("SELECT current_setting('server_version')");
}

var figures = Report.Write(rows, await Machine.DescribeAsync(version, loadAtStart));
Console.WriteLine(figures);
if (args.Length == 0)
{
    Report.Keep(figures);
    Progress.Say($"written into {Path.Combine(Repository.Root, "docs", "performance.md")}");
}

return rows.Any(row => row.IsMet == false) ? 1 : 0;
