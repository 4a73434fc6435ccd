using System.Net;
using Microsoft.Extensions.DependencyInjection;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Portail.Data;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.ServiceDefaults;
using SuiviCourrier.ServiceDefaults.Messages;
using SuiviCourrier.TestSupport;
using static SuiviCourrier.TestSupport.Eventually;

namespace SuiviCourrier.Portail.Tests.Echecs;

/// <summary>A message that failed for good, as an administrator finds it on the page.</summary>
public sealed class EchecsTests
{
    private readonly Panne _panne = new();
    private RunningCourrier _courrier = null!;
    private SignedInClient _administrateur = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _courrier = await RunningCourrier.StartAsync(
            new Dictionary<string, string?> { ["Messages:Delais:0"] = "00:00:00.050", ["Messages:Poll"] = "00:00:00.050" },
            builder =>
            {
                builder.Services.AddSingleton(_panne);
                builder.Services.AddConsumer<EnPanne, CourrierQualified, PortailDbContext>("essais.en-panne", ServiceRoles.Portail);
            });
        _administrateur = await SignedInClient.CreateAsync(_courrier, RoleAgent.Administrateur);
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        _administrateur.Dispose();
        await _courrier.DisposeAsync();
    }

    [Test]
    public async Task Retry_OnceTheCauseIsMended_DeliversAndLeavesTheList()
    {
        var courrierId = await FailAsync();
        var echecId = await EchecOfAsync(courrierId);
        Assert.That(await _administrateur.ReadAsync("/echecs"), Does.Contain(echecId.ToString()).And.Contain("essais.en-panne").And.Contain($"/courriers/{courrierId}"));

        _panne.Mend(courrierId);
        using var response = await _administrateur.PostAsync("/echecs", new() { ["id"] = echecId.ToString() }, "?handler=Retry");

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Redirect));
        await EventuallyAsync("the message tried again was never delivered", () => Task.FromResult(_panne.HasDelivered(courrierId)));
        Assert.That(await _administrateur.ReadAsync("/echecs"), Does.Not.Contain(echecId.ToString()));
    }

    [Test]
    public async Task Discard_WithoutAReason_KeepsItAndSaysSoBesideTheField()
    {
        var echecId = await EchecOfAsync(await FailAsync());

        using var response = await _administrateur.PostAsync("/echecs", new() { ["id"] = echecId.ToString(), ["motif"] = "  " }, "?handler=Discard");
        var html = await response.Content.ReadAsStringAsync();

        Assert.Multiple(async () =>
        {
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
            Assert.That(html, Does.Match($"id=\"motif-{echecId}-erreurs\"[^>]*><p class=\"fr-message fr-message--error\">[^<]+</p>"));
            Assert.That(await IsOpenAsync(echecId), Is.True);
        });
    }

    [Test]
    public async Task Discard_WithAReason_KeepsWhoAndWhyAndDeliversNothing()
    {
        var courrierId = await FailAsync();
        var echecId = await EchecOfAsync(courrierId);

        var shown = SignedInClient.FieldsOf(await _administrateur.ReadAsync("/echecs"));

        using var response = await _administrateur.SendAsync(
            "/echecs?handler=Discard", new(shown) { ["id"] = echecId.ToString(), ["motif"] = "traité à la main" });
        await _administrateur.ReadAsync("/echecs");
        using var tooLate = await _administrateur.SendAsync("/echecs?handler=Retry", new(shown) { ["id"] = echecId.ToString() });

        Assert.Multiple(async () =>
        {
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Redirect));
            Assert.That(await _administrateur.ReadAsync("/echecs"), Does.Contain("Quelqu’un s’en est déjà occupé"));
            Assert.That(
                await _courrier.Database.ScalarAsync<long>(
                    "SELECT count(*) FROM messagerie.echecs WHERE id = $1 AND motif = 'traité à la main' AND resolved_by = $2", echecId, _administrateur.CompteId.ToString()),
                Is.EqualTo(1));
            Assert.That(_panne.HasDelivered(courrierId), Is.False);
        });
    }

    private async Task<Guid> FailAsync()
    {
        var courrierId = Guid.CreateVersion7();
        _panne.Break(courrierId);
        await Facts.PublishAsync(_courrier, new CourrierQualified
        {
            Source = "essais",
            CourrierId = courrierId,
            Version = 1,
            Etat = new EtatDossier { Etat = EtatCourrier.Enregistre },
        });
        return courrierId;
    }

    private async Task<Guid> EchecOfAsync(Guid courrierId)
    {
        var id = Guid.Empty;
        await EventuallyAsync("the delivery never failed for good", async () =>
        {
            id = await _courrier.Database.ScalarAsync<Guid?>(
                "SELECT id FROM messagerie.echecs WHERE payload::text LIKE '%' || $1 || '%' AND consumer LIKE 'essais.en-panne%'", courrierId.ToString()) ?? Guid.Empty;
            return id != Guid.Empty;
        });
        return id;
    }

    private async Task<bool> IsOpenAsync(Guid echecId) =>
        await _courrier.Database.ScalarAsync<long>("SELECT count(*) FROM messagerie.echecs WHERE id = $1 AND resolved_at IS NULL", echecId) == 1;

    private sealed class Panne
    {
        private readonly Lock _lock = new();
        private readonly HashSet<Guid> _broken = [];
        private readonly HashSet<Guid> _delivered = [];

        public void Break(Guid id)
        {
            lock (_lock)
            {
                _broken.Add(id);
            }
        }

        public void Mend(Guid id)
        {
            lock (_lock)
            {
                _broken.Remove(id);
            }
        }

        public bool HasDelivered(Guid id)
        {
            lock (_lock)
            {
                return _delivered.Contains(id);
            }
        }

        public void Deliver(Guid id)
        {
            lock (_lock)
            {
                if (_broken.Contains(id))
                {
                    throw new InvalidOperationException("en panne");
                }

                _delivered.Add(id);
            }
        }
    }

    private sealed class EnPanne(Panne panne) : IHandle<CourrierQualified>
    {
        public Task HandleAsync(CourrierQualified fact, CancellationToken cancellationToken)
        {
            panne.Deliver(fact.CourrierId);
            return Task.CompletedTask;
        }
    }
}
