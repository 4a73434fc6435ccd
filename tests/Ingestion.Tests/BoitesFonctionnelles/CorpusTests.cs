using Microsoft.Extensions.DependencyInjection;
using SuiviCourrier.Ingestion.BoitesFonctionnelles;
using SuiviCourrier.TestSupport;
using SuiviCourrier.TestSupport.Mail;
using static SuiviCourrier.TestSupport.Eventually;

namespace SuiviCourrier.Ingestion.Tests.BoitesFonctionnelles;

/// <summary>The committed messages, each with its expected fate: read alone, collected from a real IMAP server, imported as files.</summary>
public sealed class CorpusTests
{
    private static readonly Dictionary<string, string?> s_withoutCaps = new()
    {
        ["Releve:AccusesParHeure"] = "100000",
        ["Releve:AccusesParJour"] = "100000",
        ["Courriel:Expediteur"] = "courrier@indre-et-loire.invalid",
    };

    [Test]
    public void Lines_OfTheRequirement_HaveTheirMessagesAndEveryMessageItsLine()
    {
        var names = Corpus.Attendus.Select(a => a.Nom).ToList();

        Assert.That(names, Has.Count.GreaterThanOrEqualTo(150).And.Unique);
        Assert.That(names, Is.EquivalentTo(Courriels.Names), "each message has its expected result, and each result its message");
        Assert.That(Corpus.Lignes, Is.Not.Empty);
        Assert.That(Corpus.Lignes.Where(l => l.Messages.Count == 0).Select(l => l.Ligne), Is.Empty, "a line without any message");
        Assert.That(Corpus.Lignes.SelectMany(l => l.Messages).Distinct(), Is.EquivalentTo(names), "the table and the folder name the same messages");
    }

    [Test]
    public async Task Message_ReadAlone_HasItsExpectedFateSenderSubjectTextAndAttachments() =>
        Assert.That(string.Join('\n', Corpus.Differences(await Corpus.ReadAsync())), Is.Empty);

    [Test]
    public async Task Message_CollectedFromARealServer_HasItsExpectedFate()
    {
        await using var server = await DovecotServer.StartAsync();
        await BoiteImap.OpenAsync(server, "contact");
        await using var courrier = await RunningCourrier.StartAsync(BoiteImap.Merge(
            BoiteDepot.Settings, s_withoutCaps, BoiteImap.Settings(server, "contact"), new Dictionary<string, string?> { ["Releve:PollImap"] = "00:00:00.500" }));
        var boite = new BoiteImap(server, courrier.Database, "contact");
        await DeclareFormAsync(courrier.Database);

        // Their instants tell them apart: a server ends lines and replaces null bytes in its own way.
        var at = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() - 10_000);
        await server.DeliverAsync(boite.Code, Courriels.Read(Corpus.Premier), InstantOf(Corpus.Attendus.Single(a => a.Nom == Corpus.Premier), at));
        await boite.ReceivedAsync(1);
        await SendAboutTheFirstAsync(courrier.Database);

        // A delivery says nothing of the order of those beside it: what repeats or answers another comes when that one is there.
        var received = 1;
        foreach (var wave in Corpus.Attendus.Where(a => a.Nom != Corpus.Premier).GroupBy(a => a.Sort == "rattache").OrderBy(w => w.Key))
        {
            foreach (var attendu in wave)
            {
                await server.DeliverAsync(boite.Code, Courriels.Read(attendu.Nom), InstantOf(attendu, at));
            }

            received += wave.Count();
            await EventuallyAsync($"{received} messages were never received", async () => await FatesCountAsync(courrier.Database) == received, TimeSpan.FromMinutes(2));
        }

