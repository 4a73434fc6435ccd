using System.Text;
using SuiviCourrier.TestSupport;

namespace SuiviCourrier.Benchmarks;

/// <summary>The table, and its place in docs/performance.md: what people wrote around it stays.</summary>
internal static class Report
{
    private const string From = "<!-- figures: written by tests/Benchmarks -->";
    private const string To = "<!-- end of figures -->";

    public static string Write(IReadOnlyList<Row> rows, IReadOnlyList<string> machine)
    {
        var text = new StringBuilder();
        foreach (var line in machine)
        {
            text.Append("- ").AppendLine(line);
        }

        text.AppendLine().AppendLine("| what | measured | its limit, same run | ratio | bar | met |").AppendLine("|---|---|---|---|---|---|");
        foreach (var row in rows)
        {
            var met = row.IsMet switch { true => "yes", false => "**no**", null => "" };
            text.AppendLine($"| {row.What} | {row.Measured} | {row.Limit} | {row.Ratio} | {row.Bar} | {met} |");
        }

        return text.ToString().TrimEnd();
    }

    public static void Keep(string figures)
    {
        var path = Path.Combine(Repository.Root, "docs", "performance.md");
        var page = File.ReadAllText(path);
        var from = page.IndexOf(From, StringComparison.Ordinal) + From.Length;
        var to = page.IndexOf(To, StringComparison.Ordinal);
        if (to < from)
        {
            throw new InvalidOperationException($"{path} has no place for the figures: it lost « {From} » or « {To} »");
        }

        File.WriteAllText(path, $"{page[..from]}\n\n{figures}\n\n{page[to..]}");
    }
}
