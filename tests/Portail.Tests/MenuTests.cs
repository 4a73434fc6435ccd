using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.Presentation.Themes;

namespace SuiviCourrier.Portail.Tests;

/// <summary>A menu of one line for everybody, that says where one is.</summary>
public sealed class MenuTests
{
    [Test]
    public void Menu_OfAnyRole_FitsOnALine([Values] RoleAgent role) =>
        Assert.That(Menu.Of(Agent(role)), Has.Count.LessThanOrEqualTo(10));

    [TestCase(RoleAgent.Administrateur, "/", "Accueil")]
    [TestCase(RoleAgent.Administrateur, "/boites/contact", "Boîtes")]
    [TestCase(RoleAgent.Administrateur, "/comptes/nouveau", "Réglages")]
    [TestCase(RoleAgent.Administrateur, "/reglages", "Réglages")]
    [TestCase(RoleAgent.Administrateur, "/comptesperdus", null)]
    [TestCase(RoleAgent.Agent, "/modeles/accuse", "Modèles")]
    [TestCase(RoleAgent.Agent, "/comptes", null)]
    public void Entry_OfAPage_IsTheOneItStandsUnder(RoleAgent role, string path, string? entry) =>
        Assert.That(Menu.EntryOf(Agent(role), path)?.Texte, Is.EqualTo(entry));

    [TestCase(RoleAgent.Administrateur, "/cles-api", "Clés de l’API")]
    [TestCase(RoleAgent.Administrateur, "/boites", null)]
    [TestCase(RoleAgent.Agent, "/modeles", null)]
    public void Setting_BehindTheOneEntry_IsFoundAgain(RoleAgent role, string path, string? reglage) =>
        Assert.That(Menu.ReglageOf(Agent(role), path)?.Texte, Is.EqualTo(reglage));

    private static Agent Agent(RoleAgent role) => new(Guid.CreateVersion7(), "Claire", role, "SG", ["SG"]);
}
