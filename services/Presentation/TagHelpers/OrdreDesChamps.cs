using Microsoft.AspNetCore.Mvc.Rendering;

namespace SuiviCourrier.Presentation.TagHelpers;

/// <summary>The fields of the page as they come, from top to bottom, with their labels: the summary of errors, written last, lists and names them so.</summary>
internal sealed class OrdreDesChamps
{
    private readonly List<string> _names = [];
    private readonly Dictionary<string, string> _labels = new(StringComparer.Ordinal);

    public static OrdreDesChamps Of(ViewContext context)
    {
        if (context.HttpContext.Items.TryGetValue(typeof(OrdreDesChamps), out var known) && known is OrdreDesChamps order)
        {
            return order;
        }

        var first = new OrdreDesChamps();
        context.HttpContext.Items[typeof(OrdreDesChamps)] = first;
        return first;
    }

    public void Add(string name, string label)
    {
        _names.Add(name);
        _labels.TryAdd(name, label);
    }

    /// <summary>
    /// « Objet : ce champ est à remplir »: away from its field, a sentence names it. What already does, and what is no field of ours, stays as it is.
    /// </summary>
    public string Named(string name, string sentence)
    {
        if (!_labels.TryGetValue(name, out var label) || label.Length == 0 || sentence.Contains(label, StringComparison.OrdinalIgnoreCase))
        {
            return sentence;
        }

        // « DNS », « 3 » and names keep their capital.
        var isWord = sentence.Length > 1 && char.IsUpper(sentence[0]) && (char.IsLower(sentence[1]) || sentence[1] is '’' or ' ');
        return $"{label.TrimEnd(' ', '\u00A0', ':')} : {(isWord ? char.ToLowerInvariant(sentence[0]) + sentence[1..] : sentence)}";
    }

    /// <summary>What concerns the whole form comes first, what is no field of ours last.</summary>
    public int RankOf(string name) => name.Length == 0 ? -1 : _names.IndexOf(name) is >= 0 and var rank ? rank : int.MaxValue;
}
