using Microsoft.Extensions.DependencyInjection;

namespace SuiviCourrier.ServiceDefaults.Schemas;

/// <summary>Runs every <see cref="ISeeder"/> of the process, each in a scope of its own.</summary>
public sealed class SeedRunner(IServiceScopeFactory scopes)
{
    /// <summary>The seeds that came with the program.</summary>
    public static string DefaultFolder => Path.Combine(AppContext.BaseDirectory, "seeds");

    public async Task SeedAsync(string seedsFolder, CancellationToken cancellationToken)
    {
        await using var listing = scopes.CreateAsyncScope();
        var order = listing.ServiceProvider.GetServices<ISeeder>().OrderBy(s => s.Order).Select(s => s.GetType()).ToList();
        foreach (var type in order)
        {
            await using var scope = scopes.CreateAsyncScope();
            await scope.ServiceProvider.GetServices<ISeeder>().Single(s => s.GetType() == type).SeedAsync(seedsFolder, cancellationToken);
        }
    }
}
