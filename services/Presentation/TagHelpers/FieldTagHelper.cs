using System.Globalization;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace SuiviCourrier.Presentation.TagHelpers;

/// <summary>
/// What every field has: a label, a hint, what was typed, and its errors tied to it. Attributes the tag helper does not know
/// (<c>autocomplete</c>, <c>maxlength</c>, <c>hx-get</c>…) go to the control itself.
/// </summary>
public abstract class FieldTagHelper : TagHelper
{
    [HtmlAttributeName("for")]
    public ModelExpression For { get; set; } = null!;

    public string Label { get; set; } = "";

    public string? Hint { get; set; }

    /// <summary>Adds « (facultatif) »: without it a field is to be filled.</summary>
    public bool Optional { get; set; }

    /// <summary>Name of the control when it is not that of the model: a filter that stands bare in the URL.</summary>
    [HtmlAttributeName("name")]
    public string? GivenName { get; set; }

    [ViewContext]
    [HtmlAttributeNotBound]
    public ViewContext ViewContext { get; set; } = null!;

    protected string Name => GivenName ?? ViewContext.ViewData.TemplateInfo.GetFullHtmlFieldName(For.Name);

    protected string Id => TagBuilder.CreateSanitizedId(Name, "_");

    protected IReadOnlyList<string> Errors => Entry is { Errors.Count: > 0 } entry
        ? [.. entry.Errors.Select(e => e.ErrorMessage.Length > 0 ? e.ErrorMessage : "Cette valeur n’est pas possible")]
        : [];

    /// <summary>What was typed, else what the page holds.</summary>
    protected string? Value => Entry?.AttemptedValue ?? Format(For.Model);

    protected string ErrorsId => $"{Id}-erreurs";

    private ModelStateEntry? Entry => ViewContext.ViewData.ModelState.TryGetValue(Name, out var entry) ? entry : null;

    protected static string? Format(object? value) => value switch
    {
        null => null,
        DateOnly date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString(),
    };

    /// <summary>Moves the attributes written on the tag to the control, which they are meant for.</summary>
    protected static void MoveAttributes(TagHelperOutput output, TagBuilder control)
    {
        foreach (var attribute in output.Attributes)
        {
            if (attribute.Name == "class")
            {
                control.AddCssClass(attribute.Value?.ToString() ?? "");
            }
            else
            {
                control.Attributes[attribute.Name] = attribute.Value?.ToString() ?? "";
            }
        }

        output.Attributes.Clear();
    }

    protected TagBuilder LabelOf(string cssClass, string? forId)
    {
        var label = new TagBuilder(forId is null ? "legend" : "label");
        label.AddCssClass(cssClass);
        if (forId is not null)
        {
            label.Attributes["for"] = forId;
        }

        label.InnerHtml.Append(Optional ? $"{Label} (facultatif)" : Label);
        if (Hint is not null)
        {
            var hint = new TagBuilder("span");
            hint.AddCssClass("fr-hint-text");
            hint.InnerHtml.Append(Hint);
            label.InnerHtml.AppendHtml(hint);
        }

        return label;
    }

    /// <summary>The errors, always there so that a reader hears them when they come.</summary>
    protected TagBuilder Messages()
    {
        var group = new TagBuilder("div");
        group.AddCssClass("fr-messages-group");
        group.Attributes["id"] = ErrorsId;
        group.Attributes["aria-live"] = "polite";
        foreach (var error in Errors)
        {
            var message = new TagBuilder("p");
            message.AddCssClass("fr-message fr-message--error");
            message.InnerHtml.Append(error);
            group.InnerHtml.AppendHtml(message);
        }

        return group;
    }

    protected void Describe(TagBuilder control)
    {
        control.Attributes["aria-describedby"] = ErrorsId;
        if (Errors.Count > 0)
        {
            control.Attributes["aria-invalid"] = "true";
        }
    }

    /// <summary>The element around the field.</summary>
    protected void Group(TagHelperOutput output, string tag, string cssClass)
    {
        OrdreDesChamps.Of(ViewContext).Add(Name, Label);
        output.TagName = tag;
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", Errors.Count > 0 ? $"{cssClass} {cssClass}--error" : cssClass);
    }
}
