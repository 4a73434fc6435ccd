using Npgsql;
using SuiviCourrier.TestSupport;

namespace SuiviCourrier.ServiceDefaults.Tests.Schemas;

public sealed class RolesTests
{
    [TestCase("courrier_portail", "CREATE TABLE ingestion.intrus (id int)")]
    [TestCase("courrier_portail", "DELETE FROM portail.journal")]
    [TestCase("courrier_ingestion", "UPDATE portail.journal SET motif = null")]
    [TestCase("courrier_ingestion", "DELETE FROM messagerie.outbox")]
    public async Task Write_OutsideItsOwnSchema_IsRefusedByTheServer(string role, string sql)
    {
        await using var courrier = await RunningCourrier.StartAsync();
        await using var connection = new NpgsqlConnection(courrier.Database.ConnectionStrings.For(role));
        await connection.OpenAsync();

        await using var command = new NpgsqlCommand(sql, connection);

        Assert.That(async () => await command.ExecuteNonQueryAsync(), Throws.TypeOf<PostgresException>()
            .With.Property(nameof(PostgresException.SqlState)).EqualTo(PostgresErrorCodes.InsufficientPrivilege));
    }
}
