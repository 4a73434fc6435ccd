using System.Text;
using SuiviCourrier.Ingestion.BoitesFonctionnelles;

namespace SuiviCourrier.Ingestion.Tests.BoitesFonctionnelles;

/// <summary>Messages for tests: the committed corpus, and messages made for one case.</summary>
internal static class Courriels
{
    public const string Boite = "contact@indre-et-loire.invalid";

    public static readonly IReadOnlySet<string> Boites = new HashSet<string> { Boite, "courrier@indre-et-loire.invalid" };

    static Courriels() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    public static string Folder => Path.Combine(AppContext.BaseDirectory, "BoitesFonctionnelles", "Corpus");

    public static IEnumerable<string> Names => Directory.EnumerateFiles(Folder, "*.eml").Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal);

    public static byte[] Read(string name) => File.ReadAllBytes(Path.Combine(Folder, $"{name}.eml"));

    public static MessageLu Parse(byte[] bytes) => MessageLu.Read(new MemoryStream(bytes), 40L << 20, CancellationToken.None);

    /// <summary>A plain message to our mailbox; <paramref name="headers"/> come on top and replace those of the same name.</summary>
    public static byte[] Make(string headers = "", string text = "Bonjour, où en est mon dossier ?", string? subject = null, string? id = null)
    {
        var given = headers.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(':')[0]).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var usual = new[]
        {
            "From: Claire Martin <claire.martin@exemple.example>",
            $"To: {Boite}",
            $"Subject: {subject ?? "Mon dossier"}",
            "Date: Mon, 23 Nov 2026 10:00:00 +0100",
            $"Message-ID: <{id ?? Guid.NewGuid().ToString("N")}@exemple.example>",
            "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: 8bit",
        }.Where(l => !given.Contains(l.Split(':')[0]));
        var all = headers.Split('\n', StringSplitOptions.RemoveEmptyEntries).Concat(usual);
        return Encoding.UTF8.GetBytes(string.Join("\r\n", all) + "\r\n\r\n" + text + "\r\n");
    }

    /// <summary>A bounce of ours, as servers write them (RFC 3464).</summary>
    public static byte[] Bounce(string originalMessageId, string action = "failed", string status = "5.1.1") => Encoding.UTF8.GetBytes(
        $"""
        Return-Path: <>
        From: Mail Delivery System <MAILER-DAEMON@exemple.example>
        To: {Boite}
        Subject: Undelivered Mail Returned to Sender
        Auto-Submitted: auto-replied
        Message-ID: <{Guid.NewGuid():N}@exemple.example>
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=delivery-status; boundary="b"

        --b
        Content-Type: text/plain

        The message could not be delivered.
        --b
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mx.exemple.example

        Final-Recipient: rfc822; claire.martin@exemple.example
        Action: {action}
        Status: {status}

        --b
        Content-Type: text/rfc822-headers

        Message-ID: <{originalMessageId}>
        Subject: Nous avons bien recu votre message

        --b--

        """.ReplaceLineEndings("\r\n"));
}
