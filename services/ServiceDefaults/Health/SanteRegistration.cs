using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace SuiviCourrier.ServiceDefaults.Health;

/// <summary>
/// <c>/sante/vivant</c>: the process runs. <c>/sante/pret</c>: it can work. Open to all, and without personal data. A service adds
/// its own control with <see cref="ControleRegistration.AddControle"/>.
/// </summary>
public static class SanteRegistration
{
    private static readonly JsonSerializerOptions s_json = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static IHostApplicationBuilder AddSante(this IHostApplicationBuilder builder)
    {
        builder.Services.Configure<SanteOptions>(builder.Configuration.GetSection("Sante"));
        builder.Services.AddHealthChecks()
            .AddControle<DatabaseCheck>("base")
            .AddControle<ClockCheck>("horloge")
            .AddControle<BusCheck>("bus")
            .AddControle<OutboxCheck>("envois")
            .AddControle<ProjectionCheck>("projections");
        return builder;
    }

    public static IEndpointRouteBuilder MapSante(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapHealthChecks("/sante/vivant", new HealthCheckOptions { Predicate = _ => false, ResponseWriter = (context, _) => WriteAsync(context, new { etat = "vivant" }) })
            .AllowAnonymous();
        endpoints.MapHealthChecks("/sante/pret", new HealthCheckOptions { ResponseWriter = WriteReadinessAsync }).AllowAnonymous();
        return endpoints;
    }

    private static Task WriteReadinessAsync(HttpContext context, HealthReport report) =>
        WriteAsync(context, new
        {
            etat = report.Status == HealthStatus.Unhealthy ? "indisponible" : "pret",
            controles = report.Entries.Select(e => new
            {
                nom = e.Key,
                etat = e.Value.Status == HealthStatus.Unhealthy ? "en panne" : e.Value.Status == HealthStatus.Degraded ? "degrade" : "ok",

                // What an exception says may name hosts and accounts: it goes to the log, not to whoever asks.
                message = e.Value.Description is { } said && e.Value.Exception is null ? said : "Le contrôle n’a pas abouti : voir le journal du serveur.",
                mesures = e.Value.Data,
            }),
        });

    private static Task WriteAsync(HttpContext context, object body)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        return context.Response.WriteAsync(JsonSerializer.Serialize(body, s_json), context.RequestAborted);
    }
}
