using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace SuiviCourrier.Ingestion.Accuses.Modeles;

/// <summary>A whole HTML page: in French, one h1, real lists and links, every value encoded, no script, nothing loaded from elsewhere.</summary>
internal static class RenduHtml
{
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    private const string Style =
        "body{font:16px/1.5 Arial,sans-serif;color:#161616;background:#fff;max-width:40em;margin:1em auto;padding:0 1em;overflow-wrap:break-word}" +
        "h1{font-size:1.25em}h2{font-size:1.1em;margin-bottom:.25em}address{font-style:normal;margin:1em 0}ul{margin-top:.25em}a{color:#000091}";

    public static string Render(string subject, IReadOnlyList<Bloc> blocs)
    {
        // The subject is the page's heading, unless the letter says it itself.
        var ownHeading = blocs.FirstOrDefault(bloc => bloc.Genre is GenreBloc.Titre);
        var saysSubject = ownHeading is not null && string.Concat(ownHeading.Lignes[0].Select(segment => segment.Texte)) == subject;
        var html = new StringBuilder()
            .Append("<!DOCTYPE html>\n<html lang=\"fr\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>")
            .Append(Encoder.Encode(subject))
            .Append("</title>\n<style>").Append(Style).Append("</style>\n</head>\n<body>\n<main>\n");
        if (!saysSubject)
        {
            html.Append("<h1>").Append(Encoder.Encode(subject)).Append("</h1>\n");
        }

        foreach (var bloc in blocs)
        {
            switch (bloc.Genre)
            {
                case GenreBloc.Titre:
                    var level = saysSubject && ReferenceEquals(bloc, ownHeading) ? "h1" : "h2";
                    html.Append('<').Append(level).Append('>').Append(Ligne(bloc.Lignes[0])).Append("</").Append(level).Append(">\n");
                    break;
                case GenreBloc.Liste:
                    html.Append("<ul>\n").AppendJoin('\n', bloc.Lignes.Select(ligne => $"<li>{Ligne(ligne)}</li>")).Append("\n</ul>\n");
                    break;
                case GenreBloc.Adresse:
                case GenreBloc.Emetteur:
                    html.Append("<address>").AppendJoin("<br>\n", bloc.Lignes.Select(Ligne)).Append("</address>\n");
                    break;
                case GenreBloc.Paragraphe:
                    html.Append("<p>").Append(Ligne(bloc.Lignes[0])).Append("</p>\n");
                    break;
            }
        }

        return html.Append("</main>\n</body>\n</html>\n").ToString();
    }

    private static string Ligne(IReadOnlyList<Segment> ligne) => string.Concat(ligne.Select(segment => segment.Lien is null
        ? string.Join("<br>\n", segment.Texte.Split('\n').Select(Encoder.Encode))
        : $"<a href=\"{Encoder.Encode(segment.Lien)}\">{Encoder.Encode(segment.Lisible)}</a>"));
}
