using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection;
using SuiviCourrier.Presentation.Api;

namespace SuiviCourrier.Portail.Comptes.ClesApi;

internal static class ClesApiRegistration
{
    /// <summary>The keys of programs, beside the sign-in of people.</summary>
    public static IServiceCollection AddClesApi(this IServiceCollection services)
    {
        services.AddAuthentication().AddScheme<AuthenticationSchemeOptions, CleApiHandler>(PorteApi.Scheme, null);
        services.AddScoped<CreateCle>();
        services.AddScoped<RevokeCle>();
        return services;
    }
}
