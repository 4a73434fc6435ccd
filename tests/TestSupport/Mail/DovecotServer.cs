using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text;
using MailKit;
using MailKit.Net.Imap;
using MailKit.Search;
using MailKit.Security;
using MimeKit;
using SuiviCourrier.TestSupport.Processes;

namespace SuiviCourrier.TestSupport.Mail;

/// <summary>A real IMAP server on a free port of loopback, with STARTTLS, its certificate and its mailboxes in a folder of its own.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class DovecotServer : IAsyncDisposable
{
    private static int s_delivered;

    private readonly ServerFolder _folder = new("dovecot");
    private readonly TestCertificate _certificate = new();
    private readonly Dictionary<string, string> _passwords = [];
    private ChildProcess? _process;
    private string _uid = string.Empty;
    private string _gid = string.Empty;

    private DovecotServer()
    {
    }

    public string Host => "127.0.0.1";

    public int Port { get; } = FreePort.Next();

    /// <summary>SHA-256 of its certificate, in hexadecimal.</summary>
    public string Empreinte => _certificate.Empreinte;

    /// <param name="tokenInfoUrl">Whom it asks whose an OAuth 2.0 token is; null: it knows passwords only.</param>
    public static async Task<DovecotServer> StartAsync(string? tokenInfoUrl = null)
    {
        var server = new DovecotServer();
        await server.ConfigureAsync(tokenInfoUrl);
        await server.RestartAsync();
        return server;
    }

    /// <summary>Configuration of the application that collects a mailbox of this server, opened before, over STARTTLS.</summary>
    /// <param name="number">Place of the mailbox among those declared.</param>
    public Dictionary<string, string?> Settings(string user, int number = 0) => new()
    {
        [$"Boites:{number}:Code"] = user,
        [$"Boites:{number}:Adresse"] = $"{user}@indre-et-loire.invalid",
        [$"Boites:{number}:Imap:Hote"] = Host,
        [$"Boites:{number}:Imap:Port"] = Port.ToString(CultureInfo.InvariantCulture),
        [$"Boites:{number}:Imap:Securite"] = "StartTls",
        [$"Boites:{number}:Imap:Utilisateur"] = user,
        [$"Boites:{number}:Imap:EmpreinteCertificat"] = Empreinte,
        [$"COURRIER_BOITE_{user.ToUpperInvariant().Replace('-', '_')}_MOTDEPASSE"] = _passwords[user],
    };

    /// <summary>Starts it again on the same port with the same mail, after <see cref="StopAsync"/>.</summary>
    public async Task RestartAsync()
    {
        _process = ChildProcess.Start(
            ServerFolder.Program("COURRIER_TESTS_DOVECOT", "/usr/sbin/dovecot"), ["-F", "-c", Path.Combine(_folder.Path, "dovecot.conf")]);
        await Eventually.EventuallyAsync("Dovecot never answered", async () =>
        {
            if (_process.HasExited)
            {
                throw new InvalidOperationException($"Dovecot stopped: {_process.Output}");
            }

            try
            {
                using var client = new ImapClient();
                await client.ConnectAsync(Host, Port, SecureSocketOptions.None);
                return true;
            }
            catch (Exception failure) when (failure is System.Net.Sockets.SocketException or IOException or ImapProtocolException)
            {
                return false;
            }
        });
    }

    /// <summary>Opens a mailbox; usable at once.</summary>
    public async Task AddMailboxAsync(string user, string password)
    {
        _passwords[user] = password;
        var lines = _passwords.Select(p => $"{p.Key}:{{PLAIN}}{p.Value}:{_uid}:{_gid}::{HomeOf(p.Key)}::");
        _folder.Write("users", string.Join('\n', lines) + "\n");
        var inbox = Path.Combine(HomeOf(user), "Maildir");
        foreach (var part in (string[])["tmp", "new", "cur"])
        {
            Directory.CreateDirectory(Path.Combine(inbox, part));
        }

        await ServerFolder.GiveAsync(HomeOf(user));
    }

    /// <summary>Gives an inbox nobody has opened yet this UIDVALIDITY: two accounts then name different messages by the same identifiers.</summary>
    public async Task SetUidValidityAsync(string user, uint validity)
    {
        var list = Path.Combine(HomeOf(user), "Maildir", "dovecot-uidlist");
        await File.WriteAllTextAsync(list, $"3 V{validity} N1 G{Guid.NewGuid():N}\n");
        await ServerFolder.GiveAsync(list);
    }

    /// <summary>Puts a message into the inbox as a delivery agent does: written aside, then renamed. Any bytes will do.</summary>
    /// <param name="receivedAt">Its INTERNALDATE; now by default.</param>
    public async Task DeliverAsync(string user, byte[] message, DateTimeOffset? receivedAt = null)
    {
        var maildir = Path.Combine(HomeOf(user), "Maildir");

        // Named as delivery agents do (seconds, M microseconds): the server numbers what it finds at once in this order, so that a reply follows its letter.
        var now = TimeProvider.System.GetUtcNow();
        var name = $"{now.ToUnixTimeSeconds()}.M{now.Ticks / 10 % 1_000_000}P{Environment.ProcessId}Q{Interlocked.Increment(ref s_delivered)}.test";
        var written = Path.Combine(maildir, "tmp", name);
        await File.WriteAllBytesAsync(written, message);
        await ServerFolder.GiveAsync(written);
        if (receivedAt is { } instant)
        {
            File.SetLastWriteTimeUtc(written, instant.UtcDateTime);
        }

        File.Move(written, Path.Combine(maildir, "new", name));
    }

    public Task DeliverAsync(string user, MimeMessage message)
    {
        using var bytes = new MemoryStream();
        message.WriteTo(bytes);
        return DeliverAsync(user, bytes.ToArray());
    }

    /// <summary>A signed-in connection, to look at a mailbox or to change it as an agent with a mail program would.</summary>
    public async Task<ImapClient> ConnectAsync(string user)
    {
        var client = new ImapClient { CheckCertificateRevocation = false };
        client.ServerCertificateValidationCallback = (_, certificate, _, _) => certificate?.GetCertHashString(HashAlgorithmName.SHA256) == Empreinte;
        await client.ConnectAsync(Host, Port, SecureSocketOptions.StartTls);
        await client.AuthenticateAsync(user, _passwords[user]);
        return client;
    }

    /// <returns>How many connections this account has open, as the server counts them.</returns>
    public async Task<int> ConnectionsAsync(string user)
    {
        var listed = await ChildProcess.RunAsync(
            ServerFolder.Program("COURRIER_TESTS_DOVEADM", "/usr/bin/doveadm"), "-c", Path.Combine(_folder.Path, "dovecot.conf"), "who", "-1", user);
        return listed.Split('\n').Count(l => l.StartsWith($"{user} ", StringComparison.Ordinal));
    }

    /// <returns>Folder name and number of messages, every folder.</returns>
    public async Task<IReadOnlyDictionary<string, int>> FoldersAsync(string user)
    {
        using var client = await ConnectAsync(user);
        var found = new Dictionary<string, int>();
        foreach (var folder in await client.GetFoldersAsync(client.PersonalNamespaces[0]))
        {
            await folder.StatusAsync(StatusItems.Count);
            found[folder.FullName] = folder.Count;
        }

        return found;
    }

    public async Task<IReadOnlyList<MimeMessage>> MessagesAsync(string user, string folder = "INBOX")
    {
        using var client = await ConnectAsync(user);
        var opened = await client.GetFolderAsync(folder);
        await opened.OpenAsync(FolderAccess.ReadOnly);
        var messages = new List<MimeMessage>();
        foreach (var uid in await opened.SearchAsync(SearchQuery.All))
        {
            messages.Add(await opened.GetMessageAsync(uid));
        }

        return messages;
    }

    /// <summary>The folder gets a new UIDVALIDITY and its messages new identifiers, as after a restored or rebuilt mailbox.</summary>
    public async Task ResetUidValidityAsync(string user, string folder = "INBOX")
    {
        using var client = await ConnectAsync(user);
        var opened = await client.GetFolderAsync(folder);
        await opened.StatusAsync(StatusItems.UidValidity);
        var path = Path.Combine(HomeOf(user), "Maildir", folder == "INBOX" ? string.Empty : "." + folder);
        await client.DisconnectAsync(quit: true);
        foreach (var file in Directory.EnumerateFiles(path, "dovecot*").Where(f => Path.GetFileName(f) is "dovecot-uidlist" or "dovecot.index" or "dovecot.index.log" or "dovecot.index.cache"))
        {
            File.Delete(file);
        }

        var before = opened.UidValidity;
        await Eventually.EventuallyAsync($"{folder} kept its UIDVALIDITY {before}", async () =>
        {
            using var again = await ConnectAsync(user);
            var reopened = await again.GetFolderAsync(folder);
            await reopened.StatusAsync(StatusItems.UidValidity);
            return reopened.UidValidity != before;
        });
    }

    /// <summary>Cuts every connection and answers nobody until <see cref="RestartAsync"/>.</summary>
    public async Task StopAsync()
    {
        if (_process is null)
        {
            return;
        }

        // Its processes wait for the clients they serve, as long as it takes: they go first.
        foreach (var serving in ChildProcess.DescendantsOf(_process.Id))
        {
            try
            {
                using var process = Process.GetProcessById(serving);
                process.Kill();
            }
            catch (Exception gone) when (gone is ArgumentException or InvalidOperationException)
            {
                // It has ended meanwhile.
            }
        }

        await _process.StopAsync();
        await _process.DisposeAsync();
        _process = null;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _certificate.Dispose();
        _folder.Dispose();
    }

    private string HomeOf(string user) => Path.Combine(_folder.Path, "mail", user);

    private async Task ConfigureAsync(string? tokenInfoUrl)
    {
        (_uid, _gid, var group) = await ServerFolder.OwnerAsync();
        await _folder.OwnedAsync("mail");
        Directory.CreateDirectory(Path.Combine(_folder.Path, "run"));
        _folder.Write("users", string.Empty);
        var certificate = _folder.Write("certificate.pem", _certificate.CertificatePem);
        var key = _folder.Write("key.pem", _certificate.KeyPem);
        var configuration = new StringBuilder();
        var (mechanisms, tokens) = (string.Empty, string.Empty);
        if (tokenInfoUrl is not null)
        {
            var oauth = _folder.Write("oauth2.conf", $"tokeninfo_url = {tokenInfoUrl}\nusername_attribute = username\n");
            mechanisms = " oauthbearer xoauth2";
            tokens = "passdb {\n  driver = oauth2\n  mechanisms = oauthbearer xoauth2\n  args = " + oauth + "\n}\n";
        }

        configuration.Append(
            $$"""
            base_dir = {{_folder.Path}}/run
            state_dir = {{_folder.Path}}/state
            log_path = {{_folder.Path}}/dovecot.log
            protocols = imap
            listen = {{Host}}
            ssl = yes
            ssl_cert = <{{certificate}}
            ssl_key = <{{key}}
            disable_plaintext_auth = no
            auth_mechanisms = plain login{{mechanisms}}
            mail_location = maildir:~/Maildir
            maildir_stat_dirs = yes
            first_valid_uid = 1
            first_valid_gid = 1
            default_internal_user = {{ServerFolder.User}}
            default_internal_group = {{group}}
            default_login_user = {{ServerFolder.User}}
            {{tokens}}
            passdb {
              driver = passwd-file
              mechanisms = plain login
              args = {{_folder.Path}}/users
            }
            userdb {
              driver = passwd-file
              args = {{_folder.Path}}/users
            }
            namespace inbox {
              inbox = yes
              separator = .
            }
            service imap-login {
              chroot =
              inet_listener imap {
                port = {{Port}}
              }
              inet_listener imaps {
                port = 0
              }
            }
            service anvil {
              chroot =
            }
            service stats {
              chroot =
            }

            """);
        _folder.Write("dovecot.conf", configuration.ToString());
    }
}
