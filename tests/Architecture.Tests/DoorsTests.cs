using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using SuiviCourrier.Contracts;
using SuiviCourrier.ServiceDefaults.Messages;
using SuiviCourrier.TestSupport;

namespace SuiviCourrier.Architecture.Tests;

/// <summary>What the whole application is made of, asked of the running application.</summary>
public sealed class DoorsTests
{
    /// <summary>Open to whoever has not signed in, and nothing else is. Files of the pages (styles, icons) apart.</summary>
    private static readonly string[] s_openDoors = ["connexion", "sante/vivant", "sante/pret", "accessibilite", "erreur", "contact", "suivi", "api"];

    private RunningCourrier _courrier = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _courrier = await RunningCourrier.StartAsync();

    [OneTimeTearDown]
    public async Task StopAsync() => await _courrier.DisposeAsync();

    [Test]
    public async Task WhatSaysNothing_DemandsSomebodySignedIn()
    {
        var policy = _courrier.App.Services.GetRequiredService<IOptions<AuthorizationOptions>>().Value.FallbackPolicy;

        Assert.That(policy, Is.Not.Null);
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = _courrier.BaseAddress };
        foreach (var url in (string[])["/", "/corbeille", "/registre", "/en-retard", $"/courriers/{Guid.NewGuid()}", $"/fichiers/{Guid.NewGuid()}", "/hangfire", "/aide"])
        {
            using var response = await http.GetAsync(url);
            Assert.That((int)response.StatusCode, Is.EqualTo(302).Or.EqualTo(401), url);
        }
    }

    [Test]
    public void OpenDoors_AreTheFewNamedHere()
    {
        var open = ((IEndpointRouteBuilder)_courrier.App).DataSources.SelectMany(s => s.Endpoints).OfType<RouteEndpoint>()
            .Where(e => e.Metadata.GetMetadata<IAllowAnonymous>() is not null)
            .Select(e => e.RoutePattern.RawText!.TrimStart('/'))
            .Where(r => !Path.HasExtension(r) && !r.StartsWith("{**", StringComparison.Ordinal))
            .Where(r => !s_openDoors.Contains(r.Split('{')[0].TrimEnd('/')))
            .Distinct();

        Assert.That(open, Is.Empty);
    }

    [Test]
    public void Facts_AreListenedTo()
    {
        var heard = _courrier.App.Services.GetServices<Consumer>().Select(c => c.FactType).ToHashSet();
        var unheard = House.Assemblies["Contracts"].GetTypes().Where(t => t.IsClass && t.IsAssignableTo(typeof(IFact)) && !heard.Contains(t)).Select(t => t.Name);

        Assert.That(unheard, Is.Empty, "a contract that nobody consumes is noise");
    }

    [Test]
    public void Consumers_AreNamedByTheirServiceAndUnique()
    {
        var names = _courrier.App.Services.GetServices<Consumer>().Select(c => (c.Name, Service: c.HandlerType.Assembly.GetName().Name!)).ToList();

        Assert.That(names.Select(n => n.Name), Is.Unique);
        Assert.That(names, Is.All.Matches<(string Name, string Service)>(n => n.Name.StartsWith(n.Service.ToLowerInvariant() + ".", StringComparison.Ordinal)));
    }
}
