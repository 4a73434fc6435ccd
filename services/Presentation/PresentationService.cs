using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Localization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.WebEncoders;
using SuiviCourrier.Presentation.Api;
using SuiviCourrier.Presentation.Mots;
using SuiviCourrier.Presentation.Themes;

namespace SuiviCourrier.Presentation;

/// <summary>What every page needs: theme, French words of the binder, error pages.</summary>
public static class PresentationService
{
    private static readonly CultureInfo s_french = CultureInfo.GetCultureInfo("fr-FR");

    public static IHostApplicationBuilder AddPresentation(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<Theme>();
        builder.Services.AddAntiforgery(options =>
        {
            options.Cookie.Name = "courrier-formulaire";
            options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        });
        builder.Services.Configure<CookieTempDataProviderOptions>(options =>
        {
            options.Cookie.Name = "courrier-suite";
            options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        });

        // Accents as they are: pages half as heavy, and readable at their source. What HTML must escape still is.
        builder.Services.Configure<WebEncoderOptions>(options => options.TextEncoderSettings = new TextEncoderSettings(UnicodeRanges.All));
        builder.Services.ConfigureHttpJsonOptions(options => JsonApi.Configured(options.SerializerOptions));
        builder.Services.AddDocumentApi();
        builder.Services.Configure<MvcOptions>(MessagesDuFormulaire.Configure);
        builder.Services.Configure<RequestLocalizationOptions>(options =>
        {
            options.DefaultRequestCulture = new RequestCulture(s_french);
            options.SupportedCultures = [s_french];
            options.SupportedUICultures = [s_french];
            options.RequestCultureProviders.Clear();
        });
        return builder;
    }

    /// <summary>Comes first in the pipeline: errors of everything after it become French pages, or problems for programs.</summary>
    public static IApplicationBuilder UsePresentation(this IApplicationBuilder app)
    {
        app.UseProblemesApi();
        app.UseWhen(context => !PorteApi.IsApi(context), pages =>
        {
            pages.UseExceptionHandler("/erreur/500");
            pages.UseStatusCodePagesWithReExecute("/erreur/{0}");
        });
        app.UseRequestLocalization();
        var theme = app.ApplicationServices.GetRequiredService<Theme>();
        if (!theme.IsEtat)
        {
            app.Use((context, next) =>
            {
                if (IsMarqueEtat(context.Request.Path))
                {
                    context.Response.StatusCode = StatusCodes.Status404NotFound;
                    return Task.CompletedTask;
                }

                return next(context);
            });
        }

        return app;
    }

    private static bool IsMarqueEtat(PathString path) =>
        path.StartsWithSegments("/dsfr/favicon", StringComparison.OrdinalIgnoreCase)
        || (path.StartsWithSegments("/dsfr/fonts", StringComparison.OrdinalIgnoreCase, out var file)
            && file.Value!.StartsWith("/Marianne", StringComparison.OrdinalIgnoreCase));
}
