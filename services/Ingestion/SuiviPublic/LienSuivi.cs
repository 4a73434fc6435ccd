using Microsoft.Extensions.Configuration;
using SuiviCourrier.Ingestion.Courriers;

namespace SuiviCourrier.Ingestion.SuiviPublic;

/// <summary>The address of the follow-up page, as it is written to people. Without <c>Site:UrlPublique</c> there is none: nobody outside could open it.</summary>
public sealed class LienSuivi(IConfiguration configuration)
{
    private readonly string? _site = configuration["Site:UrlPublique"]?.TrimEnd('/') is { Length: > 0 } address ? address : null;

    public string? Of(Courrier courrier) => _site is null ? null : $"{_site}/suivi/{courrier.JetonSuivi}";
}
