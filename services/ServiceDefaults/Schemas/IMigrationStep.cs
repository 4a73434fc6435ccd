namespace SuiviCourrier.ServiceDefaults.Schemas;

/// <summary>Storage of a library that keeps its own tables: created and granted by the migration login, after our schemas and their roles.</summary>
public interface IMigrationStep
{
    Task RunAsync(string migrationConnectionString, CancellationToken cancellationToken);
}
