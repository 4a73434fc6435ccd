namespace SuiviCourrier.ServiceDefaults.Schemas;

/// <summary>Loads the reference data of one service from plain files. May run at every deployment: what is there already is brought up to date.</summary>
public interface ISeeder
{
    /// <summary>Lower first: services before accounts.</summary>
    int Order { get; }

    /// <param name="seedsFolder">The folder <c>seeds</c>, with its subfolders <c>reference</c>, <c>modeles</c>…</param>
    Task SeedAsync(string seedsFolder, CancellationToken cancellationToken);
}
