using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace SuiviCourrier.ServiceDefaults.Telemetry;

public static class TelemetryRegistration
{
    /// <summary>Traces and measures leave only when someone collects them: <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>.</summary>
    public static IHostApplicationBuilder AddTelemetry(this IHostApplicationBuilder builder, ServiceRoles roles)
    {
        if (string.IsNullOrWhiteSpace(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
        {
            return builder;
        }

        builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource
                .AddService("courrier", serviceVersion: typeof(TelemetryRegistration).Assembly.GetName().Version?.ToString())
                .AddAttributes([new("courrier.roles", roles.ToString())]))
            .WithTracing(tracing => tracing
                .AddSource(Traces.SourceName)
                .AddAspNetCoreInstrumentation(options => options.Filter = context => !IsUntraced(context.Request.Path))
                .AddNpgsql())
            .WithMetrics(metrics => metrics
                .AddMeter(Traces.SourceName)
                .AddAspNetCoreInstrumentation()
                .AddRuntimeInstrumentation()
                .AddNpgsqlInstrumentation())
            .UseOtlpExporter();
        return builder;
    }

    /// <summary>Health is asked all day; the address of a follow-up page is a secret, and a span holds the address.</summary>
    private static bool IsUntraced(PathString path) =>
        path.StartsWithSegments("/sante", StringComparison.OrdinalIgnoreCase) || path.StartsWithSegments("/suivi", StringComparison.OrdinalIgnoreCase);
}
