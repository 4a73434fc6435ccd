using MimeKit;

namespace SuiviCourrier.ServiceDefaults.Courriels;

/// <summary>The thread of messages that a reader of mail shows together.</summary>
public static class FilDiscussion
{
    /// <summary>
    /// Puts a message of ours in the thread of those it answers (RFC 5322 §3.6.4). An identifier that could not stand in a header is left out: it came
    /// from outside.
    /// </summary>
    /// <param name="received">Message-IDs without their brackets, oldest first: the last is the one answered.</param>
    public static void JoinFil(this MimeMessage message, IEnumerable<string?> received)
    {
        foreach (var id in received.OfType<string>().Where(IsWritable).Distinct(StringComparer.Ordinal))
        {
            message.InReplyTo = id;
            message.References.Add(id);
        }
    }

    private static bool IsWritable(string id) => id.Length is > 0 and <= 500 && !id.Any(c => char.IsControl(c) || char.IsWhiteSpace(c) || c is '<' or '>');
}
