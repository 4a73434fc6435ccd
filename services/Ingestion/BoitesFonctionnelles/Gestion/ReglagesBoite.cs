using System.Net;
using SuiviCourrier.Ingestion.Courriers;

namespace SuiviCourrier.Ingestion.BoitesFonctionnelles.Gestion;

/// <summary>The settings of a mailbox as they were typed.</summary>
public sealed record ReglagesBoite
{
    public string? Code { get; init; }
    public string? Libelle { get; init; }
    public string? Adresse { get; init; }

    /// <summary>One address a line.</summary>
    public string? Alias { get; init; }

    public string? ServiceCode { get; init; }
    public string? TypeCode { get; init; }

    /// <summary>One address a line.</summary>
    public string? ExpediteursFormulaire { get; init; }

    /// <summary>Empty: the mailbox has its drop folder only.</summary>
    public string? Hote { get; init; }

    public int? Port { get; init; }
    public SecuriteImap? Securite { get; init; }
    public string? Utilisateur { get; init; }

    public AuthentificationImap? Authentification { get; init; }
    public string? JetonUrl { get; init; }
    public string? JetonIdentifiant { get; init; }
    public string? JetonPortee { get; init; }

    /// <summary>Empty: the one that is kept stays.</summary>
    public string? MotDePasse { get; init; }

    public string? EmpreinteCertificat { get; init; }
    public string? Dossier { get; init; }
    public string? DossierTraites { get; init; }
    public string? DossierAnomalies { get; init; }
    public bool IsActif { get; init; }
}

/// <summary>Settings without anything to object to, as far as they can be judged alone.</summary>
public sealed record ReglagesLus(string Libelle, string Adresse, List<string> Alias, List<string> ExpediteursFormulaire, ImapOptions? Imap)
{
    private const int LongestSecret = 1000;

    /// <returns>Null when <paramref name="erreurs"/> has something to say.</returns>
    public static ReglagesLus? Read(ReglagesBoite typed, List<ErreurSaisie> erreurs)
    {
        var libelle = Required(nameof(typed.Libelle), typed.Libelle, 120, "Donnez un nom à la boîte, comme « Contact »");
        var adresse = Required(nameof(typed.Adresse), typed.Adresse, Limites.Courriel, "Indiquez l’adresse électronique de la boîte");
        if (adresse is not null && !DeclarationLue.IsAddress(adresse))
        {
            Say(nameof(typed.Adresse), "Cette adresse électronique n’est pas complète : elle s’écrit nom@domaine.fr");
        }

        var alias = Addresses(nameof(typed.Alias), typed.Alias);
        var formulaires = Addresses(nameof(typed.ExpediteursFormulaire), typed.ExpediteursFormulaire);
        var imap = ReadImap();
        return erreurs.Count > 0 ? null : new ReglagesLus(libelle!, adresse!, alias, formulaires, imap);

        ImapOptions? ReadImap()
        {
            var hote = Line(nameof(typed.Hote), typed.Hote, 253);
            if (hote is null)
            {
                return null;
            }

            if (Uri.CheckHostName(hote) == UriHostNameType.Unknown)
            {
                Say(nameof(typed.Hote), "Ce n’est pas le nom d’un serveur : écrivez-le comme « imap.prefecture.example », sans « imap:// » ni port");
            }

            if (typed.Port is null or < 1 or > 65535)
            {
                Say(nameof(typed.Port), "Indiquez le port, de 1 à 65535 : 993 pour TLS, 143 pour STARTTLS");
            }

            if (typed.Securite is null)
            {
                Say(nameof(typed.Securite), "Choisissez le chiffrement de la connexion");
            }
            else if (typed.Securite == SecuriteImap.Aucune && !IsLoopback(hote))
            {
                Say(nameof(typed.Securite), "Sans chiffrement, le mot de passe et les messages passent en clair : ce n’est possible que vers cette machine (localhost)");
            }

            if (typed.MotDePasse is { Length: > 0 } secret
                && (secret.Length > LongestSecret || secret.Any(c => char.IsControl(c) || char.IsSurrogate(c))))
            {
                Say(nameof(typed.MotDePasse), $"Ce mot de passe contient un caractère impossible, ou plus de {LongestSecret} caractères");
            }

            var isClient = typed.Authentification == AuthentificationImap.JetonClient;
            if (typed.Authentification is null)
            {
                Say(nameof(typed.Authentification), "Choisissez ce qui ouvre la boîte");
            }

            var dossier = Required(nameof(typed.Dossier), typed.Dossier, 200, "Indiquez le dossier qui est relevé : INBOX d’ordinaire");
            return new ImapOptions
            {
                Hote = hote.ToLowerInvariant(),
                Port = typed.Port ?? 0,
                Securite = typed.Securite ?? SecuriteImap.Tls,
                Utilisateur = Required(nameof(typed.Utilisateur), typed.Utilisateur, 254, "Indiquez l’identifiant de connexion à la boîte") ?? string.Empty,
                Authentification = typed.Authentification ?? AuthentificationImap.MotDePasse,
                JetonUrl = isClient ? ReadJetonUrl() : null,
                JetonIdentifiant = isClient ? Required(nameof(typed.JetonIdentifiant), typed.JetonIdentifiant, 254, "Indiquez l’identifiant de l’application (client_id)") : null,
                JetonPortee = isClient ? Line(nameof(typed.JetonPortee), typed.JetonPortee, 500) : null,
                EmpreinteCertificat = ReadEmpreinte(),
                Dossier = dossier ?? string.Empty,
                DossierTraites = Target(nameof(typed.DossierTraites), typed.DossierTraites, dossier),
                DossierAnomalies = Target(nameof(typed.DossierAnomalies), typed.DossierAnomalies, dossier),
            };
        }

        string? ReadJetonUrl()
        {
            var url = Required(nameof(typed.JetonUrl), typed.JetonUrl, 500, "Indiquez l’adresse du serveur de jetons");
            if (url is not null
                && !(Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.UserInfo.Length == 0
                    && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback))))
            {
                Say(nameof(typed.JetonUrl), "Cette adresse doit être complète et commencer par « https:// » : le secret de l’application y est envoyé");
            }

