using System.Net;
using System.Text.RegularExpressions;
using Ganss.Xss;

namespace SuiviCourrier.Ingestion.BoitesFonctionnelles;

/// <summary>A readable, harmless copy of the HTML of a message: no script, no form, no style, nothing fetched from elsewhere.</summary>
public static partial class HtmlRecu
{
    /// <summary>Elements inside one another: whoever writes a message needs fewer; those who walk through more die of it.</summary>
    private const int MaxDepth = 400;

    private static readonly HashSet<string> s_flat = new(StringComparer.OrdinalIgnoreCase)
    {
        "br", "img", "hr", "meta", "link", "input", "p", "li", "td", "th", "tr", "dt", "dd", "option", "col", "area", "base", "wbr", "source", "embed", "param",
    };

    private static readonly string[] s_removedTags =
    [
        "form", "input", "button", "select", "option", "optgroup", "textarea", "label", "fieldset", "legend", "datalist", "output", "keygen", "menu",
        "menuitem", "style", "area", "map", "audio", "video", "source", "track", "picture", "dialog", "details", "summary", "isindex",
    ];

    private static readonly string[] s_removedAttributes =
    [
        "style", "class", "id", "action", "method", "enctype", "novalidate", "target", "background", "srcset", "longdesc", "usemap", "ismap",
        "tabindex", "accesskey", "draggable", "dropzone", "contenteditable", "contextmenu", "name", "cite", "bgcolor",
    ];

    /// <summary>The words alone, for a look at what it says.</summary>
    public static string TextOf(string html)
    {
        if (IsTooDeep(html))
        {
            return Bare(html);
        }

        var body = new AngleSharp.Html.Parser.HtmlParser().ParseDocument(html).Body;
        foreach (var hidden in body?.QuerySelectorAll("script, style, head, template, noscript, title") ?? Enumerable.Empty<AngleSharp.Dom.IElement>())
        {
            hidden.Remove();
        }

        foreach (var block in body?.QuerySelectorAll("br, p, div, li, tr, h1, h2, h3, h4, blockquote") ?? Enumerable.Empty<AngleSharp.Dom.IElement>())
        {
            block.Before(block.Owner!.CreateTextNode("\n"));
        }

        var lines = (body?.TextContent ?? string.Empty).Split('\n').Select(line => string.Join(' ', line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));
        return string.Join('\n', lines.Where((line, rank) => line.Length > 0 || rank > 0)).Trim();
    }

    /// <returns>A whole document in UTF-8.</returns>
    public static string Sanitize(string html, string titre) =>
        $"""
        <!DOCTYPE html>
        <html lang="fr">
        <head><meta charset="utf-8"><title>{WebUtility.HtmlEncode(titre)}</title></head>
        <body>
        {(IsTooDeep(html) ? Encoded(html) : NewSanitizer().Sanitize(html))}
        </body>
        </html>
        """;

    /// <summary>
    /// The copy as it is shown in its frame. A link is no longer one: its address is written beside its words, so that nobody goes there
    /// without having read it.
    /// </summary>
    /// <param name="html">What was kept.</param>
    /// <param name="images">Content of the images that came with the message, by their Content-ID, as <c>data:</c> addresses.</param>
    public static string PageOf(string html, IReadOnlyDictionary<string, string>? images = null)
    {
        var sanitizer = NewSanitizer();
        sanitizer.PostProcessDom += (_, e) =>
        {
            foreach (var image in e.Document.QuerySelectorAll("img"))
            {
                if (IsInline(image.GetAttribute("src"), out var id) && images?.GetValueOrDefault(id) is { } shown)
                {
                    image.SetAttribute("src", shown);
                    continue;
                }

                image.Replace(e.Document.CreateTextNode(image.GetAttribute("alt") is { Length: > 0 } alt ? $"[image : {alt}]" : "[image]"));
            }

            foreach (var link in e.Document.QuerySelectorAll("a"))
            {
                var href = link.GetAttribute("href");
                var shown = e.Document.CreateElement("span");
                shown.Append([.. link.ChildNodes]);
                if (href is not null && !link.TextContent.Contains(href, StringComparison.OrdinalIgnoreCase))
                {
                    shown.Append(e.Document.CreateTextNode($" ‹{href}›"));
                }

                link.Replace(shown);
            }
        };
        return $"""
            <!DOCTYPE html>
            <html lang="fr">
            <head><meta charset="utf-8"><title>Message reçu</title><link rel="stylesheet" href="/courrier/courriel.css"></head>
            <body dir="auto">
            {(IsTooDeep(html) ? Encoded(html) : sanitizer.Sanitize(html))}
            </body>
            </html>
            """;
    }

