using MailKit;
using MailKit.Net.Imap;

namespace SuiviCourrier.Ingestion.BoitesFonctionnelles.Etat;

/// <summary>Tries the connection of a mailbox as the collection makes it, and says each thing found. Nothing is changed in the mailbox.</summary>
public sealed class EssaiConnexion(MotsDePasseBoites motsDePasse)
{
    /// <summary>What was tried, for a person.</summary>
    /// <param name="Reussite">Null: it works, with a consequence to know.</param>
    public sealed record Etape(bool? Reussite, string Phrase);

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(15);

    public async Task<IReadOnlyList<Etape>> ExecuteAsync(BoiteFonctionnelle boite, CancellationToken cancellationToken)
    {
        if (boite.Imap is not { } imap)
        {
            return [new(null, "Cette boîte n’a pas de serveur : elle n’est relevée que dans son dossier de dépôt")];
        }

        var etapes = new List<Etape>();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(2 * s_patience);
        try
        {
            var connexion = new ConnexionImap(
                imap, token => motsDePasse.ProofAsync(boite.Code, boite.Origine, imap, boite.SecretChiffre, token), () => motsDePasse.Forget(boite.Code))
            {
                Patience = s_patience,
            };
            using var client = await connexion.SignInAsync(limit.Token);
            etapes.Add(new(true, imap.Securite == SecuriteImap.Aucune
                ? $"Le serveur {imap.Hote}:{imap.Port} répond, sans chiffrement"
                : $"Le serveur {imap.Hote}:{imap.Port} répond, chiffré ({client.SslProtocol}), et son certificat est accepté"));
            etapes.Add(new(true, imap.Authentification == AuthentificationImap.MotDePasse ? "L’identifiant et le mot de passe sont acceptés" : "Le jeton d’accès est accepté"));
            await TryFoldersAsync(client, imap, etapes, limit.Token);
            await client.DisconnectAsync(quit: true, limit.Token);
        }
        catch (BoiteEnPanneException panne)
        {
            etapes.Add(new(false, panne.Message));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            etapes.Add(new(false, $"Le serveur {imap.Hote}:{imap.Port} n’a pas répondu en {2 * s_patience.TotalSeconds:0} secondes"));
        }
        catch (Exception failure) when (failure is IOException or ProtocolException or CommandException)
        {
            etapes.Add(new(false, $"Le serveur {imap.Hote}:{imap.Port} a coupé la connexion, ou refuse une commande"));
        }

        return etapes;
    }

    private static async Task TryFoldersAsync(ImapClient client, ImapOptions imap, List<Etape> etapes, CancellationToken cancellationToken)
    {
        if (await ConnexionImap.FindAsync(client, imap.Dossier, cancellationToken) is not { } inbox)
        {
            etapes.Add(new(false, $"Le dossier « {imap.Dossier} » n’existe pas dans cette boîte"));
            return;
        }

        await inbox.OpenAsync(FolderAccess.ReadOnly, cancellationToken);
        etapes.Add(new(true, $"Le dossier « {imap.Dossier} » s’ouvre : {inbox.Count} {(inbox.Count > 1 ? "messages y sont" : "message y est")}"));
        if (inbox.UidNext is null)
        {
            etapes.Add(new(null, "Le serveur n’annonce pas le prochain identifiant (UIDNEXT) : le compte du jour de cette boîte ne pourra pas être tenu"));
        }

        if (!ConnexionImap.CanMove(client))
        {
            etapes.Add(new(null, "Le serveur ne sait ni déplacer (MOVE) ni supprimer un message précis (UIDPLUS) : les messages enregistrés resteront dans le dossier relevé"));
            return;
        }

        foreach (var name in (string[])[imap.DossierTraites, imap.DossierAnomalies])
        {
            etapes.Add(await ConnexionImap.FindSubfolderAsync(client, name, cancellationToken) is null
                ? new(null, $"Le dossier « {name} » n’existe pas encore : la relève le créera")
                : new(true, $"Le dossier « {name} » existe"));
        }
    }
}
