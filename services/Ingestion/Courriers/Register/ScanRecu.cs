using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using SuiviCourrier.ServiceDefaults.Fichiers;

namespace SuiviCourrier.Ingestion.Courriers.Register;

/// <summary>A scan that is in the store and on no courrier yet: it travels through the form, signed, so that an error elsewhere does not lose it.</summary>
public sealed record ScanRecu(string Sha256, long Taille, string TypeMime, string Nom)
{
    public Fichier ToFichier(DateTimeOffset now) => new() { Sha256 = Sha256, Taille = Taille, TypeMime = TypeMime, CreatedAt = now };
}

/// <summary>Takes the scans of the form: checks, stores, signs.</summary>
public sealed class ScansRecus(IFileStore store, IDataProtectionProvider protection)
{
    private readonly IDataProtector _protector = protection.CreateProtector("ingestion.scan-recu");

    /// <returns>The scan, or why it is not taken.</returns>
    public async Task<(ScanRecu? Scan, string? Refus)> TakeAsync(IFormFile file, CancellationToken cancellationToken)
    {
        var nom = NomFichier.Of(file.FileName, instead: "document");
        if (file.Length == 0)
        {
            return (null, $"« {nom} » est vide (0 octet) : numérisez-le de nouveau");
        }

        if (file.Length > Limites.Scan)
        {
            return (null, $"« {nom} » fait {EnMo(file.Length)} : {EnMo(Limites.Scan)} au plus");
        }

        await using var content = file.OpenReadStream();
        var first = new byte[TypeMime.Sniffed];
        var type = TypeMime.Of(first.AsSpan(0, await content.ReadAtLeastAsync(first, first.Length, throwOnEndOfStream: false, cancellationToken)));
        if (!TypeMime.IsScan(type))
        {
            return (null, type == TypeMime.Programme
                ? $"« {nom} » n’est pas un document numérisé : c’est un programme, quel que soit son nom"
                : $"« {nom} » n’est ni un PDF, ni une image PNG, JPEG ou TIFF");
        }

        content.Position = 0;
        var fichier = await store.StoreAsync(content, Limites.Scan, cancellationToken);
        return (new ScanRecu(fichier.Sha256, fichier.Taille, fichier.TypeMime, nom), null);
    }

    public string Sign(ScanRecu scan) => _protector.Protect(JsonSerializer.Serialize(scan));

    /// <returns>Null when the value is not one of ours, or when its content has been collected meanwhile.</returns>
    public ScanRecu? Read(string signed)
    {
        try
        {
            var scan = JsonSerializer.Deserialize<ScanRecu>(_protector.Unprotect(signed));
            return scan is not null && store.TryKeep(scan.Sha256) ? scan : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static string EnMo(long bytes) => $"{Math.Ceiling(bytes / (1024.0 * 1024.0)).ToString(System.Globalization.CultureInfo.InvariantCulture)} Mo";
}
