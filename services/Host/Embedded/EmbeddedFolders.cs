using System.Security.Cryptography;
using System.Text;

namespace SuiviCourrier.Host.Embedded;

/// <summary>
/// Where the embedded PostgreSQL keeps its programs and its data: in the data folder itself, or, when we are root, where an
/// unprivileged account can reach them; a pointer in the data folder then says where.
/// </summary>
internal sealed record EmbeddedFolders(string Owner, string Base)
{
    private const string PointerName = "emplacement-postgresql";
    private const string BackReferenceName = "dossier-de-donnees";

    public string Data => Path.Combine(Base, "base-de-donnees");

    public string Log => Path.Combine(Base, "postgresql.log");

    public string Secrets => Path.Combine(Base, "postgresql.secrets");

    /// <param name="owner">The data folder, full path.</param>
    /// <param name="isRoot">Whether PostgreSQL will run under another account than ours.</param>
    /// <param name="sharedRoot">Parent of the folders of every clone run by root.</param>
    public static EmbeddedFolders For(string owner, bool isRoot, string sharedRoot = "/var/lib/courrier")
    {
        var inside = new EmbeddedFolders(owner, owner);
        if (!isRoot || Directory.Exists(inside.Data))
        {
            return inside;
        }

        var pointer = Path.Combine(owner, PointerName);
        if (File.Exists(pointer) && new EmbeddedFolders(owner, File.ReadAllText(pointer).Trim()) is var known && known.BelongsTo(owner))
        {
            return known;
        }

        var folders = new EmbeddedFolders(owner, Path.Combine(sharedRoot, NameFor(owner)));
        if (Directory.Exists(folders.Base))
        {
            // The data folder was emptied: starting again on the old database would show letters whose files are gone.
            if (PostmasterFile.Read(folders.Data) is { } abandoned && abandoned.IsAlive(folders.Data))
            {
                using var process = System.Diagnostics.Process.GetProcessById(abandoned.Pid);
                process.Kill();
            }

            Directory.Move(folders.Base, $"{folders.Base}-ancien-{TimeProvider.System.GetUtcNow():yyyyMMddHHmmss}");
        }

        File.WriteAllText(pointer, folders.Base + "\n");
        Directory.CreateDirectory(folders.Base);
        File.WriteAllText(Path.Combine(folders.Base, BackReferenceName), owner + "\n");
        return folders;
    }

    /// <summary>Name of the clone, then 8 hexadecimal digits of the SHA-256 of its full path.</summary>
    private static string NameFor(string owner)
    {
        var clone = Path.GetFileName(owner) == ".courrier" ? Path.GetDirectoryName(owner)! : owner;
        var name = string.Concat(Path.GetFileName(clone).Where(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'));
        return $"{(name.Length == 0 ? "clone" : name)}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(clone)))[..8]}";
    }

    /// <summary>A copied clone brings the pointer of its model: it must not share its database. A moved one keeps it.</summary>
    private bool BelongsTo(string owner)
    {
        var back = Path.Combine(Base, BackReferenceName);
        if (!File.Exists(back))
        {
            return false;
        }

        var named = File.ReadAllText(back).Trim();
        if (named == owner)
        {
            return true;
        }

        var other = Path.Combine(named, PointerName);
        if (File.Exists(other) && File.ReadAllText(other).Trim() == Base)
        {
            return false;
        }

        File.WriteAllText(back, owner + "\n");
        return true;
    }
}
