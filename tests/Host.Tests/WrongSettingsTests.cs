using System.Net;
using System.Net.Sockets;
using SuiviCourrier.TestSupport.Processes;

namespace SuiviCourrier.Host.Tests;

/// <summary>A wrong setting ends in one sentence, in French, and exit code 1.</summary>
public sealed class WrongSettingsTests
{
    [TestCase("Messages__Transport", "pigeon", "pigeon", TestName = "Unknown transport")]
    [TestCase("Messages__Transport", "rabbitmq", "mot de passe de RabbitMQ manque", TestName = "A broker without a password")]
    [TestCase("Messages__RabbitMq__Port", "amqp", "Messages:RabbitMq:Port vaut « amqp »", TestName = "A port of the broker that is no number")]
    [TestCase("Messages__BatchSize", "beaucoup", "nombre entier", TestName = "A size that is no number")]
    [TestCase("Horloge__Decalage", "10.00:00:00", "Development", TestName = "A moved clock outside Development")]
    [TestCase("Horloge__Decalage", "demain", "une durée", TestName = "A clock moved by no duration")]
    [TestCase("ConnectionStrings__Courrier", "n'importe quoi", "chaîne de connexion", TestName = "A connection string that is none")]
    [TestCase("ConnectionStrings__Courrier", "Host=127.0.0.1;Port=1;Username=courrier;Database=courrier", "injoignable", TestName = "An unreachable server")]
    [TestCase("ConnectionStrings__Courrier", "Host=nulle-part.invalid;Username=courrier;Database=courrier", "injoignable", TestName = "A server that does not exist")]
    [TestCase("Courriel__Smtp__Securite", "ssl", "Courriel:Smtp:Securite vaut « ssl »", TestName = "A protection of mail that does not exist")]
    [TestCase("Boites__0__Imap__Port", "imaps", "Boites:0:Imap:Port vaut « imaps »", TestName = "A port of a mailbox that is no number")]
    [TestCase("Relances__Heure", "midi", "Relances:Heure vaut « midi »", TestName = "An hour of reminders that is none")]
    [TestCase("MandataireInverse__Adresses__0", "mandataire", "MandataireInverse:Adresses:0 vaut « mandataire »", TestName = "A reverse proxy that is no address")]
    [TestCase("MandataireInverse__Adresses__0", "0.0.0.0/0", "tout le monde", TestName = "Everybody as reverse proxy")]
    [TestCase("Secrets__Dossier", "/nulle/part", "/nulle/part", TestName = "A folder of secrets that does not exist")]
    [TestCase("Site__UrlPublique", "courrier.example", "Site:UrlPublique vaut « courrier.example »", TestName = "A public address that is none")]
    [TestCase("Formulaire__Fichiers", "cinq", "Formulaire:Fichiers vaut « cinq »", TestName = "A number of files that is none")]
    [TestCase("Donnees__Dossier", "/proc/courrier", "accessible en écriture", TestName = "A folder that cannot be written")]
    [TestCase("ASPNETCORE_URLS", "pas-une-adresse", "pas valable", TestName = "An address that is none")]
    public async Task Serve_WithAWrongSetting_SaysSoInOneSentence(string setting, string value, string expected)
    {
        await using var installation = new EmbeddedFolder();
        await using var host = HostProcess.Start(installation.Folder, settings: new Dictionary<string, string?> { [setting] = value });

        await AssertRefusedAsync(host, expected);
    }

    [Test]
    public async Task Serve_OnRabbitMqWithTheAccountEverybodyKnows_IsRefused()
    {
        await using var installation = new EmbeddedFolder();
        await using var host = HostProcess.Start(installation.Folder, settings: new Dictionary<string, string?>
        {
            ["Messages__Transport"] = "rabbitmq",
            ["Messages__RabbitMq__Utilisateur"] = "guest",
            ["Messages__RabbitMq__MotDePasse"] = "guest",
        });

        await AssertRefusedAsync(host, "« guest »");
    }

    [Test]
    public async Task Serve_OneRoleOnTheEmbeddedDatabase_IsRefused()
    {
        await using var installation = new EmbeddedFolder();
        await using var host = HostProcess.Start(installation.Folder, ["serve", "--roles", "portail"], new Dictionary<string, string?>
        {
            ["Messages__Transport"] = "rabbitmq",
            ["Messages__RabbitMq__MotDePasse"] = "secret",
        });

        await AssertRefusedAsync(host, "ne sert qu’un processus");
    }

    [TestCase("--roles", "cuisine", "cuisine", TestName = "Unknown role")]
    [TestCase("--roles", "portail", "tous les rôles", TestName = "One role alone with the transport interne")]
    [TestCase("--couleur", "rouge", "--help", TestName = "Unknown option")]
    public async Task Serve_WithAWrongArgument_SaysSoInOneSentence(string option, string value, string expected)
    {
        await using var installation = new EmbeddedFolder();
        await using var host = HostProcess.Start(installation.Folder, ["serve", option, value]);

        await AssertRefusedAsync(host, expected);
    }

    [Test]
    public async Task Serve_OnAnAddressInUse_IsRefused()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        await using var installation = new EmbeddedFolder();
        await using var host = HostProcess.Start(installation.Folder, ["--urls", $"http://127.0.0.1:{((IPEndPoint)taken.LocalEndpoint).Port}"]);

        await AssertRefusedAsync(host, "déjà utilisée");
    }

    [TestCase("migrate")]
    [TestCase("seed")]
    [TestCase("exporter", "sauvegarde")]
    [TestCase("restaurer", "sauvegarde")]
    [TestCase("compte", "creer", "--courriel", "x@essais.invalid", "--nom", "X", "--service", "SIDSIC")]
    public async Task Verb_OnAnUnreachableServer_SaysSoInOneSentence(params string[] arguments)
    {
        await using var installation = new EmbeddedFolder();
        await using var verb = HostProcess.Start(
            installation.Folder,
            arguments,
            new Dictionary<string, string?> { ["ConnectionStrings__Courrier"] = "Host=127.0.0.1;Port=1;Username=courrier;Database=courrier" });

        await AssertRefusedAsync(verb, "injoignable");
    }

    [TestCase("exporter", TestName = "A backup without a folder")]
    [TestCase("compte", "creer", TestName = "An account without an address")]
    [TestCase("demarrer", TestName = "A verb that is none")]
    public async Task Verb_WrittenWrongly_PointsToTheHelp(params string[] arguments)
    {
        await using var installation = new EmbeddedFolder();
        await using var verb = HostProcess.Start(installation.Folder, arguments);

        await AssertRefusedAsync(verb, "--help");
    }

    private static async Task AssertRefusedAsync(HostProcess host, string expected)
    {
        Assert.That(await host.ExitAsync(), Is.EqualTo(1), () => host.Output);
        var said = host.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line != "Préparation de la base de données…").ToList();
        Assert.That(said, Has.Count.EqualTo(1), () => host.Output);
        Assert.That(said[0], Does.Contain(expected).And.Not.Contain("   at ").And.Not.Contain("Exception"));
    }
}
