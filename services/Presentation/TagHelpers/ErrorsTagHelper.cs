using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace SuiviCourrier.Presentation.TagHelpers;

/// <summary><c>&lt;c-errors /&gt;</c>: on top of a refused form, every error with the name of its field and a link to it; takes the focus. Nothing when all is well.</summary>
[HtmlTargetElement("c-errors", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class ErrorsTagHelper : TagHelper
{
    [ViewContext]
    [HtmlAttributeNotBound]
    public ViewContext ViewContext { get; set; } = null!;

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        var errors = ViewContext.ViewData.ModelState
            .SelectMany(entry => entry.Value!.Errors.Select(error => (Field: entry.Key, error.ErrorMessage)))
            .Select(e => e with { ErrorMessage = e.ErrorMessage.Length > 0 ? e.ErrorMessage : "Une valeur n’est pas possible" })
            .Distinct()
            .ToArray();
        if (errors.Length == 0)
        {
            output.SuppressOutput();
            return;
        }

        output.TagName = "div";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", "fr-alert fr-alert--error fr-mb-3w");
        output.Attributes.SetAttribute("role", "alert");
        output.Attributes.SetAttribute("tabindex", "-1");
        output.Attributes.SetAttribute("autofocus", "autofocus");
        output.Attributes.SetAttribute("id", "erreurs");
        var title = new TagBuilder("p");
        title.AddCssClass("fr-alert__title");
        title.InnerHtml.Append(errors.Length == 1 ? "Une chose est à corriger" : $"{errors.Length} choses sont à corriger");
        output.Content.AppendHtml(title);
        output.Content.AppendHtml(new Liste(errors, OrdreDesChamps.Of(ViewContext)));
    }

    /// <summary>Written when the whole page is: the fields below have said their order by then.</summary>
    private sealed class Liste((string Field, string ErrorMessage)[] errors, OrdreDesChamps order) : IHtmlContent
    {
        public void WriteTo(TextWriter writer, HtmlEncoder encoder)
        {
            var list = new TagBuilder("ul");
            foreach (var (field, message) in errors.OrderBy(e => order.RankOf(e.Field)))
            {
                var item = new TagBuilder("li");
                if (field.Length == 0)
                {
                    item.InnerHtml.Append(message);
                }
                else
                {
                    var link = new TagBuilder("a");
                    link.Attributes["href"] = $"#{TagBuilder.CreateSanitizedId(field, "_")}";
                    link.InnerHtml.Append(order.Named(field, message));
                    item.InnerHtml.AppendHtml(link);
                }

                list.InnerHtml.AppendHtml(item);
            }

            list.WriteTo(writer, encoder);
        }
    }
}
