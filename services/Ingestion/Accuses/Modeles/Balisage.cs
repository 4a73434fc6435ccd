using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace SuiviCourrier.Ingestion.Accuses.Modeles;

/// <summary>A piece of a line: text, or a label with its address, always written out beside it.</summary>
internal readonly record struct Segment(string Texte, string? Lien = null)
{
    /// <summary>The segment as it is read on paper.</summary>
    public string Lisible => Lien is null || Lien == Texte ? Texte : $"{Texte}\u00A0: {Lien}";
}

internal enum GenreBloc
{
    Paragraphe,
    Titre,
    Liste,
    Adresse,
    Emetteur,
}

/// <summary>A block of a letter. A paragraph and a title have one line, a list one by item, an address one by line.</summary>
internal sealed record Bloc(GenreBloc Genre, IReadOnlyList<IReadOnlyList<Segment>> Lignes);

/// <summary>
/// The markup of letter texts: blank line = new paragraph, <c># </c> title, <c>- </c> list, <c>&lt; </c> who writes, <c>&gt; </c> address,
/// <c>[label](https://…)</c> link. Values go through <see cref="Escape"/> before Liquid sees them: their markup characters travel as
/// private-use characters, whatever the filters do to them, and come back after the blocks are cut.
/// </summary>
internal static partial class Balisage
{
    private const string Markup = "#-<>[]()";
    private const char PrivateUse = '\uE000';
    private const char LineBreak = '\uE0FF';

    /// <summary>A value as plain text on one line: no control character, no direction override, no half surrogate, no markup.</summary>
    /// <param name="value">Any text, hostile or broken included.</param>
    /// <param name="keepLines">Keeps the ends of line, as ends of line inside their block.</param>
    public static string Escape(string? value, bool keepLines = false)
    {
        var result = new StringBuilder();
        foreach (var rune in (value ?? "").ReplaceLineEndings("\n").EnumerateRunes())
        {
            var category = Rune.GetUnicodeCategory(rune);
            if (rune.Value == '\n' && keepLines)
            {
                result.Append(LineBreak);
            }
            else if (rune.Value is '\n' or '\t' || category is UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
            {
                result.Append(' ');
            }
            else if (category is UnicodeCategory.Control || rune.Value is (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069))
            {
                continue; // a direction override would show the rest of the line backwards
            }
            else if (category is UnicodeCategory.PrivateUse)
            {
                result.Append('\uFFFD');
            }
            else if (rune.Value < 128 && Markup.Contains((char)rune.Value))
            {
                result.Append((char)(PrivateUse + rune.Value));
            }
            else
            {
                result.Append(rune.ToString());
            }
        }

        return result.ToString().Trim();
    }

    /// <summary>The text of an escaped value: one line, and nothing that a Liquid filter may have cut in two.</summary>
    public static string Unescape(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes()) // half a surrogate pair comes out as U+FFFD
        {
            result.Append(rune.Value switch
            {
                LineBreak => "\n",
                >= PrivateUse and < PrivateUse + 128 => ((char)(rune.Value - PrivateUse)).ToString(),
                _ => rune.ToString(),
            });
        }

        return result.ToString();
    }

    /// <summary>Cuts a rendered text into blocks. Never throws: what is not markup is text.</summary>
    public static IReadOnlyList<Bloc> Parse(string text)
    {
        var blocs = new List<Bloc>();
        var open = false; // a blank line closes a paragraph; lists and addresses stay open across the blank lines that loops leave
        foreach (var raw in text.ReplaceLineEndings("\n").Split('\n'))
        {
            var line = raw.Trim();
            if (line.Length == 0)
            {
                open = false;
                continue;
            }

            var (genre, content) = Read(line);
            if (content.Length == 0)
            {
                continue;
            }

            if (blocs.Count > 0 && blocs[^1].Genre == genre && (genre is GenreBloc.Liste or GenreBloc.Adresse or GenreBloc.Emetteur || open && genre is GenreBloc.Paragraphe))
            {
                var last = blocs[^1];
                blocs[^1] = genre is GenreBloc.Paragraphe
                    ? last with { Lignes = [[.. last.Lignes[0], new Segment(" "), .. Segments(content)]] }
                    : last with { Lignes = [.. last.Lignes, Segments(content)] };
            }
            else
            {
                blocs.Add(new Bloc(genre, [Segments(content)]));
            }

            open = true;
        }

        return blocs;
    }

    private static (GenreBloc Genre, string Content) Read(string line) => line switch
    {
        "#" or "-" or "<" or ">" => (GenreBloc.Paragraphe, ""),
        ['#', ' ', .. var content] => (GenreBloc.Titre, content.Trim()),
        ['-', ' ', .. var content] => (GenreBloc.Liste, content.Trim()),
        ['<', ' ', .. var content] => (GenreBloc.Emetteur, content.Trim()),
        ['>', ' ', .. var content] => (GenreBloc.Adresse, content.Trim()),
        _ => (GenreBloc.Paragraphe, line),
    };

    private static List<Segment> Segments(string line)
    {
        var segments = new List<Segment>();
        var position = 0;
        foreach (Match match in Link().Matches(line))
        {
            var address = Unescape(match.Groups["lien"].Value).Trim();
            if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
            {
                continue;
            }

            segments.Add(new Segment(Unescape(line[position..match.Index])));
            segments.Add(new Segment(Unescape(match.Groups["libelle"].Value), address));
            position = match.Index + match.Length;
        }

        segments.Add(new Segment(Unescape(line[position..])));
        segments.RemoveAll(segment => segment.Texte.Length == 0 && segment.Lien is null);

        return segments;
    }

    [GeneratedRegex(@"\[(?<libelle>[^\[\]\n]+)\]\((?<lien>[^()\s]+)\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Link();
}
