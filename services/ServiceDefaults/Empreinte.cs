using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SuiviCourrier.ServiceDefaults;

/// <summary>The SHA-256 of a certificate, as a setting names the only one accepted: hexadecimal, with or without colons.</summary>
public static class Empreinte
{
    public static bool IsOf(X509Certificate? certificate, string pinned) =>
        certificate is not null
        && certificate.GetCertHashString(HashAlgorithmName.SHA256).Equals(pinned.Replace(":", string.Empty, StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase);
}
