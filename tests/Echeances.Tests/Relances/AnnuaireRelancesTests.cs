using SuiviCourrier.Delais;
using SuiviCourrier.Echeances.Relances;
using SuiviCourrier.Presentation.Rights;

namespace SuiviCourrier.Echeances.Tests.Relances;

public sealed class AnnuaireRelancesTests
{
    private static readonly Guid s_agent = Guid.CreateVersion7();
    private static readonly Guid s_colleague = Guid.CreateVersion7();
    private static readonly Guid s_head = Guid.CreateVersion7();
    private static readonly Guid s_supervisor = Guid.CreateVersion7();

    private static readonly ServiceRelance[] s_services =
        [new("SG", null, null), new("DCL", "SG", "dcl@x.invalid"), new("DCL-ETR", "DCL", null), new("DCL-NAT", "DCL", "nat@x.invalid")];

    private static readonly AnnuaireRelances s_annuaire = new(
        [
            new(s_agent, "a@x.invalid", "A", RoleAgent.Agent, "DCL-ETR"),
            new(s_colleague, "b@x.invalid", "B", RoleAgent.Agent, "DCL-ETR"),
            new(s_head, "h@x.invalid", "H", RoleAgent.ChefService, "DCL"),
            new(s_supervisor, "s@x.invalid", "S", RoleAgent.Superviseur, "SG"),
        ],
        s_services);

    [Test]
    public void Resolve_WithAnAgentInCharge_IsThatAgent() =>
        Assert.That(s_annuaire.Resolve(DestinataireEtape.Agent, s_agent, "DCL-ETR"), Is.EqualTo(new[] { $"compte:{s_agent}" }));

    [Test]
    public void Resolve_WithNoAgentInCharge_IsEveryAgentOfTheService() =>
        Assert.That(s_annuaire.Resolve(DestinataireEtape.Agent, null, "DCL-ETR"), Is.EquivalentTo(new[] { $"compte:{s_agent}", $"compte:{s_colleague}" }));

    [Test]
    public void Resolve_WithNoAgentInTheService_IsItsFunctionalAddress() =>
        Assert.That(s_annuaire.Resolve(DestinataireEtape.Agent, null, "DCL-NAT"), Is.EqualTo(new[] { "service:DCL-NAT" }));

    [Test]
    public void Resolve_OfTheHead_GoesUpTheTree() =>
        Assert.That(s_annuaire.Resolve(DestinataireEtape.Chef, null, "DCL-NAT"), Is.EqualTo(new[] { $"compte:{s_head}" }));

    [TestCase(DestinataireEtape.Agent)]
    [TestCase(DestinataireEtape.Chef)]
    [TestCase(DestinataireEtape.Superviseur)]
    public void Resolve_WithNobodyBelow_IsTheSupervisors(DestinataireEtape destinataire) =>
        Assert.That(s_annuaire.Resolve(destinataire, Guid.CreateVersion7(), null), Is.EqualTo(new[] { $"compte:{s_supervisor}" }));

    [Test]
    public void Resolve_WithALoopInTheTree_Ends()
    {
        var annuaire = new AnnuaireRelances([], [new("A", "B", null), new("B", "A", null)]);

        Assert.That(annuaire.Resolve(DestinataireEtape.Chef, null, "A"), Is.Empty);
    }
}
