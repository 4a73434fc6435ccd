using System.Text;
using SuiviCourrier.TestSupport.Processes;
using static SuiviCourrier.TestSupport.Eventually;

namespace SuiviCourrier.EndToEnd.Installations;

/// <summary>The Host is killed while a process of its own reads the words of an attachment.</summary>
public sealed class KilledReaderTests
{
    private const string Boite = "contact";

    [Test]
    public async Task WordsOfAFile_WhoseReaderIsKilled_AreReadAfterwards()
    {
        await using var installation = await Installation.CreateAsync();
        var folder = Directory.CreateDirectory(Path.Combine(installation.Folder, "courriels-entrants", Boite)).FullName;
        await installation.StartAsync();
        var partial = Path.Combine(installation.Folder, "en-cours.tmp");
        await File.WriteAllTextAsync(partial, MessageWithALargeFile());
        File.Move(partial, Path.Combine(folder, "cadastre.eml"));

        await EventuallyAsync("the file was never opened", async () => await CountAsync(installation, "lecture = 'EnAttente' AND lecture_prise_le IS NOT NULL") == 1);
        await installation.KillAsync();

        Assert.That(await CountAsync(installation, "lecture = 'EnAttente' AND lecture_tentatives = 1"), Is.EqualTo(1), "the kill came in the middle");

        // What a dead reader has taken is taken again when it may no longer be read.
        await installation.StartAsync(TimeSpan.FromMinutes(5));
        await EventuallyAsync("the file was never read", async () => await CountAsync(installation, "lecture = 'Lue'") == 1, TimeSpan.FromMinutes(2));

        Assert.That(
            await installation.Database.ScalarAsync<long>("SELECT count(*) FROM ingestion.mots_courriers WHERE vecteur @@ websearch_to_tsquery('ingestion.mots', 'parcelle bocage')"), Is.EqualTo(1));
        await installation.StopAsync();
    }

    private static Task<long> CountAsync(Installation installation, string where) =>
        installation.Database.ScalarAsync<long>($"SELECT count(*) FROM ingestion.pieces WHERE nom = 'cadastre.csv' AND {where}");

    /// <summary>Beyond what is opened in the Host itself: it is read by a process that takes a second to start.</summary>
    private static string MessageWithALargeFile()
    {
        var lines = new StringBuilder();
        for (var n = 0; lines.Length < 5 << 20; n++)
        {
            lines.Append("parcelle ").Append(n).Append(";bocage\r\n");
        }

        var file = Convert.ToBase64String(Encoding.UTF8.GetBytes(lines.ToString()), Base64FormattingOptions.InsertLineBreaks);
        return $"""
            From: Usager <usager@exemple.example>
            To: contact@indre-et-loire.invalid
            Subject: Cadastre
            Date: Mon, 23 Nov 2026 10:00:00 +0100
            Message-ID: <cadastre@exemple.example>
            MIME-Version: 1.0
            Content-Type: text/csv; name=cadastre.csv
            Content-Disposition: attachment; filename=cadastre.csv
            Content-Transfer-Encoding: base64

            {file}
            """.ReplaceLineEndings("\r\n");
    }
}