            return url;
        }

        string? ReadEmpreinte()
        {
            var empreinte = Line(nameof(typed.EmpreinteCertificat), typed.EmpreinteCertificat, 200)?
                .Replace(":", string.Empty, StringComparison.Ordinal).Replace(" ", string.Empty, StringComparison.Ordinal).ToUpperInvariant();
            if (empreinte is not null && (empreinte.Length != 64 || !empreinte.All(char.IsAsciiHexDigit)))
            {
                Say(nameof(typed.EmpreinteCertificat), "Une empreinte SHA-256 compte 64 caractères, de 0 à 9 et de A à F");
            }

            return empreinte;
        }

        string Target(string champ, string? name, string? dossier)
        {
            var read = Required(champ, name, 200, "Donnez un nom à ce dossier");
            if (read is not null && read.Equals(dossier, StringComparison.OrdinalIgnoreCase))
            {
                Say(champ, "Ce dossier ne peut pas être celui qui est relevé : les messages y seraient relus sans fin");
            }

            return read ?? string.Empty;
        }

        List<string> Addresses(string champ, string? lines)
        {
            var all = (TexteSaisi.Read(lines, 5000, out var refus) ?? string.Empty)
                .Split(['\n', ',', ';', ' ', '\t'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Distinct(StringComparer.OrdinalIgnoreCase)
                .ToList();
            if (refus is not null)
            {
                Say(champ, refus);
            }
            else if (all.FirstOrDefault(a => !DeclarationLue.IsAddress(a)) is { } wrong)
            {
                Say(champ, $"« {TexteSaisi.Cut(wrong, 60)} » n’est pas une adresse électronique : une adresse par ligne, sous la forme nom@domaine.fr");
            }

            return all;
        }

        string? Required(string champ, string? text, int limit, string missing)
        {
            var read = Line(champ, text, limit);
            if (read is null && !erreurs.Any(e => e.Champ == champ))
            {
                Say(champ, missing);
            }

            return read;
        }

        string? Line(string champ, string? text, int limit)
        {
            var read = TexteSaisi.ReadLine(text, limit, out var refus);
            if (refus is not null)
            {
                Say(champ, refus);
            }

            return read;
        }

        void Say(string champ, string phrase) => erreurs.Add(new ErreurSaisie(champ, phrase));
    }

    private static bool IsLoopback(string hote) =>
        hote.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(hote.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
