using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using SuiviCourrier.TestSupport;
using SuiviCourrier.TestSupport.Mail;

namespace SuiviCourrier.EndToEnd.Servers;

/// <summary>The servers the other tests stand on do what those tests believe.</summary>
public sealed class ServersTests
{
    [Test]
    public async Task Dovecot_AMessageDelivered_IsReadThroughImapAndKeepsItsBytes()
    {
        await using var dovecot = await DovecotServer.StartAsync();
        await dovecot.AddMailboxAsync("contact", "secret");

        await dovecot.DeliverAsync("contact", Encoding.UTF8.GetBytes("From: a@b.example\r\nSubject: Été\r\n\r\nBonjour\r\n"));

        Assert.That((await dovecot.MessagesAsync("contact")).Single().TextBody!.TrimEnd(), Is.EqualTo("Bonjour"));
        Assert.That((await dovecot.FoldersAsync("contact"))["INBOX"], Is.EqualTo(1));
    }

    [Test]
    public async Task Dovecot_ARebuiltMailbox_HasAnotherUidValidityAndTheSameMail()
    {
        await using var dovecot = await DovecotServer.StartAsync();
        await dovecot.AddMailboxAsync("contact", "secret");
        await dovecot.DeliverAsync("contact", AMessage());
        await dovecot.MessagesAsync("contact");

        await dovecot.ResetUidValidityAsync("contact");

        Assert.That(await dovecot.MessagesAsync("contact"), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Dovecot_StoppedAndStartedAgain_StillHasItsMail()
    {
        await using var dovecot = await DovecotServer.StartAsync();
        await dovecot.AddMailboxAsync("contact", "secret");
        await dovecot.DeliverAsync("contact", AMessage());
        await dovecot.StopAsync();

        await dovecot.RestartAsync();

        Assert.That(await dovecot.MessagesAsync("contact"), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Exim_AMessageSentWithStartTls_IsDelivered_AndAStrangerIsRefused()
    {
        await using var exim = await EximServer.StartAsync();
        using var client = await ConnectAsync(exim.Host, exim.Port, exim.Empreinte);

        await client.SendAsync(AMessage());
        var refusal = Assert.ThrowsAsync<SmtpCommandException>(() => client.SendAsync(AMessage("personne@" + EximServer.RefusedDomain)));

        Assert.That((int)refusal!.StatusCode, Is.EqualTo(550));
        await Eventually.EventuallyAsync("the message was never delivered", () => Task.FromResult(exim.DeliveredTo("usager@exemple.example").Count == 1));
    }

    [Test]
    public async Task Sink_WithTlsAndAnAccount_KeepsWhatItAccepts()
    {
        await using var sink = SmtpSink.Start(withTls: true);
        sink.Account = ("courrier", "secret");
        using var client = await ConnectAsync(sink.Host, sink.Port, sink.Empreinte!);
        await client.AuthenticateAsync("courrier", "secret");

        await client.SendAsync(AMessage());

        var received = sink.Received.Single();
        Assert.That(received.Recipients, Is.EqualTo(new[] { "usager@exemple.example" }));
        Assert.That(received.Message.TextBody!.ReplaceLineEndings("/"), Is.EqualTo("./../Bonjour/"));
    }

    [TestCase(SmtpFault.TemporaryRefusal, 451, 0)]
    [TestCase(SmtpFault.PermanentRefusal, 550, 0)]
    [TestCase(SmtpFault.ContentRefusal, 554, 0)]
    [TestCase(SmtpFault.ContentDeferral, 452, 0)]
    [TestCase(SmtpFault.CutBeforeDot, 0, 0)]
    [TestCase(SmtpFault.CutAfterDotKept, 0, 1)]
    [TestCase(SmtpFault.CutAfterDotLost, 0, 0)]
    [TestCase(SmtpFault.SlowReply, 250, 1)]
    public async Task Sink_AnnouncedAFault_MakesItOnceThenAccepts(SmtpFault fault, int code, int kept)
    {
        await using var sink = SmtpSink.Start();
        sink.Slowness = TimeSpan.FromMilliseconds(300);
        sink.FailNext(fault);

        var answer = await SendAsync(sink, AMessage());
        var keptThen = sink.Received.Count;
        var next = await SendAsync(sink, AMessage());

        Assert.That((answer, keptThen), Is.EqualTo((code, kept)));
        Assert.That((next, sink.Received.Count), Is.EqualTo((250, kept + 1)));
    }

    /// <returns>The code of the reply; 0 when the connection died.</returns>
    private static async Task<int> SendAsync(SmtpSink sink, MimeMessage message)
    {
        using var client = new SmtpClient();
        await client.ConnectAsync(sink.Host, sink.Port, SecureSocketOptions.None);
        try
        {
            await client.SendAsync(message);
            return 250;
        }
        catch (SmtpCommandException refusal)
        {
            return (int)refusal.StatusCode;
        }
        catch (Exception cut) when (cut is IOException or ProtocolException)
        {
            return 0;
        }
    }

    private static async Task<SmtpClient> ConnectAsync(string host, int port, string empreinte)
    {
        var client = new SmtpClient { CheckCertificateRevocation = false, ServerCertificateValidationCallback = IsPinned };
        await client.ConnectAsync(host, port, SecureSocketOptions.StartTls);
        return client;

        bool IsPinned(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) =>
            certificate?.GetCertHashString(HashAlgorithmName.SHA256) == empreinte;
    }

    private static MimeMessage AMessage(string to = "usager@exemple.example") => new(
        new[] { MailboxAddress.Parse("contact@prefecture.example") }, new[] { MailboxAddress.Parse(to) }, "Essai", new TextPart("plain") { Text = ".\r\n..\r\nBonjour\r\n" });
}
