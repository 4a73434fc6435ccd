using System.Text.RegularExpressions;

namespace SuiviCourrier.Ingestion.BoitesFonctionnelles;

/// <summary>Addresses behind which nobody reads (RFC 3834 §2, RFC 5230 §4.6).</summary>
public static partial class Robots
{
    private static readonly HashSet<string> s_daemons = ["mailer-daemon", "mailerdaemon", "postmaster"];

    private static readonly HashSet<string> s_robots =
    [
        "noreply", "no-reply", "no_reply", "no.reply", "donotreply", "do-not-reply", "do_not_reply", "nepasrepondre", "ne-pas-repondre",
        "ne_pas_repondre", "ne.pas.repondre", "pasdereponse", "nereply", "listserv", "majordomo", "bounce", "bounces", "mdaemon", "daemon",
        "autoreply", "auto-reply", "robot", "automate", "mailman", "reponse-automatique", "nepasrepondresvp", "vacation",
    ];

    /// <summary>Alone, before the name of an application, or after it.</summary>
    private static readonly string[] s_prefixes =
        ["noreply", "no-reply", "no_reply", "donotreply", "do-not-reply", "nepasrepondre", "ne-pas-repondre", "ne_pas_repondre"];

    /// <summary>What mail programs put before the subject they answer or return, or say in its place, in the languages a préfecture meets.</summary>
    [GeneratedRegex(
        """
        ^\s*(\[[^\]]{1,100}\]\s*)*                                    # marks of gateways and ticket programs: [EXTERNE]
        (
          (r[ée]ponse|accus[ée]|courriel|message|mail)\s+(automatique|d['’]absence)(\s+d['’]absence|\s+de\s+r[ée]ception)?
        | (message|notification|avis)\s+d['’]absence
        | accus[ée]\s+de\s+(r[ée]ception|lecture)\s+automatique
        | absen(t|te|t\(e\)|ce)\s+du\s+bureau
        | je\s+suis\s+(actuellement\s+)?absente? | actuellement\s+(absente?|en\s+cong[ée]s?)
        | auto\s*:\s.*\b(est\s+absent(e|\(e\))?|is\s+(out\s+of|away\s+from)\s+(the\s+|my\s+)?office)\b.*
        | out[\s-]of[\s-](the[\s-])?office | automatic\s+reply | auto(matic)?[\s-]?(reply|response) | autoreply | vacation\s+(message|notice)
        | abwesenheitsnotiz | automatische\s+antwort | respuesta\s+autom[áa]tica | risposta\s+automatica
        | undeliver(able|ed)(\s+(mail|message))?(\s+returned\s+to\s+sender)? | returned\s+mail
        | (mail\s+)?delivery\s+(status\s+)?(notification|report|failure|failed|problem|subsystem)(\s+(notification|report))?(\s+\(\w+\))?
        | (mail\s+)?(failure|failed)\s+(notice|delivery) | (mail|message)\s+(could\s+)?not\s+(be\s+)?delivered
        | (mail\s+)?delivery\s+notification\s*:\s*delivery\s+has\s+(failed|been\s+delayed)
        | warning\s*:\s+(message|mail|e-?mail)\s+(has\s+not\s+yet\s+been\s+delivered|(still\s+)?(un)?delivered|delayed)(\s+(after|for|\d).*)?
        | your\s+message\s+to\s.*\scould\s+not\s+be\s+delivered | mail\s+system\s+error
        | message\s+non\s+(remis|d[ée]livr[ée]|distribuable) | (avis|rapport|notification)\s+de\s+non[\s-]remise
        | (avis|rapport|notification)\s+d['’]\s*[ée]chec\s+de\s+(la\s+)?remise | [ée]chec\s+de\s+(la\s+)?remise(\s+du\s+message)? | unzustellbar
        )
        \s*( $ | [:;,.!("\[–—-] | (du|le|au|jusqu|depuis|from|until)\b[\s'’]*(au\s+|le\s+)?\d )
        """,
        RegexOptions.IgnoreCase | RegexOptions.IgnorePatternWhitespace | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 200)]
    private static partial Regex ObjetAutomatique();

    /// <summary>
    /// For the robots that send no header: the words must be the whole subject, or be followed by what the programs put after them. « Absence du
    /// bureau de vote » is somebody's letter; so is an answer (« Re: ») to such a message.
    /// </summary>
    public static bool IsObjetAutomatique(string? objet)
    {
        try
        {
            return objet is { Length: > 0 } && ObjetAutomatique().IsMatch(objet.Length > 300 ? objet[..300] : objet);
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }

    public static bool IsDaemon(string address) => s_daemons.Contains(LocalPart(address));

    public static bool IsRobot(string address)
    {
        var local = LocalPart(address);
        return s_daemons.Contains(local) || s_robots.Contains(local)
            || local.StartsWith("owner-", StringComparison.Ordinal)
            || local.EndsWith("-owner", StringComparison.Ordinal)
            || s_prefixes.Any(p => local.StartsWith(p, StringComparison.Ordinal) || local.EndsWith($"-{p}", StringComparison.Ordinal) || local.EndsWith($".{p}", StringComparison.Ordinal))
            || local.EndsWith("-request", StringComparison.Ordinal)
            || local.EndsWith("-bounces", StringComparison.Ordinal) || local.EndsWith("-bounce", StringComparison.Ordinal)
            || local.StartsWith("bounce-", StringComparison.Ordinal) || local.StartsWith("bounces-", StringComparison.Ordinal);
    }

    /// <summary>Without its tag: <c>noreply+123@x</c> is a robot too.</summary>
    private static string LocalPart(string address)
    {
        var local = address[..Math.Max(address.LastIndexOf('@'), 0)].ToLowerInvariant();
        return local.IndexOf('+', StringComparison.Ordinal) is > 0 and var plus ? local[..plus] : local;
    }
}
