using System.Text;

namespace SuiviCourrier.Ingestion.Accuses.Modeles;

/// <summary>text/plain: a blank line between blocks, dashes before items, addresses of links written out.</summary>
internal static class RenduTexte
{
    public static string Render(IReadOnlyList<Bloc> blocs)
    {
        var result = new StringBuilder();
        for (var i = 0; i < blocs.Count; i++)
        {
            if (i > 0)
            {
                result.Append(blocs[i - 1].Genre is GenreBloc.Titre ? "\n" : "\n\n");
            }

            var prefix = blocs[i].Genre is GenreBloc.Liste ? "- " : "";
            result.AppendJoin('\n', blocs[i].Lignes.Select(ligne => prefix + string.Concat(ligne.Select(segment => segment.Lisible))));
        }

        return result.Append('\n').ToString();
    }
}
