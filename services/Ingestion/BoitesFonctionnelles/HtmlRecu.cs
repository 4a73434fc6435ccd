using System.Net;
using Ganss.Xss;

namespace SuiviCourrier.Ingestion.BoitesFonctionnelles;

/// <summary>A readable, harmless copy of the HTML of a message: no script, no form, no style, nothing fetched from elsewhere.</summary>
public static class HtmlRecu
{
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
        {NewSanitizer().Sanitize(html)}
        </body>
        </html>
        """;

    /// <summary>
    /// The copy as it is shown in its frame. A link is no longer one: its address is written beside its words, so that nobody goes there
    /// without having read it.
    /// </summary>
    public static string PageOf(string html)
    {
        var sanitizer = NewSanitizer();
        sanitizer.PostProcessDom += (_, e) =>
        {
            foreach (var image in e.Document.QuerySelectorAll("img"))
            {
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
            {sanitizer.Sanitize(html)}
            </body>
            </html>
            """;
    }

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
        foreach (var scheme in new[] { "http", "https", "mailto", "tel" })
        {
            sanitizer.AllowedSchemes.Add(scheme);
        }

        sanitizer.FilterUrl += (_, e) =>
        {
            // A remote image tells its sender who reads the message, and when.
            if (e.Tag.LocalName is "img")
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
