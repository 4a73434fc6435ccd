using System.Globalization;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace SuiviCourrier.Presentation.TagHelpers;

/// <summary><c>&lt;c-select for="ServiceCode" items="Model.Services" label="Service" /&gt;</c>.</summary>
[HtmlTargetElement("c-select", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class SelectTagHelper : FieldTagHelper
{
    public IEnumerable<SelectListItem> Items { get; set; } = [];

    /// <summary>First line, chosen while nothing is; an empty string leaves it out.</summary>
    public string Placeholder { get; set; } = "Choisir…";

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        var control = new TagBuilder("select");
        MoveAttributes(output, control);
        control.AddCssClass("fr-select");
        control.Attributes["id"] = Id;
        control.Attributes["name"] = Name;
        Describe(control);
        if (Placeholder.Length > 0)
        {
            control.InnerHtml.AppendHtml(Option("", Placeholder, isSelected: false));
        }

        foreach (var group in Items.GroupBy(i => i.Group?.Name))
        {
            var options = group.Select(i => Option(i.Value, i.Text, i.Value == Value || (Value is null && i.Selected)));
            if (group.Key is null)
            {
                foreach (var option in options)
                {
                    control.InnerHtml.AppendHtml(option);
                }

                continue;
            }

            var element = new TagBuilder("optgroup");
            element.Attributes["label"] = group.Key;
            foreach (var option in options)
            {
                element.InnerHtml.AppendHtml(option);
            }

            control.InnerHtml.AppendHtml(element);
        }

        Group(output, "div", "fr-select-group");
        output.Content.AppendHtml(LabelOf("fr-label", Id));
        output.Content.AppendHtml(control);
        output.Content.AppendHtml(Messages());
    }

    private static TagBuilder Option(string value, string text, bool isSelected)
    {
        var option = new TagBuilder("option");
        option.Attributes["value"] = value;
        if (isSelected)
        {
            option.Attributes["selected"] = "selected";
        }

        option.InnerHtml.Append(text);
        return option;
    }
}

/// <summary><c>&lt;c-radios for="Nature" items="Libelles.Natures" legend="Nature" /&gt;</c>.</summary>
[HtmlTargetElement("c-radios", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class RadiosTagHelper : FieldTagHelper
{
    public IEnumerable<SelectListItem> Items { get; set; } = [];

    public string? Legend { get; set; }

    /// <summary>Side by side: for a few short choices.</summary>
    public bool Inline { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        Label = Legend ?? Label;
        var shared = new TagBuilder("input");
        MoveAttributes(output, shared);
        Group(output, "fieldset", "fr-fieldset");
        output.Attributes.SetAttribute("id", $"{Id}-choix");
        output.Attributes.SetAttribute("aria-describedby", ErrorsId);
        output.Content.AppendHtml(LabelOf("fr-fieldset__legend fr-fieldset__legend--regular", forId: null));
        var number = 0;
        foreach (var item in Items)
        {
            // The first carries the name's own id: the error summary leads to it.
            var id = number == 0 ? Id : $"{Id}-{number.ToString(CultureInfo.InvariantCulture)}";
            number++;
            var input = new TagBuilder("input") { TagRenderMode = TagRenderMode.SelfClosing };
            input.MergeAttributes(shared.Attributes);
            input.Attributes["type"] = "radio";
            input.Attributes["id"] = id;
            input.Attributes["name"] = Name;
            input.Attributes["value"] = item.Value;
            if (item.Value == Value || (Value is null && item.Selected))
            {
                input.Attributes["checked"] = "checked";
            }

            var label = new TagBuilder("label");
            label.AddCssClass("fr-label");
            label.Attributes["for"] = id;
            label.InnerHtml.Append(item.Text);
            var group = new TagBuilder("div");
            group.AddCssClass("fr-radio-group fr-radio-group--sm");
            group.InnerHtml.AppendHtml(input).AppendHtml(label);
            var element = new TagBuilder("div");
            element.AddCssClass(Inline ? "fr-fieldset__element fr-fieldset__element--inline" : "fr-fieldset__element");
            element.InnerHtml.AppendHtml(group);
            output.Content.AppendHtml(element);
        }

        output.Content.AppendHtml(Messages());
    }
}

/// <summary><c>&lt;c-checkbox for="IsRestreint" label="Restreint" /&gt;</c>.</summary>
[HtmlTargetElement("c-checkbox", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class CheckboxTagHelper : FieldTagHelper
{
    /// <summary>What is sent when the box is ticked: one of several values of the same name.</summary>
    public string CheckedValue { get; set; } = "true";

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        var input = new TagBuilder("input") { TagRenderMode = TagRenderMode.SelfClosing };
        MoveAttributes(output, input);
        input.Attributes["type"] = "checkbox";
        input.Attributes["id"] = Id;
        input.Attributes["name"] = Name;
        input.Attributes["value"] = CheckedValue;
        Describe(input);
        if (string.Equals(Value, CheckedValue, StringComparison.OrdinalIgnoreCase))
        {
            input.Attributes["checked"] = "checked";
        }

        Group(output, "div", "fr-checkbox-group");
        output.Content.AppendHtml(input);
        Optional = false;
        output.Content.AppendHtml(LabelOf("fr-label", Id));
        output.Content.AppendHtml(Messages());
    }
}

/// <summary><c>&lt;c-upload for="Scan" label="Document numérisé" hint="PDF, 50 Mo au plus" accept=".pdf" /&gt;</c>.</summary>
[HtmlTargetElement("c-upload", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class UploadTagHelper : FieldTagHelper
{
    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        var input = new TagBuilder("input") { TagRenderMode = TagRenderMode.SelfClosing };
        MoveAttributes(output, input);
        input.AddCssClass("fr-upload");
        input.Attributes["type"] = "file";
        input.Attributes["id"] = Id;
        input.Attributes["name"] = Name;
        Describe(input);
        Group(output, "div", "fr-upload-group");
        output.Content.AppendHtml(LabelOf("fr-label", Id));
        output.Content.AppendHtml(input);
        output.Content.AppendHtml(Messages());
    }
}
