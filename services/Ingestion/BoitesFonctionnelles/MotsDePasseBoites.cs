using Microsoft.Extensions.Configuration;
using SuiviCourrier.Ingestion.BoitesFonctionnelles.Secrets;

namespace SuiviCourrier.Ingestion.BoitesFonctionnelles;

/// <summary>The password of a mailbox, wherever it is kept.</summary>
public sealed class MotsDePasseBoites(IConfiguration configuration, Coffre coffre)
{
    /// <summary>Setting that holds the password of a mailbox declared in the configuration.</summary>
    public static string NameOf(string code) => $"COURRIER_BOITE_{code.ToUpperInvariant().Replace('-', '_')}_MOTDEPASSE";

    /// <exception cref="BoiteEnPanneException">It cannot be read, or there is none.</exception>
    public string Of(string code, OrigineBoite origine, string? secretChiffre)
    {
        if (origine == OrigineBoite.Configuration)
        {
            return configuration[NameOf(code)]
                ?? throw new BoiteEnPanneException($"Cette boîte n’a pas de mot de passe ici : la variable {NameOf(code)} n’est pas donnée à ce programme");
        }

        try
        {
            return coffre.Decrypt(
                secretChiffre ?? throw new BoiteEnPanneException("Cette boîte n’a pas de mot de passe : un administrateur le tape dans ses réglages"), code);
        }
        catch (CoffreException locked)
        {
            throw new BoiteEnPanneException(locked.Message, locked);
        }
    }
}
