using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Configuration;
using SuiviCourrier.ServiceDefaults.Fichiers;

namespace SuiviCourrier.Ingestion.BoitesFonctionnelles.Secrets;

/// <summary>
/// Keeps the secrets of mailboxes in the database, encrypted by keys that are not in it (AES-256-GCM). A key is one line, <c>name base64</c>, of the
/// setting <c>Coffre:Cles</c> or, without it, of the file <c>coffre.cle</c> in the data folder, which the first secret creates. The first line
/// encrypts; the others still decrypt what they once encrypted.
/// </summary>
public sealed class Coffre(IConfiguration configuration)
{
    private const string Version = "v1";
    private const int NonceLength = 12;
    private const int TagLength = 16;

    /// <summary>Where the keys are when the configuration does not hold them.</summary>
    public string Fichier => Path.Combine(configuration["Donnees:Dossier"] ?? ".courrier", "coffre.cle");

    /// <summary>Whether that file holds the keys: a copy of the database alone is then no use to a thief, nor to us.</summary>
    public bool IsKeptInFile => string.IsNullOrWhiteSpace(configuration["Coffre:Cles"]) && File.Exists(Fichier);

    /// <param name="proprietaire">What the secret belongs to: it decrypts for no other.</param>
    /// <exception cref="CoffreException">The keys cannot be read, or not be created.</exception>
    public string Encrypt(string secret, string proprietaire)
    {
        var key = Keys(isCreated: true)[0];
        var nonce = RandomNumberGenerator.GetBytes(NonceLength);
        var clear = Encoding.UTF8.GetBytes(secret);
        var sealedBytes = new byte[NonceLength + TagLength + clear.Length];
        nonce.CopyTo(sealedBytes, 0);
        using var aes = new AesGcm(key.Bytes, TagLength);
        aes.Encrypt(
            nonce, clear, sealedBytes.AsSpan(NonceLength + TagLength), sealedBytes.AsSpan(NonceLength, TagLength), Associated(key.Nom, proprietaire));
        CryptographicOperations.ZeroMemory(clear);
        return $"{Version}.{key.Nom}.{Base64Url.EncodeToString(sealedBytes)}";
    }

    /// <exception cref="CoffreException">The key is missing, or the text was changed or belongs to another.</exception>
    public string Decrypt(string chiffre, string proprietaire)
    {
        var parts = chiffre.Split('.');
        if (parts is not [Version, var nom, var text] || !Base64Url.IsValid(text, out var length) || length < NonceLength + TagLength)
        {
            throw Damaged();
        }

        var key = Keys(isCreated: false).FirstOrDefault(k => k.Nom == nom)
            ?? throw new CoffreException(
                $"La clé « {nom} » qui chiffre le mot de passe de cette boîte manque : remettez-la dans {Where}, ou retapez le mot de passe dans les réglages de la boîte");
        var sealedBytes = Base64Url.DecodeFromChars(text);
        var clear = new byte[sealedBytes.Length - NonceLength - TagLength];
        try
        {
            using var aes = new AesGcm(key.Bytes, TagLength);
            aes.Decrypt(
                sealedBytes.AsSpan(0, NonceLength), sealedBytes.AsSpan(NonceLength + TagLength), sealedBytes.AsSpan(NonceLength, TagLength), clear,
                Associated(nom, proprietaire));
            return Encoding.UTF8.GetString(clear);
        }
        catch (AuthenticationTagMismatchException)
        {
            throw Damaged();
        }
        finally
        {
            CryptographicOperations.ZeroMemory(clear);
        }
    }

    private string Where => configuration["Coffre:Cles"] is { Length: > 0 } ? "le réglage Coffre:Cles" : $"le fichier {Fichier}";

    private static CoffreException Damaged() =>
        new("Le mot de passe enregistré de cette boîte ne se déchiffre pas : retapez-le dans les réglages de la boîte");

    private static byte[] Associated(string key, string proprietaire) => Encoding.UTF8.GetBytes($"{Version}\n{key}\n{proprietaire}");

    private List<Cle> Keys(bool isCreated)
    {
        // Read each time: a key put back works at once, without a restart.
        var text = configuration["Coffre:Cles"];
        if (string.IsNullOrWhiteSpace(text))
        {
            try
            {
                text = File.Exists(Fichier) ? File.ReadAllText(Fichier) : isCreated ? Create() : string.Empty;
            }
            catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
            {
                throw new CoffreException($"La clé du coffre n’est pas accessible : vérifiez les droits du fichier {Fichier}");
            }
        }

        var keys = text.Split(['\n', '\r'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Read).ToList();
        return keys.Count > 0 || !isCreated ? keys : throw new CoffreException($"Il n’y a aucune clé dans {Where}");
    }

    private Cle Read(string line)
    {
        var bytes = new byte[32];
        return line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var nom, var key]
            && nom.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
            && Convert.TryFromBase64String(key, bytes, out var written) && written == bytes.Length
            ? new Cle(nom, bytes)
            : throw new CoffreException($"Une ligne est illisible dans {Where} : chaque ligne est un nom, une espace et 32 octets en base 64");
    }

    /// <summary>Durable before anything is encrypted by it, and read by nobody else. Of several processes one makes it, and the others wait for it.</summary>
    private string Create()
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(Fichier))!;
        Directory.CreateDirectory(folder);
        var unfinished = Fichier + ".en-cours";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        for (var waited = 0; ; waited++)
        {
            try
            {
                var line = $"{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))} {Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))}\n";
                using (var file = new FileStream(unfinished, options))
                {
                    file.Write(Encoding.ASCII.GetBytes(line));
                    file.Flush(flushToDisk: true);
                }

                if (File.Exists(Fichier))
                {
                    File.Delete(unfinished); // made while we waited
                    return File.ReadAllText(Fichier);
                }

                File.Move(unfinished, Fichier);
                DiskFolder.Flush(folder);
                return line;
            }
            catch (IOException) when (File.Exists(unfinished) && waited < 500)
            {
                // Another process is making it; one that died there leaves this file behind.
                Thread.Sleep(20);
                if (waited == 250)
                {
                    File.Delete(unfinished);
                }
            }
            catch (IOException) when (File.Exists(Fichier))
            {
                return File.ReadAllText(Fichier);
            }
        }
    }

    private sealed record Cle(string Nom, byte[] Bytes);
}
