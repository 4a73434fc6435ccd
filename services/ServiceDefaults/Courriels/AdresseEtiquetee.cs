namespace SuiviCourrier.ServiceDefaults.Courriels;

/// <summary>The forms of one mailbox that belong to one message each: <c>contact+r.JETON@</c> for answers, <c>contact+n.JETON@</c> for what comes back.</summary>
public static class AdresseEtiquetee
{
    public const char Reponse = 'r';
    public const char Retour = 'n';

    /// <summary>Characters a local part may have, so that the token still fits (RFC 5321 §4.5.3.1.1).</summary>
    public const int LongueurLocale = 64 - JetonsCourriel.Longueur - 3;

    public static string With(string address, char kind, string jeton)
    {
        var at = address.LastIndexOf('@');
        return $"{address[..at]}+{kind}.{jeton}{address[at..]}";
    }

    /// <returns>True for an address that only servers write to: the envelope of one of our messages.</returns>
    public static bool IsRetour(string address) => Kind(address) == Retour;

    /// <returns>True for an address that carries a token, to be verified.</returns>
    public static bool IsOne(string address) => Kind(address) is Reponse or Retour;

    private static char? Kind(string address)
    {
        var at = address.LastIndexOf('@');
        var plus = at - JetonsCourriel.Longueur - 3;
        return plus > 0 && address[plus] == '+' && address[plus + 2] == '.' ? char.ToLowerInvariant(address[plus + 1]) : null;
    }
}
