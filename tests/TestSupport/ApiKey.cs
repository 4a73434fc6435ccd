using System.Net.Http.Headers;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using SuiviCourrier.Portail.Comptes.ClesApi;
using SuiviCourrier.Presentation.Api;
using SuiviCourrier.TestSupport.Processes;

namespace SuiviCourrier.TestSupport;

/// <summary>A key of the API, for a program of the test.</summary>
public sealed record ApiKey(Guid Id, string Secret)
{
    /// <param name="operations">Every operation when none is named.</param>
    /// <param name="services">Every service when none is named.</param>
    public static async Task<ApiKey> CreateAsync(RunningCourrier courrier, string[]? operations = null, params string[] services)
    {
        await using var scope = courrier.Scope();
        return await CreateAsync(scope.ServiceProvider, operations, services);
    }

    /// <summary>A key of an installation whose process comes and goes.</summary>
    public static Task<ApiKey> CreateAsync(Installation installation, string[]? operations = null, params string[] services) =>
        installation.InProcessAsync(provider => CreateAsync(provider, operations, services));

    /// <summary>A client that carries it.</summary>
    public HttpClient Client(Uri address)
    {
        var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Secret);
        return http;
    }

    private static async Task<ApiKey> CreateAsync(IServiceProvider provider, string[]? operations, string[] services)
    {
        var created = await provider.GetRequiredService<CreateCle>().ExecuteAsync(
            "essais", $"programme {Guid.NewGuid():N}", operations ?? [.. OperationApi.Toutes.Select(o => o.Nom)], services, CancellationToken.None);
        Assert.That(created.Refus, Is.Empty);
        return new ApiKey(created.Id!.Value, created.Secret!);
    }
}
