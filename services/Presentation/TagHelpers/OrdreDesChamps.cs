using Microsoft.AspNetCore.Mvc.Rendering;

namespace SuiviCourrier.Presentation.TagHelpers;

/// <summary>The fields of the page as they come, from top to bottom: the summary of errors, written last, lists them in that order.</summary>
internal sealed class OrdreDesChamps
{
    private readonly List<string> _names = [];

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

    public void Add(string name) => _names.Add(name);

    /// <summary>What concerns the whole form comes first, what is no field of ours last.</summary>
    public int RankOf(string name) => name.Length == 0 ? -1 : _names.IndexOf(name) is >= 0 and var rank ? rank : int.MaxValue;
}
