using System.Net;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.TestSupport;

namespace SuiviCourrier.Portail.Tests;

/// <summary>Each role on each page, on courriers of its perimeter, of another service, and restricted.</summary>
public sealed class DroitsTests
{
    private static readonly string[] s_actions = ["", "/qualifier", "/affecter", "/repondre", "/classer", "/rouvrir"];
    private readonly Dictionary<RoleAgent, SignedInClient> _clients = [];

    /// <summary>Of people: a program has no page.</summary>
    private static IEnumerable<RoleAgent> Roles => Enum.GetValues<RoleAgent>().Where(r => r != RoleAgent.Programme);
    private RunningCourrier _courrier = null!;
    private Guid _own;
    private Guid _foreign;
    private Guid _restricted;
    private Guid _unassigned;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _courrier = await RunningCourrier.StartAsync();
        foreach (var role in Roles)
        {
            _clients[role] = await SignedInClient.CreateAsync(_courrier, role, "DCL");
        }

        // DCL-ETR is below DCL: in the perimeter of everybody here.
        _own = (await new Arrivee { ServiceCode = "DCL-ETR" }.RegisterAsync(_courrier)).Id;
        _foreign = (await new Arrivee { ServiceCode = "DDT" }.RegisterAsync(_courrier)).Id;
        _restricted = (await new Arrivee { ServiceCode = "DDT", IsRestreint = true }.RegisterAsync(_courrier)).Id;
        _unassigned = (await new Arrivee().RegisterAsync(_courrier)).Id;
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        foreach (var client in _clients.Values)
        {
            client.Dispose();
        }

        await _courrier.DisposeAsync();
    }

    [Test]
    public async Task Courrier_OfItsPerimeter_OpensToEveryRoleWithTheActionsOfTheRole([ValueSource(nameof(Roles))] RoleAgent role)
    {
        foreach (var action in s_actions)
        {
            var expected = role == RoleAgent.BureauOrdre && IsAnswer(action) ? HttpStatusCode.Forbidden : HttpStatusCode.OK;
            await AssertAsync(role, _own, action, expected);
        }
    }

    [Test]
    public async Task Courrier_OfAnotherService_DoesNotExistForAgentsAndHeads([ValueSource(nameof(Roles))] RoleAgent role)
    {
        foreach (var action in s_actions)
        {
            var expected = role is RoleAgent.Agent or RoleAgent.ChefService ? HttpStatusCode.NotFound
                : role == RoleAgent.BureauOrdre && IsAnswer(action) ? HttpStatusCode.Forbidden
                : HttpStatusCode.OK;
            await AssertAsync(role, _foreign, action, expected);
        }
    }

    [Test]
    public async Task Courrier_RestrictedInAnotherService_DoesNotExistButForSupervisors([ValueSource(nameof(Roles))] RoleAgent role)
    {
        foreach (var action in s_actions)
        {
            await AssertAsync(role, _restricted, action, role == RoleAgent.Superviseur ? HttpStatusCode.OK : HttpStatusCode.NotFound);
        }
    }

    [TestCase(RoleAgent.Agent, HttpStatusCode.NotFound)]
    [TestCase(RoleAgent.ChefService, HttpStatusCode.NotFound)]
    [TestCase(RoleAgent.BureauOrdre, HttpStatusCode.OK)]
    [TestCase(RoleAgent.Superviseur, HttpStatusCode.OK)]
    public async Task Courrier_WithoutAService_IsForTheMailRoomAndSupervisors(RoleAgent role, HttpStatusCode expected) =>
        await AssertAsync(role, _unassigned, "", expected);

    [Test]
    public async Task Courrier_Unknown_DoesNotExist([ValueSource(nameof(Roles))] RoleAgent role) => await AssertAsync(role, Guid.NewGuid(), "", HttpStatusCode.NotFound);

    [TestCase("/", "BureauOrdre Agent ChefService Superviseur Administrateur")]
    [TestCase("/corbeille", "BureauOrdre Agent ChefService Superviseur Administrateur")]
    [TestCase("/registre", "BureauOrdre Agent ChefService Superviseur Administrateur")]
    [TestCase("/taches", "BureauOrdre Agent ChefService Superviseur Administrateur")]
    [TestCase("/aide", "BureauOrdre Agent ChefService Superviseur Administrateur")]
    [TestCase("/en-retard", "ChefService Superviseur Administrateur")]
    [TestCase("/comptes", "Administrateur")]
    [TestCase("/cles-api", "Administrateur")]
    [TestCase("/echecs", "Administrateur")]
    [TestCase("/courriels-sortants", "BureauOrdre Superviseur Administrateur")]
    public async Task Page_OpensToItsRoles_AndIsForbiddenToTheOthers(string url, string roles)
    {
        foreach (var (role, client) in _clients)
        {
            using var response = await client.GetAsync(url);
            Assert.That(response.StatusCode, Is.EqualTo(roles.Split(' ').Contains(role.ToString()) ? HttpStatusCode.OK : HttpStatusCode.Forbidden), $"{role} on {url}");
        }
    }

    [Test]
    public async Task Lists_NeverNameWhatTheRoleMayNotSee([Values(RoleAgent.BureauOrdre, RoleAgent.Agent, RoleAgent.ChefService, RoleAgent.Administrateur)] RoleAgent role)
    {
        var chrono = await _courrier.Database.ScalarAsync<string>("SELECT numero_chrono FROM ingestion.courriers WHERE id = $1", _restricted);

        foreach (var url in new[] { "/", "/corbeille", "/registre" })
        {
            var page = await _clients[role].ReadAsync(url);
            Assert.That(page, Does.Not.Contain(chrono!), $"{role} on {url}");
        }

        Assert.That(await _clients[RoleAgent.Superviseur].ReadAsync("/registre"), Does.Contain(chrono!));
    }

    [TestCase(RoleAgent.Agent)]
    [TestCase(RoleAgent.BureauOrdre)]
    public async Task Answer_PostedByARoleThatMayNot_ChangesNothing(RoleAgent role)
    {
        var target = role == RoleAgent.Agent ? _foreign : _own;
        var form = SignedInClient.FieldsOf(await _clients[role].ReadAsync("/deconnexion"));

        using var response = await _clients[role].SendAsync(
            $"/courriers/{target}/repondre", new(form) { ["Fond"] = "SurLeFond", ["Mode"] = "Lettre", ["Texte"] = "Réponse" });

        Assert.Multiple(async () =>
        {
            Assert.That(response.StatusCode, Is.EqualTo(role == RoleAgent.Agent ? HttpStatusCode.NotFound : HttpStatusCode.Forbidden));
            Assert.That(await _courrier.Database.ScalarAsync<long>("SELECT count(*) FROM portail.reponses WHERE courrier_id = $1", target), Is.Zero);
        });
    }

    private static bool IsAnswer(string action) => action is "/repondre" or "/classer" or "/rouvrir";

    private async Task AssertAsync(RoleAgent role, Guid courrier, string action, HttpStatusCode expected)
    {
        using var response = await _clients[role].GetAsync($"/courriers/{courrier}{action}");
        Assert.That(response.StatusCode, Is.EqualTo(expected), $"{role} on {action}");
    }
}
