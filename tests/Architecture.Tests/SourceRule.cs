using System.Text.RegularExpressions;

namespace SuiviCourrier.Architecture.Tests;

/// <summary>A rule about what is written in the sources, applied to one file at a time so that each rule is also tried on a text that breaks it.</summary>
/// <param name="AppliesTo">Paths from the root of the clone.</param>
/// <param name="ViolationsIn">What breaks the rule in a file (path, text).</param>
internal sealed record SourceRule(Func<string, bool> AppliesTo, Func<string, string, IEnumerable<string>> ViolationsIn)
{
    /// <summary>A pattern that must not be found, comments aside.</summary>
    public static SourceRule Without(Regex pattern, Func<string, bool> appliesTo) =>
        new(appliesTo, (_, text) => pattern.Matches(WithoutComments(text)).Select(m => m.Value.Trim()));

    public IEnumerable<string> Violations(string path, string text) =>
        AppliesTo(path) ? ViolationsIn(path, text).Select(v => $"{path}: {v}") : [];

    /// <summary>The text with its <c>//</c> comments blanked; addresses (<c>https://</c>) stay.</summary>
    public static string WithoutComments(string text) => Regex.Replace(text, @"(?<![:""])//[^\n]*", string.Empty);
}