    /// <summary>Content-IDs of the images that the HTML of a message shows.</summary>
    public static bool HasInlineImages(string html) => html.Contains("cid:", StringComparison.OrdinalIgnoreCase);

    private static bool IsInline(string? address, out string id)
    {
        var isInline = address?.StartsWith("cid:", StringComparison.OrdinalIgnoreCase) is true;
        id = isInline ? Uri.UnescapeDataString(address![4..].Trim()) : string.Empty;
        return isInline;
    }

    /// <summary>Counted before anybody builds a tree of it. Elements that the next one of their kind closes do not count.</summary>
    private static bool IsTooDeep(string html)
    {
        var depth = 0;
        var flat = s_flat.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (var tag in Tag().EnumerateMatches(html))
        {
            var span = html.AsSpan(tag.Index, tag.Length);
            var isEnd = span[1] == '/';
            if (flat.Contains(isEnd ? span[2..] : span[1..]))
            {
                continue;
            }

            depth = isEnd ? Math.Max(depth - 1, 0) : depth + 1;
            if (depth > MaxDepth)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The words of what no tree is built of.</summary>
    private static string Bare(string html) => WebUtility.HtmlDecode(Markup().Replace(html, " ")).Trim();

    private static string Encoded(string html) => $"<p>{WebUtility.HtmlEncode(Bare(html))}</p>";

    [GeneratedRegex("</?[a-zA-Z][a-zA-Z0-9]*", RegexOptions.CultureInvariant)]
    private static partial Regex Tag();

    [GeneratedRegex("<[^<>]*>?", RegexOptions.CultureInvariant)]
    private static partial Regex Markup();

    private static HtmlSanitizer NewSanitizer()
    {
        // The sanitizer starts from its safe defaults: an empty set of options would keep javascript: links.
        var sanitizer = new HtmlSanitizer();
        foreach (var tag in s_removedTags)
        {
            sanitizer.AllowedTags.Remove(tag);
        }

        foreach (var attribute in s_removedAttributes)
        {
            sanitizer.AllowedAttributes.Remove(attribute);
        }

        sanitizer.AllowDataAttributes = false;
        sanitizer.AllowedCssProperties.Clear();
        sanitizer.AllowedAtRules.Clear();
        sanitizer.AllowedSchemes.Clear();
        foreach (var scheme in new[] { "http", "https", "mailto", "tel", "cid" })
        {
            sanitizer.AllowedSchemes.Add(scheme);
        }

        sanitizer.FilterUrl += (sender, e) =>
        {
            // A remote image tells its sender who reads the message, and when; one that came with it tells nobody.
            if ((e.Tag.LocalName is "img") != IsInline(e.OriginalUrl, out var _))
            {
                e.SanitizedUrl = null;
            }
        };
        sanitizer.PostProcessNode += (_, e) =>
        {
            if (e.Node is AngleSharp.Html.Dom.IHtmlAnchorElement link && link.HasAttribute("href"))
            {
                link.SetAttribute("rel", "noopener noreferrer nofollow");
            }
        };
        return sanitizer;
    }
}
