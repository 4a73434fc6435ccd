using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;

namespace SuiviCourrier.Architecture.Tests;

/// <summary>What the mapped models say about schemas, names and migrations.</summary>
public sealed class ModelsTests
{
    private static IEnumerable<string> Rooms => House.Contexts().Keys;

    /// <summary>The plumbing's tables every service adds rows to, in its own transaction, through the plumbing's interfaces.</summary>
    private static readonly string[] s_queues = ["outbox", "inbox", "courriels_sortants", "fichiers", "cles_idempotence"];

    [TestCaseSource(nameof(Rooms))]
    public async Task Model_AndItsMigrations_SayTheSame(string room)
    {
        await using var context = House.Contexts()[room];

        Assert.That(context.Database.HasPendingModelChanges(), Is.False, "a mapping has changed without its migration");
    }

    [TestCaseSource(nameof(Rooms))]
    public async Task Context_OwnsOneSchemaOnly(string room)
    {
        await using var context = House.Contexts()[room];
        var strangers = context.WholeModel().GetEntityTypes()
            .Where(e => e.GetTableName() is not null && e.GetSchema() != House.SchemaOf[room])
            .Where(e => !(e.GetSchema() == "messagerie" && s_queues.Contains(e.GetTableName()) && e.IsTableExcludedFromMigrations()))
            .Select(e => e.GetSchemaQualifiedTableName());

        Assert.That(strangers, Is.Empty, $"{room} creates tables in {House.SchemaOf[room]} only");
    }

    [TestCaseSource(nameof(Rooms))]
    public async Task Context_ReadsItsNeighboursThroughTheirViews(string room)
    {
        await using var context = House.Contexts()[room];
        var views = context.WholeModel().GetEntityTypes()
            .Where(e => e.GetViewName() is not null && e.GetViewSchema() != House.SchemaOf[room])
            .Select(e => e.GetViewName()!);

        Assert.That(views, Is.All.StartsWith("lecture_"));
    }

    /// <summary>A namespace segment named as an entity hides its class (CS0118).</summary>
    [Test]
    public void Namespaces_AndEntities_ShareNoName()
    {
        var entities = House.Contexts().Values.SelectMany(c => c.Model.GetEntityTypes()).Select(e => e.ClrType.Name)
            .Concat(House.Assemblies["Contracts"].GetTypes().Select(t => t.Name)).ToHashSet();
        var segments = House.Assemblies.Values.SelectMany(a => a.GetTypes()).Select(t => t.Namespace)
            .Where(n => n?.StartsWith("SuiviCourrier.", StringComparison.Ordinal) == true)
            .SelectMany(n => n!.Split('.')).ToHashSet();

        Assert.That(entities, Has.Count.GreaterThan(10));
        Assert.That(segments.Intersect(entities), Is.Empty);
    }
}

internal static class ModelOfMigrations
{
    /// <summary>The whole model: the one used at run time forgets what only migrations need.</summary>
    public static IModel WholeModel(this DbContext context) => context.GetService<IDesignTimeModel>().Model;
}
