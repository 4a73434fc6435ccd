using Npgsql;

namespace SuiviCourrier.ServiceDefaults.Fichiers;

/// <summary>No room is left, on the disk of the files or on that of the database: nobody's fault but the disk's, and over once there is room again.</summary>
public static class DisquePlein
{
    /// <summary>ENOSPC, and what Windows says instead (ERROR_DISK_FULL, ERROR_HANDLE_DISK_FULL).</summary>
    private static readonly int[] s_full = [28, unchecked((int)0x80070070), unchecked((int)0x80070027)];

    /// <summary>Whether that is what a failure comes from.</summary>
    public static bool IsCauseOf(Exception? failure) => failure switch
    {
        null => false,
        IOException io when s_full.Contains(io.HResult) => true,
        PostgresException { SqlState: PostgresErrorCodes.DiskFull } => true,
        _ => IsCauseOf(failure.InnerException),
    };
}
