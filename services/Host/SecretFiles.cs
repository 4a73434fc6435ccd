namespace SuiviCourrier.Host;

/// <summary>
/// Secrets given as files rather than as variables, which every program a process starts inherits: one file a setting, named as the variable would be
/// (<c>ConnectionStrings__Courrier</c>, <c>COURRIER_BOITE_CONTACT_MOTDEPASSE</c>). A file prevails over a variable.
/// </summary>
internal static class SecretFiles
{
    /// <summary>Where they are: <c>Secrets__Dossier</c> (Docker: <c>/run/secrets</c>), else the credentials of the systemd unit; null: there are none.</summary>
    public static string? Folder => Environment.GetEnvironmentVariable("Secrets__Dossier") ?? Environment.GetEnvironmentVariable("CREDENTIALS_DIRECTORY");

    /// <exception cref="RefusedException">The folder or one of its files cannot be read.</exception>
    public static IConfigurationBuilder AddSecretFiles(this IConfigurationBuilder configuration)
    {
        if (Folder is not { Length: > 0 } folder)
        {
            return configuration;
        }

        try
        {
            // Read at once: a file that cannot be read is said now, not by a password that is missing later.
            foreach (var file in Directory.EnumerateFiles(folder))
            {
                using var readable = File.OpenRead(file);
            }
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new RefusedException($"Les secrets du dossier « {folder} » (Secrets__Dossier, ou CREDENTIALS_DIRECTORY) ne peuvent pas être lus : {unreadable.Message}");
        }

        return configuration.AddKeyPerFile(Path.GetFullPath(folder), optional: false, reloadOnChange: false);
    }
}
