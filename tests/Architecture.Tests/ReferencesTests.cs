using System.Xml.Linq;
using SuiviCourrier.TestSupport;

namespace SuiviCourrier.Architecture.Tests;

/// <summary>Who may know whom.</summary>
public sealed class ReferencesTests
{
    [TestCase("contracts/Contracts/Contracts.csproj")]
    [TestCase("services/Delais/Delais.csproj")]
    public void ProjectFile_OfWhatKnowsNobody_RefersToNothing(string project) =>
        Assert.That(ReferencesOf(XDocument.Parse(Repository.Read(project))), Is.Empty);

    [TestCase("Contracts")]
    [TestCase("Delais")]
    public void Assembly_OfWhatKnowsNobody_RefersToTheRuntimeOnly(string room) =>
        Assert.That(
            House.Assemblies[room].GetReferencedAssemblies().Select(a => a.Name),
            Is.All.Matches<string>(n => n.StartsWith("System.", StringComparison.Ordinal) || n is "System" or "netstandard"));

    [TestCaseSource(typeof(House), nameof(House.Services))]
    public void Service_RefersToSharedRoomsOnly(string service)
    {
        var references = House.Assemblies[service].GetReferencedAssemblies().Select(a => a.Name!).Where(House.Assemblies.ContainsKey)
            .Concat(RoomsIn(XDocument.Parse(Repository.Read($"services/{service}/{service}.csproj"))));

        Assert.That(StrangersIn(references, House.Shared), Is.Empty, $"{service} must not know another service");
    }

    [TestCase("ServiceDefaults", "Contracts")]
    [TestCase("Presentation", "Contracts", "ServiceDefaults", "Delais")]
    public void SharedRoom_RefersToNoService(string room, params string[] allowed)
    {
        var references = House.Assemblies[room].GetReferencedAssemblies().Select(a => a.Name!).Where(House.Assemblies.ContainsKey)
            .Concat(RoomsIn(XDocument.Parse(Repository.Read($"services/{room}/{room}.csproj"))));

        Assert.That(StrangersIn(references, allowed), Is.Empty);
    }

    [Test]
    public void Project_ReferringToAService_IsSeen()
    {
        var project = XDocument.Parse(
            """
            <Project><ItemGroup>
              <ProjectReference Include="../Portail/Portail.csproj" /><ProjectReference Include="..\Delais\Delais.csproj" /><PackageReference Include="X" />
            </ItemGroup></Project>
            """);

        Assert.That(StrangersIn(RoomsIn(project), House.Shared), Is.EqualTo(new[] { "Portail" }));
        Assert.That(ReferencesOf(project), Has.Length.EqualTo(3));
    }

    private static string[] ReferencesOf(XDocument project) =>
        [.. project.Descendants().Where(e => e.Name.LocalName is "ProjectReference" or "PackageReference" or "FrameworkReference" or "Reference").Select(e => e.ToString())];

    private static IEnumerable<string> RoomsIn(XDocument project) =>
        project.Descendants("ProjectReference").Select(e => Path.GetFileNameWithoutExtension(e.Attribute("Include")!.Value.Replace('\\', '/')));

    private static IEnumerable<string> StrangersIn(IEnumerable<string> rooms, string[] allowed) => rooms.Except(allowed).Order(StringComparer.Ordinal);
}
