using System.Net.Sockets;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using SuiviCourrier.ServiceDefaults.Fichiers;

namespace SuiviCourrier.ServiceDefaults.Tests.Fichiers;

/// <summary>What is an outage, and what is the fault of what was being written.</summary>
public sealed class PanneTests
{
    private static readonly PostgresException s_shutdown = new("terminating connection", "FATAL", "FATAL", PostgresErrorCodes.AdminShutdown);

    private static IEnumerable<TestCaseData> Failures()
    {
        yield return new TestCaseData(s_shutdown, true) { TestName = "A database that stops" };
        yield return new TestCaseData(new InvalidOperationException("likely transient", new DbUpdateException("saving", s_shutdown)), true) { TestName = "As EF says it, wrapped twice" };
        yield return new TestCaseData(new DbUpdateException("saving", new NpgsqlException("reading", new EndOfStreamException())), true) { TestName = "A connection cut" };
        yield return new TestCaseData(new IOException("away", new SocketException((int)SocketError.ConnectionRefused)), true) { TestName = "A server that is away" };
        yield return new TestCaseData(new IOException("full", 28), true) { TestName = "A full disk" };
        yield return new TestCaseData(new DbUpdateException("saving", new PostgresException("invalid byte", "ERROR", "ERROR", PostgresErrorCodes.CharacterNotInRepertoire)), false) { TestName = "Text that the database refuses" };
        yield return new TestCaseData(new FormatException("bytes"), false) { TestName = "Bytes nobody can read" };
        yield return new TestCaseData(new IOException("closed"), false) { TestName = "Another failure of input and output" };
    }

    [TestCaseSource(nameof(Failures))]
    public void Failure_OfAnOutage_IsNoFaultOfWhatWasWritten(Exception failure, bool attendu) => Assert.That(Panne.IsCauseOf(failure), Is.EqualTo(attendu));
}
