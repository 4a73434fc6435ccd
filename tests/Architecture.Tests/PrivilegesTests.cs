using SuiviCourrier.TestSupport;

namespace SuiviCourrier.Architecture.Tests;

/// <summary>The walls between schemas, as the server itself holds them.</summary>
public sealed class PrivilegesTests
{
    [Test]
    public async Task Roles_WriteTheirOwnSchemaAndTheQueuesOnly_AndReadTheOthersThroughViews()
    {
        await using var courrier = await RunningCourrier.StartAsync();

        var excess = await courrier.Database.ScalarAsync<string>(
            """
            SELECT string_agg(r.rolname || ' may ' || p.privilege || ' ' || n.nspname || '.' || c.relname, E'\n' ORDER BY 1)
            FROM pg_class c
            JOIN pg_namespace n ON n.oid = c.relnamespace
            CROSS JOIN pg_roles r
            CROSS JOIN (VALUES ('SELECT'), ('INSERT'), ('UPDATE'), ('DELETE'), ('TRUNCATE')) AS p(privilege)
            WHERE c.relkind IN ('r', 'v', 'p', 'm')
              AND n.nspname IN ('ingestion', 'echeances', 'portail', 'messagerie', 'hangfire')
              AND r.rolname IN ('courrier_ingestion', 'courrier_echeances', 'courrier_portail', 'courrier_messagerie')
              AND r.rolname <> 'courrier_' || n.nspname
              AND has_table_privilege(r.oid, c.oid, p.privilege)
              AND NOT (p.privilege = 'SELECT' AND c.relkind = 'v' AND c.relname LIKE 'lecture\_%')
              AND NOT (n.nspname = 'hangfire' AND r.rolname = 'courrier_echeances')
              AND NOT (n.nspname = 'messagerie' AND p.privilege IN ('SELECT', 'INSERT') AND c.relname IN ('outbox', 'inbox', 'fichiers', 'courriels_sortants', 'cles_idempotence'))
              AND NOT (n.nspname = 'messagerie' AND p.privilege = 'UPDATE' AND c.relname IN ('fichiers', 'courriels_sortants'))
            """);

        Assert.That(excess, Is.Null);
    }

    [Test]
    public async Task Journals_AreWrittenOnce()
    {
        await using var courrier = await RunningCourrier.StartAsync();

        var writable = await courrier.Database.ScalarAsync<string>(
            """
            SELECT string_agg(r.rolname || ' may ' || p.privilege || ' ' || n.nspname || '.journal', E'\n' ORDER BY 1)
            FROM pg_class c
            JOIN pg_namespace n ON n.oid = c.relnamespace
            CROSS JOIN pg_roles r
            CROSS JOIN (VALUES ('UPDATE'), ('DELETE'), ('TRUNCATE')) AS p(privilege)
            WHERE c.relname = 'journal' AND r.rolname LIKE 'courrier\_%' AND has_table_privilege(r.oid, c.oid, p.privilege)
            """);

        Assert.That(writable, Is.Null);
        Assert.That(await courrier.Database.ScalarAsync<long>("SELECT count(*) FROM pg_class WHERE relname = 'journal' AND relkind = 'r'"), Is.EqualTo(3));
    }
}
