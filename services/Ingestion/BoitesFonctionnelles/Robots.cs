namespace SuiviCourrier.Ingestion.BoitesFonctionnelles;

/// <summary>Addresses behind which nobody reads (RFC 3834 §2, RFC 5230 §4.6).</summary>
public static class Robots
{
    private static readonly HashSet<string> s_daemons = ["mailer-daemon", "mailerdaemon", "postmaster"];

    private static readonly HashSet<string> s_robots =
    [
        "noreply", "no-reply", "no_reply", "no.reply", "donotreply", "do-not-reply", "do_not_reply", "nepasrepondre", "ne-pas-repondre",
        "ne_pas_repondre", "ne.pas.repondre", "pasdereponse", "nereply", "listserv", "majordomo", "bounce", "bounces", "mdaemon", "daemon",
        "autoreply", "auto-reply", "robot",
    ];

    public static bool IsDaemon(string address) => s_daemons.Contains(LocalPart(address));

    public static bool IsRobot(string address)
    {
        var local = LocalPart(address);
        return s_daemons.Contains(local) || s_robots.Contains(local)
            || local.StartsWith("owner-", StringComparison.Ordinal)
            || local.StartsWith("noreply", StringComparison.Ordinal) || local.StartsWith("no-reply", StringComparison.Ordinal)
            || local.EndsWith("-noreply", StringComparison.Ordinal) || local.EndsWith("-no-reply", StringComparison.Ordinal)
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
