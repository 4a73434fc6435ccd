using SuiviCourrier.Contracts;

namespace SuiviCourrier.Architecture.Tests;

/// <summary>What a fact is, and that somebody listens to it.</summary>
public sealed class FactsTests
{
    private static IEnumerable<Type> Facts => House.Assemblies["Contracts"].GetTypes().Where(t => t.IsClass && t.IsAssignableTo(typeof(IFact)));

    /// <summary>A fact carries identifiers, codes and dates: a text could be a name.</summary>
    [Test]
    public void Contracts_CarryNoFreeText()
    {
        var texts = House.Assemblies["Contracts"].GetTypes().Where(t => t.IsClass && t.IsPublic)
            .SelectMany(t => t.GetProperties().Where(p => p.PropertyType == typeof(string)).Select(p => $"{t.Name}.{p.Name}"))
            .Where(n => !n.EndsWith("Code", StringComparison.Ordinal) && !n.EndsWith(".Source", StringComparison.Ordinal) && !n.EndsWith(".NumeroChrono", StringComparison.Ordinal));

        Assert.That(texts, Is.Empty);
    }

    [Test]
    public void Facts_AreRecordsInANamespace() =>
        Assert.That(Facts, Is.All.Matches<Type>(t => t.GetMethod("<Clone>$") is not null && t.Namespace!.StartsWith("SuiviCourrier.Contracts.", StringComparison.Ordinal)));
}
