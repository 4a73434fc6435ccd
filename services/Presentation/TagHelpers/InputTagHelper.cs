using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace SuiviCourrier.Presentation.TagHelpers;

/// <summary><c>&lt;c-field for="Objet" label="Objet" /&gt;</c>: a line of text, or what <c>type</c> says (textarea, date, email, password…).</summary>
[HtmlTargetElement("c-field", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class InputTagHelper : FieldTagHelper
{
    /// <summary>Type of the input, or <c>textarea</c>; a date without it is a date.</summary>
    public string? Type { get; set; }

    public int Rows { get; set; } = 5;

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        var type = Type ?? (IsDate ? "date" : "text");
        var control = new TagBuilder(type == "textarea" ? "textarea" : "input");
        MoveAttributes(output, control);
        control.AddCssClass("fr-input");
        control.Attributes["id"] = Id;
        control.Attributes["name"] = Name;
        Describe(control);
        if (type == "textarea")
        {
            control.Attributes["rows"] = Rows.ToString(System.Globalization.CultureInfo.InvariantCulture);
            control.InnerHtml.Append($"\n{Value}");
        }
        else
        {
            control.TagRenderMode = TagRenderMode.SelfClosing;
            control.Attributes["type"] = type;
            if (type != "password" && Value is { } value)
            {
                control.Attributes["value"] = value;
            }
        }

        Group(output, "div", "fr-input-group");
        output.Content.AppendHtml(LabelOf("fr-label", Id));
        output.Content.AppendHtml(control);
        output.Content.AppendHtml(Messages());
    }

    private bool IsDate => (Nullable.GetUnderlyingType(For.ModelExplorer.ModelType) ?? For.ModelExplorer.ModelType) == typeof(DateOnly);
}
