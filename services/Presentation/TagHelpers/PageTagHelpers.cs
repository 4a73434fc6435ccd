using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Razor.TagHelpers;
using SuiviCourrier.Delais;

namespace SuiviCourrier.Presentation.TagHelpers;

/// <summary><c>&lt;c-submit&gt;Enregistrer&lt;/c-submit&gt;</c>: the button that acts; <c>secondary</c> for the others of a page.</summary>
[HtmlTargetElement("c-submit")]
public sealed class SubmitTagHelper : TagHelper
{
    public bool Secondary { get; set; }

    public bool Small { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = "button";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("type", "submit");
        var extra = output.Attributes["class"]?.Value;
        output.Attributes.SetAttribute("class", $"fr-btn{(Secondary ? " fr-btn--secondary" : "")}{(Small ? " fr-btn--sm" : "")} {extra}".TrimEnd());
    }
}

/// <summary><c>&lt;c-alert kind="success" title="Affecté à la DCL"&gt;…&lt;/c-alert&gt;</c>; kind: success, info, warning, error.</summary>
[HtmlTargetElement("c-alert")]
public sealed class AlertTagHelper : TagHelper
{
    public string Kind { get; set; } = "info";

    public string? Title { get; set; }

    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        var content = await output.GetChildContentAsync();
        output.TagName = "div";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", $"fr-alert fr-alert--{Kind}{(Title is null ? " fr-alert--sm" : "")} fr-mb-3w {output.Attributes["class"]?.Value}".TrimEnd());
        output.Attributes.SetAttribute("role", Kind is "error" or "warning" ? "alert" : "status");
        if (Title is not null)
        {
            var title = new TagBuilder("p");
            title.AddCssClass("fr-alert__title");
            title.InnerHtml.Append(Title);
            output.Content.AppendHtml(title);
        }

        if (!content.IsEmptyOrWhiteSpace)
        {
            var body = new TagBuilder("div");
            body.InnerHtml.AppendHtml(content);
            output.Content.AppendHtml(body);
        }
    }
}

/// <summary><c>&lt;c-badge kind="warning"&gt;à imprimer&lt;/c-badge&gt;</c>; kind: success, info, warning, error, new, or none for a neutral one.</summary>
[HtmlTargetElement("c-badge")]
public sealed class BadgeTagHelper : TagHelper
{
    public string? Kind { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = "span";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", $"fr-badge fr-badge--sm fr-badge--no-icon{(string.IsNullOrEmpty(Kind) ? "" : $" fr-badge--{Kind}")} c-badge");
    }
}

/// <summary><c>&lt;c-table caption="…"&gt;</c> around <c>thead</c> and <c>tbody</c>; <c>cards</c> turns the rows into cards on a telephone (cells carry <c>data-titre</c>).</summary>
[HtmlTargetElement("c-table")]
public sealed class TableTagHelper : TagHelper
{
    public string Caption { get; set; } = "";

    public bool Cards { get; set; }

    /// <summary>Says the caption to readers only, when a heading just above says it to the eye.</summary>
    public bool HideCaption { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = "div";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute(
            "class",
            $"fr-table fr-table--sm c-table{(HideCaption ? " fr-table--no-caption" : "")}{(Cards ? " c-table--cartes" : "")} {output.Attributes["class"]?.Value}".TrimEnd());
        var caption = new TagBuilder("caption");
        caption.InnerHtml.Append(Caption);
        output.PreContent.AppendHtml("<div class=\"fr-table__wrapper\"><div class=\"fr-table__container\"><div class=\"fr-table__content\"><table>");
        output.PreContent.AppendHtml(caption);
        output.PostContent.AppendHtml("</table></div></div></div>");
    }
}

/// <summary><c>&lt;c-empty title="Rien à enregistrer"&gt;what to do&lt;/c-empty&gt;</c>: why a list is empty and what to do.</summary>
[HtmlTargetElement("c-empty")]
public sealed class EmptyTagHelper : TagHelper
{
    public string Title { get; set; } = "";

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = "div";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", "c-vide");
        var title = new TagBuilder("p");
        title.AddCssClass("fr-text--lead fr-mb-1w");
        title.InnerHtml.Append(Title);
        output.PreContent.AppendHtml(title);
    }
}

/// <summary><c>&lt;c-date value="Model.RecuLe" long /&gt;</c>: « 22/05/2026 », or « vendredi 22 mai 2026 » where the date engages someone.</summary>
[HtmlTargetElement("c-date", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class DateTagHelper : TagHelper
{
    public DateOnly? Value { get; set; }

    public bool Long { get; set; }

    /// <summary>« 22/05 », in lists whose year is plain.</summary>
    public bool Short { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        if (Value is not { } date)
        {
            output.SuppressOutput();
            return;
        }

        output.TagName = "time";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("datetime", date.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture));
        output.Content.SetContent(Long ? DatesEnFrancais.DateComplete(date) : Short ? DatesEnFrancais.JourMoisCourt(date) : DatesEnFrancais.DateCourte(date));
    }
}
