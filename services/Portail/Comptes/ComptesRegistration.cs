using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using SuiviCourrier.Portail.Comptes.ClesApi;
using SuiviCourrier.Portail.Data;

namespace SuiviCourrier.Portail.Comptes;

internal static class ComptesRegistration
{
    /// <summary>Sign-in by local accounts; every page asks for a signed-in person unless it says otherwise.</summary>
    public static IHostApplicationBuilder AddComptes(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services
            .AddIdentityCore<Compte>(options =>
            {
                options.User.RequireUniqueEmail = true;
                options.Password.RequiredLength = 12;
                options.Password.RequireDigit = false;
                options.Password.RequireLowercase = false;
                options.Password.RequireUppercase = false;
                options.Password.RequireNonAlphanumeric = false;
                options.Password.RequiredUniqueChars = 5;
                options.Lockout.AllowedForNewUsers = true;
                options.Lockout.MaxFailedAccessAttempts = 5;
                options.Lockout.DefaultLockoutTimeSpan = TimeSpan.FromMinutes(5);
            })
            .AddEntityFrameworkStores<PortailDbContext>()
            .AddErrorDescriber<IdentityErrorsEnFrancais>()
            .AddSignInManager();
        services.AddScoped<IUserClaimsPrincipalFactory<Compte>, AgentClaimsFactory>();
        services.AddAuthentication(IdentityConstants.ApplicationScheme).AddIdentityCookies();

        // __Host- is refused by browsers without https: the name depends on how the site is reached.
        var isHttps = builder.Configuration["Site:UrlPublique"]?.StartsWith("https://", StringComparison.OrdinalIgnoreCase) == true;
        services.ConfigureApplicationCookie(options =>
        {
            options.Cookie.Name = isHttps ? "__Host-courrier" : "courrier";
            options.Cookie.HttpOnly = true;
            options.Cookie.SameSite = SameSiteMode.Lax;
            options.Cookie.SecurePolicy = isHttps ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest;
            options.LoginPath = "/connexion";
            options.LogoutPath = "/deconnexion";
            options.ReturnUrlParameter = "retour";
            options.ExpireTimeSpan = TimeSpan.FromHours(10);
            options.SlidingExpiration = true;

            // The error page says it where the person is, with its status, instead of a redirection.
            options.Events.OnRedirectToAccessDenied = context =>
            {
                context.Response.StatusCode = StatusCodes.Status403Forbidden;
                return Task.CompletedTask;
            };
        });
        services.Configure<SecurityStampValidatorOptions>(options => options.ValidationInterval = TimeSpan.FromMinutes(1));
        services.AddDataProtection().SetApplicationName("courrier").PersistKeysToDbContext<PortailDbContext>();
        services.AddAuthorizationBuilder()
            .SetFallbackPolicy(new AuthorizationPolicyBuilder(IdentityConstants.ApplicationScheme).RequireAuthenticatedUser().Build());
        services.AddSingleton<EssaisDeConnexion>();
        services.AddScoped<CreateCompte>();
        services.AddScoped<ChangeCompte>();
        services.AddScoped<DemoComptes>();
        services.AddClesApi();
        return builder;
    }
}
