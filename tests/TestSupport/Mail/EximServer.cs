using System.Runtime.Versioning;
using MimeKit;
using SuiviCourrier.TestSupport.Processes;

namespace SuiviCourrier.TestSupport.Mail;

/// <summary>
/// A real mail server on a free port of loopback, with STARTTLS: delivers every message into one mailbox, refuses the
/// recipients at <see cref="RefusedDomain"/>, returns what was sent to <see cref="BouncedDomain"/>.
/// </summary>
[UnsupportedOSPlatform("windows")]
public sealed class EximServer : IAsyncDisposable
{
    public const string RefusedDomain = "refuse.example";

    /// <summary>Accepts what is sent there, then finds nobody and says so in a report to the envelope sender.</summary>
    public const string BouncedDomain = "renvoi.example";

    private readonly ServerFolder _folder = new("exim");
    private readonly TestCertificate _certificate = new();
    private ChildProcess? _process;

    private EximServer()
    {
    }

    public string Host => "127.0.0.1";

    public int Port { get; } = FreePort.Next();

    /// <summary>SHA-256 of its certificate, in hexadecimal.</summary>
    public string Empreinte => _certificate.Empreinte;

    public static async Task<EximServer> StartAsync()
    {
        var server = new EximServer();
        var configuration = await server.ConfigureAsync();
        server._process = ChildProcess.Start(ServerFolder.Program("COURRIER_TESTS_EXIM", "/usr/sbin/exim4"), ["-C", configuration, "-bdf", "-q1m"]);
        await Eventually.EventuallyAsync("Exim never answered", async () =>
        {
            if (server._process.HasExited)
            {
                throw new InvalidOperationException($"Exim stopped: {server._process.Output}");
            }

            try
            {
                using var client = new MailKit.Net.Smtp.SmtpClient();
                await client.ConnectAsync(server.Host, server.Port, MailKit.Security.SecureSocketOptions.None);
                return true;
            }
            catch (Exception failure) when (failure is System.Net.Sockets.SocketException or IOException)
            {
                return false;
            }
        });
        return server;
    }

    /// <summary>Configuration of the application that sends here.</summary>
    public Dictionary<string, string?> Settings() => new()
    {
        ["Courriel:Smtp:Hote"] = Host,
        ["Courriel:Smtp:Port"] = Port.ToString(),
        ["Courriel:Smtp:Securite"] = "StartTls",
        ["Courriel:Smtp:EmpreinteCertificat"] = Empreinte,
    };

    /// <summary>Everything delivered, in the order in which it came.</summary>
    public IReadOnlyList<MimeMessage> Delivered()
    {
        var mailbox = Path.Combine(_folder.Path, "mail", "new");
        return Directory.Exists(mailbox)
            ? [.. Directory.EnumerateFiles(mailbox).Order(StringComparer.Ordinal).Select(f => MimeMessage.Load(f))]
            : [];
    }

    /// <summary>Messages delivered to this address.</summary>
    public IReadOnlyList<MimeMessage> DeliveredTo(string address) => [.. Delivered().Where(m => m.Headers["Envelope-To"] == address)];

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.StopAsync();
            await _process.DisposeAsync();
        }

        _certificate.Dispose();
        _folder.Dispose();
    }

    private async Task<string> ConfigureAsync()
    {
        var (_, _, group) = await ServerFolder.OwnerAsync();
        var mail = await _folder.OwnedAsync("mail");
        var spool = await _folder.OwnedAsync("spool");
        var log = await _folder.OwnedAsync("log");
        var certificate = _folder.Write("certificate.pem", _certificate.CertificatePem);
        var key = _folder.Write("key.pem", _certificate.KeyPem);
        await ServerFolder.GiveAsync(key);
        return _folder.Write(
            "exim.conf",
            $$"""
            primary_hostname = localhost
            exim_user = {{ServerFolder.User}}
            exim_group = {{group}}
            never_users =
            spool_directory = {{spool}}
            log_file_path = {{log}}/%slog
            pid_file_path = {{spool}}/exim.pid
            local_interfaces = {{Host}}
            daemon_smtp_ports = {{Port}}
            tls_advertise_hosts = *
            tls_certificate = {{certificate}}
            tls_privatekey = {{key}}
            acl_smtp_rcpt = recipients
            acl_smtp_data = messages
            host_lookup =
            rfc1413_query_timeout = 0s
            message_size_limit = 200M

            begin acl
            recipients:
              deny domains = {{RefusedDomain}}
                   message = 5.1.1 nobody of this name here
              accept
            messages:
              accept

            begin routers
            nobody:
              driver = redirect
              domains = {{BouncedDomain}}
              allow_fail
              data = :fail: 5.1.1 nobody of this name here

            everyone:
              driver = accept
              transport = mailbox

            begin transports
            mailbox:
              driver = appendfile
              maildir_format
              create_directory
              directory = {{mail}}
              user = {{ServerFolder.User}}
              group = {{group}}
              return_path_add
              envelope_to_add

            begin retry
            * * F,1h,1m

            """);
    }
}
