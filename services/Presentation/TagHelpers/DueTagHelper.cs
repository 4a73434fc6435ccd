using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Razor.TagHelpers;
using SuiviCourrier.Delais;
using SuiviCourrier.Presentation.Mots;

namespace SuiviCourrier.Presentation.TagHelpers;

/// <summary>
/// <c>&lt;c-due date="…" today="…" calendrier="…" /&gt;</c>: a due date in the words that matter, its date beside it. Colour only
/// repeats what the words say.
/// </summary>
[HtmlTargetElement("c-due", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class DueTagHelper : TagHelper
{
    public DateOnly? Date { get; set; }

    public DateOnly Today { get; set; }

    /// <summary>Working days of the site: with it, what is near is said in jours ouvrés.</summary>
    public Calendrier? Calendrier { get; set; }

    /// <summary>Leaves out the date beside the words, where the page already says it.</summary>
    public bool WordsOnly { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        if (Date is not { } due)
        {
            output.SuppressOutput();
            return;
        }

        output.TagName = "span";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", "c-echeance");
        var badge = new TagBuilder("span");
        badge.AddCssClass($"fr-badge fr-badge--sm fr-badge--no-icon c-badge {Colour(due.DayNumber - Today.DayNumber)}".TrimEnd());
        badge.InnerHtml.Append(EcheanceEnMots.Dire(due, Today, Calendrier));
        output.Content.AppendHtml(badge);
        if (!WordsOnly)
        {
            var date = new TagBuilder("time");
            date.AddCssClass("c-echeance__date");
            date.Attributes["datetime"] = due.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
            date.InnerHtml.Append(due.Year == Today.Year ? DatesEnFrancais.JourMoisCourt(due) : DatesEnFrancais.DateCourte(due));
            output.Content.AppendHtml(date);
        }
    }

    private static string Colour(int days) => days switch
    {
        < 0 => "fr-badge--error",
        <= 2 => "fr-badge--warning",
        _ => "",
    };
}
