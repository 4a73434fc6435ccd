using System.Globalization;

namespace SuiviCourrier.Presentation.Mots;

/// <summary>Sizes of files in French units.</summary>
public static class Tailles
{
    private static readonly CultureInfo s_french = CultureInfo.GetCultureInfo("fr-FR");

    /// <summary>« 512 octets », « 84 Ko », « 1,2 Mo ».</summary>
    public static string EnMots(long bytes) => bytes switch
    {
        < 1024 => $"{bytes.ToString(s_french)} octets",
        < 1024 * 1024 => $"{(bytes / 1024).ToString(s_french)} Ko",
        _ => $"{(bytes / (1024.0 * 1024.0)).ToString("0.#", s_french)} Mo",
    };
}
