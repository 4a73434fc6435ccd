using System.Security.Cryptography;
using System.Text;

namespace SuiviCourrier.Benchmarks.Rows;

/// <summary>The messages the mail rows are measured with, and the mailbox they come to.</summary>
internal static class Mail
{
    public const string Boite = "contact";
    public const string Password = "mesure";

    /// <summary>Everything comes from a few domains in a few minutes, as no day of a préfecture does.</summary>
    public static Dictionary<string, string?> WithoutCaps => new()
    {
        ["Releve:AccusesParHeureParDomaine"] = "0",
        ["Releve:AccusesParJourParDomaine"] = "0",
        ["Releve:AccusesParHeureEnTout"] = "0",
        ["Releve:AccusesParJourEnTout"] = "0",
    };

    /// <summary>A text of some lines and one attachment, about so many bytes together; no two are alike.</summary>
    public static byte[] Message(int number, int length = 30_000)
    {
        var text = string.Join("\r\n", Enumerable.Range(1, 20).Select(line => $"Ligne {line} de la demande {number}, que personne n’a écrite ainsi deux fois."));
        using var message = new MemoryStream(length + 4096);
        message.Write(Encoding.UTF8.GetBytes(
            $"""
            From: Usager {number} <usager{number}@exemple{number % 11}.example>
            To: contact@indre-et-loire.invalid
            Subject: Demande {number}
            Date: Mon, 23 Nov 2026 10:00:00 +0100
            Message-ID: <mesure{number}@exemple.example>
            MIME-Version: 1.0
            Content-Type: multipart/mixed; boundary=b

            --b
            Content-Type: text/plain; charset=utf-8

            {text}
            --b
            Content-Type: application/pdf
            Content-Disposition: attachment; filename=piece.pdf
            Content-Transfer-Encoding: base64


            """.ReplaceLineEndings("\r\n")));
        while (message.Length < length)
        {
            message.Write(Encoding.ASCII.GetBytes(Convert.ToBase64String(RandomNumberGenerator.GetBytes(57)) + "\r\n"));
        }

        message.Write("--b--\r\n"u8);
        return message.ToArray();
    }
}