        Assert.That(
            string.Join('\n', await DifferencesAsync(courrier.Database, "extract(epoch FROM m.recu_a)::bigint::text", a => $"{InstantOf(a, at).ToUnixTimeSeconds()}", hasNulls: false)),
            Is.Empty);
        var unreadable = Corpus.Attendus.Count(a => a.Motif == "courriel lisible");
        await boite.MovedAsync(Corpus.Attendus.Count - unreadable, unreadable);
    }

    [Test]
    public async Task Message_ImportedAsAFile_HasTheSameFate()
    {
        await using var courrier = await RunningCourrier.StartAsync(s_withoutCaps);
        await DeclareFormAsync(courrier.Database);
        foreach (var attendu in Corpus.Attendus.OrderBy(a => a.Nom != Corpus.Premier))
        {
            await using var scope = courrier.Scope();
            await using var file = File.OpenRead(Path.Combine(Courriels.Folder, $"{attendu.Nom}.eml"));
            await scope.ServiceProvider.GetRequiredService<ImportMessage>()
                .ExecuteAsync("contact", $"{attendu.Nom}.eml", file, courrier.Folder, isWithCaps: false, unreadable: false, CancellationToken.None);
            if (attendu.Nom == Corpus.Premier)
            {
                await SendAboutTheFirstAsync(courrier.Database);
            }
        }

        Assert.That(
            string.Join('\n', await DifferencesAsync(courrier.Database, "split_part(m.cle_fichier, '|', 2)", a => $"{a.Nom}.eml")),
            Is.Empty);
    }

    private static Task<string?> DeclareFormAsync(TestDatabase database) => database.ScalarAsync<string>(
        "UPDATE ingestion.boites SET expediteurs_formulaire = ARRAY[$1], alias = alias || ARRAY[$2]::text[] WHERE code = 'contact' RETURNING code",
        Corpus.Formulaire, "prefecture@indre-et-loire.invalid");

    /// <summary>An acknowledgement that has left, about the first message: what the others answer.</summary>
    private static async Task SendAboutTheFirstAsync(TestDatabase database) => Assert.That(
        await database.ScalarAsync<string>(
            """
            INSERT INTO messagerie.courriels_sortants (id, cle, kind, courrier_id, reference, etat, attempts, not_before, created_at, data_started, message_id, accepte_at, settled_at)
            SELECT gen_random_uuid(), 'corpus', 'corpus', courrier_id, 'corpus', 'Accepte', 1, now(), now(), true, $1, now(), now()
            FROM ingestion.messages_recus WHERE message_id = $2
            RETURNING cle
            """,
            Corpus.AccuseMessageId, $"{Corpus.Premier}@corpus.exemple.example"),
        Is.EqualTo("corpus"));

    private static Task<long> FatesCountAsync(TestDatabase database) => database.ScalarAsync<long>("SELECT count(*) FROM ingestion.messages_recus");

    private static DateTimeOffset InstantOf(Attendu attendu, DateTimeOffset start) => start.AddSeconds(Corpus.Attendus.TakeWhile(a => a != attendu).Count());

    /// <summary>What the database says of each message beside what it must be.</summary>
    /// <param name="key">SQL that tells one message from another, as <paramref name="keyOf"/> does.</param>
    /// <param name="hasNulls">False: the server has put another byte in the place of each null, and the words around it are its own.</param>
    private static async Task<IReadOnlyList<string>> DifferencesAsync(TestDatabase database, string key, Func<Attendu, string> keyOf, bool hasNulls = true)
    {
        var rows = (await database.RowsAsync(
            $"""
            SELECT concat_ws(chr(31), {key}, CASE WHEN m.sort = 'Courrier' AND c.is_pour_information THEN 'information' ELSE lower(m.sort) END,
                coalesce(CASE WHEN m.sort = 'Courrier' THEN (a.etat <> 'SansObjet')::text END, ''), coalesce(m.motif, a.motif, ''), coalesce(m.de, ''), coalesce(m.objet, ''),
                coalesce(m.evenement_le::text, ''), coalesce(m.protection, ''), coalesce(m.auteur_transfere, ''),
                (SELECT coalesce(string_agg(p.nom, chr(30) ORDER BY p.ordre), '') FROM ingestion.pieces p
                 WHERE p.role = 'PieceJointe' AND p.courrier_id = m.courrier_id AND p.echange_id IS NOT DISTINCT FROM m.echange_id))
            FROM ingestion.messages_recus m
            LEFT JOIN ingestion.courriers c ON c.id = m.courrier_id
            LEFT JOIN LATERAL (SELECT etat, motif FROM ingestion.accuses a WHERE a.courrier_id = m.courrier_id ORDER BY kind LIMIT 1) a ON m.sort = 'Courrier'
            """)).Select(r => r.Split('\u001f')).ToDictionary(r => r[0]);
        return [.. Corpus.Attendus.SelectMany(attendu =>
        {
            var row = rows[keyOf(attendu)];
            var found = attendu with
            {
                Sort = row[1],
                Accuse = bool.TryParse(row[2], out var isAcknowledged) ? isAcknowledged : null,
                Motif = row[3],
                De = NullWhenEmpty(row[4]),
                Objet = NullWhenEmpty(row[5]),
                Evenement = DateOnly.TryParse(row[6], System.Globalization.CultureInfo.InvariantCulture, out var day) ? day : null,
                Protection = NullWhenEmpty(row[7]),
                Original = NullWhenEmpty(row[8]),

                // What is set aside or repeated keeps its attachments in its bytes.
                Pieces = row[1] is "courrier" or "information" ? row[9].Split('\u001e', StringSplitOptions.RemoveEmptyEntries) : attendu.Pieces,
            };
            return Corpus.Differences(
                attendu, hasNulls || !Courriels.Read(attendu.Nom).Contains((byte)0) ? found : found with { De = attendu.De, Objet = attendu.Objet });
        })];

        static string? NullWhenEmpty(string value) => value.Length == 0 ? null : value;
    }
}
