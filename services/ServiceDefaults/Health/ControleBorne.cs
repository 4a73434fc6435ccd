using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace SuiviCourrier.ServiceDefaults.Health;

/// <summary>A control that says in a sentence when it found no answer in time: the library's own limit would log a failure with its whole stack.</summary>
internal sealed class ControleBorne(IHealthCheck controle, TimeSpan limite) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bounded.CancelAfter(limite);
        try
        {
            return await controle.CheckHealthAsync(context, bounded.Token);
        }
        catch (Exception) when (bounded.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, $"Sans réponse en {limite.TotalSeconds:0} s.");
        }
    }
}

public static class ControleRegistration
{
    private static readonly TimeSpan s_limite = TimeSpan.FromSeconds(5);

    /// <summary>One more control of <c>/sante/pret</c>; its description is a sentence in French.</summary>
    /// <param name="enPanne">What the whole is when this control fails, or does not answer in five seconds.</param>
    public static IHealthChecksBuilder AddControle<TControle>(this IHealthChecksBuilder builder, string nom, HealthStatus enPanne = HealthStatus.Unhealthy)
        where TControle : class, IHealthCheck =>
        builder.Add(new HealthCheckRegistration(
            nom, services => new ControleBorne(ActivatorUtilities.GetServiceOrCreateInstance<TControle>(services), s_limite), enPanne, tags: null));
}
