using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;
using SuiviCourrier.Portail.Comptes;
using SuiviCourrier.ServiceDefaults.Demonstration;

namespace SuiviCourrier.Portail.Demonstration;

/// <summary>
/// The demonstration's accounts. Their password is made for this installation, kept beside its data for its owner alone, and printed at every start.
/// </summary>
public sealed class LoadDemoComptes(DemoComptes comptes, IConfiguration configuration) : IDemoLoader
{
    public int Order => 0;

    public string? Announcement => File.Exists(PasswordFile)
        ? $"""
          Comptes de démonstration (mot de passe de tous : {File.ReadAllText(PasswordFile)}) :
            bureau d’ordre   lucie.garnier@indre-et-loire.invalid
            agent            nadia.belkacem@indre-et-loire.invalid
            chef de service  martine.delorme@indre-et-loire.invalid
            superviseur      marie.castel@indre-et-loire.invalid
            administrateur   yann.guillou@indre-et-loire.invalid
          """
        : null;

    private string PasswordFile => Path.Combine(
        configuration["Donnees:Dossier"] ?? throw new InvalidOperationException("Donnees:Dossier is set by the Host"), "demonstration.motdepasse");

    public async Task LoadAsync(string seedsFolder, CancellationToken cancellationToken)
    {
        if (!File.Exists(PasswordFile))
        {
            // Easy to read aloud and to type: no letter that looks like another.
            var password = RandomNumberGenerator.GetString("abcdefghjkmnpqrstuvwxyz23456789", 14);
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            await using var file = new FileStream(PasswordFile, options);
            await file.WriteAsync(System.Text.Encoding.ASCII.GetBytes(password), cancellationToken);
        }

        await comptes.CreateAsync(seedsFolder, await File.ReadAllTextAsync(PasswordFile, cancellationToken), cancellationToken);
    }
}
