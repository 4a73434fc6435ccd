using System.Net.Sockets;
using Npgsql;

namespace SuiviCourrier.ServiceDefaults.Fichiers;

/// <summary>The database, a server or the disk is away, or full: no fault of whatever was being written, and over when it is back.</summary>
public static class Panne
{
    /// <summary>Whether that is what a failure comes from, however deep in it: EF wraps what it saves twice.</summary>
    public static bool IsCauseOf(Exception? failure) => failure switch
    {
        null => false,
        NpgsqlException { IsTransient: true } or SocketException => true,
        _ => DisquePlein.IsCauseOf(failure) || IsCauseOf(failure.InnerException),
    };
}
