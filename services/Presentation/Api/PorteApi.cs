using System.Diagnostics;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SuiviCourrier.Presentation.Rights;

namespace SuiviCourrier.Presentation.Api;

/// <summary>
/// The door of the programs: everything below <c>/api/</c>. It asks for a key and ignores cookies, so that no page of another site can
/// act through the browser of somebody signed in; whatever goes wrong is answered as a problem in JSON, never as a page.
/// </summary>
public static partial class PorteApi
{
    /// <summary>Authentication scheme of the keys; the portal, which owns them, implements it.</summary>
    public const string Scheme = "cle-api";

    public static bool IsApi(HttpContext context) =>
        context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase, out var rest) && rest.Value?.Length > 1;

    /// <summary>Only a key that names the operation passes.</summary>
    public static AuthorizationPolicy PolicyOf(OperationApi operation) =>
        new AuthorizationPolicyBuilder(Scheme).RequireAuthenticatedUser().RequireClaim(AgentClaims.Operation, operation.Nom).Build();

    /// <summary>Comes first: whatever fails after it is answered as a problem.</summary>
    public static IApplicationBuilder UseProblemesApi(this IApplicationBuilder app) =>
        app.UseWhen(IsApi, api => api.Use(async (context, next) =>
        {
            context.Response.Headers.CacheControl = "no-store";
            try
            {
                await next(context);
            }
            catch (DemandeRefuseeException refused) when (!context.Response.HasStarted)
            {
                await Problemes.WriteAsync(context, refused.Probleme, refused.Detail, refused.Erreurs);
            }
            catch (BadHttpRequestException bad) when (!context.Response.HasStarted)
            {
                await Problemes.WriteAsync(context, bad.StatusCode == StatusCodes.Status413PayloadTooLarge ? Probleme.TropGros : Probleme.DemandeMalFormee);
            }
            catch (Exception failure) when (!context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
            {
                var logger = context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(PorteApi).FullName!);
                LogFailure(logger, failure, context.GetEndpoint()?.DisplayName);
                context.Response.Clear();
                await Problemes.WriteAsync(
                    context, Probleme.ErreurInterne, "Rien ne dit que votre demande a été enregistrée : refaites-la avec la même clé d’idempotence.",
                    trace: Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier);
            }
        }));

    /// <summary>Comes after the routing: an address or a method that does not exist asks for a key too, and is answered as a problem.</summary>
    public static IApplicationBuilder UseRoutesApi(this IApplicationBuilder app) =>
        app.UseWhen(IsApi, api => api.Use(async (context, next) =>
        {
            if (context.GetEndpoint()?.Metadata.GetMetadata<DescriptionOperation>() is not null)
            {
                await next(context);
            }
            else if (!(await context.AuthenticateAsync(Scheme)).Succeeded)
            {
                await context.ChallengeAsync(Scheme);
            }
            else if (MethodsAt(context) is { Length: > 0 } allowed)
            {
                context.Response.Headers.Allow = allowed;
                await Problemes.WriteAsync(context, Probleme.MethodeNonPermise, $"Méthodes permises : {allowed}.");
            }
            else
            {
                await Problemes.WriteAsync(context, Probleme.AdresseInconnue, "Les adresses de l’API sont décrites à l’adresse /api.");
            }
        }));

    /// <summary>
    /// Methods of the operations at this address: what the routing says of it counts files of the pages too. None when the method asked is one of
    /// them: the address then names no courrier.
    /// </summary>
    private static string MethodsAt(HttpContext context)
    {
        var methods = context.RequestServices.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.Metadata.GetMetadata<DescriptionOperation>() is not null
                && new TemplateMatcher(new RouteTemplate(e.RoutePattern), []).TryMatch(context.Request.Path, []))
            .SelectMany(e => e.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods)
            .Distinct().ToList();
        return methods.Contains(context.Request.Method) ? "" : string.Join(", ", methods);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The API failed in {Operation}")]
    private static partial void LogFailure(ILogger logger, Exception failure, string? operation);
}
