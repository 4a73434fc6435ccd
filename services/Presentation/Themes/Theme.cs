using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Npgsql;
using SuiviCourrier.ServiceDefaults.Time;

namespace SuiviCourrier.Presentation.Themes;

/// <summary>
/// How the pages present the site. The State's marks (bloc-marque, Marianne typeface) are reserved for State sites by the terms of
/// the DSFR: they appear only when <c>Site:EstSiteEtat</c> says so.
/// </summary>
public sealed partial class Theme(IConfiguration configuration, SiteCourant site, ILogger<Theme> logger)
{
    public bool IsEtat { get; } = configuration.GetValue("Site:EstSiteEtat", false);

    /// <summary>Lines of the bloc-marque, as <c>Préfet|d’Indre-et-Loire</c> in <c>Site:BlocMarque</c>.</summary>
    public IReadOnlyList<string> BlocMarque { get; } =
        (configuration["Site:BlocMarque"] ?? "République|Française").Split('|', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>Name of the préfecture; empty when it cannot be read: an error page must show without the database.</summary>
    public async Task<string> NomDuSiteAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (await site.GetAsync(cancellationToken)).Libelle;
        }
        catch (Exception unreadable) when (unreadable is NpgsqlException or InvalidOperationException or TimeoutException)
        {
            SiteUnreadable(unreadable.GetType().Name);
            return "";
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The site cannot be read ({Reason}): the header shows no name")]
    private partial void SiteUnreadable(string reason);
}
