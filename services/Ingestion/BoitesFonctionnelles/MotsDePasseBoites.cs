using Microsoft.Extensions.Configuration;
using SuiviCourrier.Ingestion.BoitesFonctionnelles.Secrets;

namespace SuiviCourrier.Ingestion.BoitesFonctionnelles;

/// <summary>What a mailbox is signed in to with, wherever it is kept or comes from.</summary>
public sealed class MotsDePasseBoites(IConfiguration configuration, Coffre coffre, JetonsOAuth jetons)
{
    /// <summary>Setting that holds the password of a mailbox declared in the configuration.</summary>
    public static string NameOf(string code) => $"COURRIER_BOITE_{code.ToUpperInvariant().Replace('-', '_')}_MOTDEPASSE";

    /// <summary>What the server is shown: the password itself, or a token.</summary>
    /// <exception cref="BoiteEnPanneException">It cannot be had: why, in French.</exception>
    public async Task<string> ProofAsync(string code, OrigineBoite origine, ImapOptions imap, string? secretChiffre, CancellationToken cancellationToken) =>
        imap.Authentification switch
        {
            AuthentificationImap.MotDePasse => Of(code, origine, secretChiffre),
            AuthentificationImap.JetonClient => await jetons.GetAsync(code, imap, Of(code, origine, secretChiffre), cancellationToken),
            AuthentificationImap.JetonCommande => await jetons.GetAsync(code, imap, string.Empty, cancellationToken),
        };

    /// <summary>The server has refused it: a token is asked for anew the next time.</summary>
    public void Forget(string code) => jetons.Forget(code);

    /// <exception cref="BoiteEnPanneException">It cannot be read, or there is none.</exception>
    private string Of(string code, OrigineBoite origine, string? secretChiffre)
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
