using Microsoft.Extensions.Configuration;
using SuiviCourrier.Ingestion.BoitesFonctionnelles.Secrets;

namespace SuiviCourrier.Ingestion.Tests.BoitesFonctionnelles.Secrets;

/// <summary>What was encrypted is read by its owner with its key, and by nobody else.</summary>
public sealed class CoffreTests
{
    private const string Secret = "un mot de passe à accents 🔑";
    private string _folder = null!;

    [SetUp]
    public void Create() => _folder = Directory.CreateTempSubdirectory("courrier-coffre-").FullName;

    [TearDown]
    public void Delete() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Encrypted_ForAMailbox_IsReadForItAndForNoOther()
    {
        var coffre = CoffreOf();

        var chiffre = coffre.Encrypt(Secret, "contact");

        Assert.That(chiffre, Does.Not.Contain("passe"));
        Assert.That(coffre.Encrypt(Secret, "contact"), Is.Not.EqualTo(chiffre), "the same secret never looks the same");
        Assert.That(CoffreOf().Decrypt(chiffre, "contact"), Is.EqualTo(Secret), "another process reads it");
        Assert.That(() => coffre.Decrypt(chiffre, "etrangers"), Throws.TypeOf<CoffreException>().With.Message.Contains("retapez-le"));
    }

    [Test]
    public void Encrypted_ThenChanged_IsRefusedWhereverItWas()
    {
        var coffre = CoffreOf();
        var chiffre = coffre.Encrypt(Secret, "contact");
        for (var at = 0; at < chiffre.Length; at++)
        {
            var changed = chiffre.ToCharArray();
            changed[at] = changed[at] == 'A' ? 'B' : 'A';
            Assert.That(() => coffre.Decrypt(new string(changed), "contact"), Throws.TypeOf<CoffreException>(), $"position {at}");
        }

        Assert.That(() => coffre.Decrypt(string.Empty, "contact"), Throws.TypeOf<CoffreException>());
    }

    [Test]
    public void Key_CreatedWithTheFirstSecret_IsOursAlone()
    {
        var coffre = CoffreOf();
        Assert.That(coffre.IsKeptInFile, Is.False);

        coffre.Encrypt(Secret, "contact");

        Assert.That(coffre.IsKeptInFile, Is.True);
        Assert.That(Directory.EnumerateFiles(_folder).Select(Path.GetFileName), Is.EqualTo((string[])["coffre.cle"]));
        if (!OperatingSystem.IsWindows())
        {
            Assert.That(File.GetUnixFileMode(coffre.Fichier), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
        }
    }

    [Test]
    public void Key_CreatedByManyAtOnce_IsOne()
    {
        var secrets = Enumerable.Range(0, 16).AsParallel().WithDegreeOfParallelism(8).Select(_ => CoffreOf().Encrypt(Secret, "contact")).ToList();

        Assert.That(secrets.Select(s => CoffreOf().Decrypt(s, "contact")), Is.All.EqualTo(Secret));
    }

    [Test]
    public void Key_ReplacedByANewOne_StillReadsWhatItEncrypted()
    {
        var formerly = CoffreOf().Encrypt(Secret, "contact");
        var lines = File.ReadAllText(Path.Combine(_folder, "coffre.cle"));
        File.WriteAllText(Path.Combine(_folder, "coffre.cle"), $"nouvelle {Convert.ToBase64String(new byte[32])}\n{lines}");

        var now = CoffreOf().Encrypt(Secret, "contact");

        Assert.That(now, Does.StartWith("v1.nouvelle."));
        Assert.That(CoffreOf().Decrypt(formerly, "contact"), Is.EqualTo(Secret));
        Assert.That(CoffreOf().Decrypt(now, "contact"), Is.EqualTo(Secret));
    }

    [Test]
    public void Key_Missing_IsNamedWithWhatToDo_AndIsNotMadeAnewByReading()
    {
        var chiffre = CoffreOf().Encrypt(Secret, "contact");
        var name = chiffre.Split('.')[1];
        File.Delete(Path.Combine(_folder, "coffre.cle"));

        Assert.That(
            () => CoffreOf().Decrypt(chiffre, "contact"),
            Throws.TypeOf<CoffreException>().With.Message.Contains($"La clé « {name} »").And.Message.Contains("coffre.cle").And.Message.Contains("retapez le mot de passe"));
        Assert.That(File.Exists(Path.Combine(_folder, "coffre.cle")), Is.False);
    }

    [TestCase("une-ligne-sans-cle", TestName = "A line without a key")]
    [TestCase("cle dHJvcCBjb3VydA==", TestName = "A key that is too short")]
    [TestCase("clé AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", TestName = "A name the text could not carry")]
    [TestCase("cle pas-de-la-base-64!", TestName = "A key that is no base 64")]
    public void Key_Unreadable_IsSaid(string line) =>
        Assert.That(() => CoffreOf(line).Encrypt(Secret, "contact"), Throws.TypeOf<CoffreException>().With.Message.Contains("Coffre:Cles"));

    [Test]
    public void Key_OfTheConfiguration_PrevailsAndNoFileIsMade()
    {
        var chiffre = CoffreOf($"2026 {Convert.ToBase64String(new byte[32])}").Encrypt(Secret, "contact");

        Assert.That(chiffre, Does.StartWith("v1.2026."));
        Assert.That(Directory.EnumerateFiles(_folder), Is.Empty);
    }

    private Coffre CoffreOf(string? keys = null) => new(new ConfigurationBuilder()
        .AddInMemoryCollection(new Dictionary<string, string?> { ["Donnees:Dossier"] = _folder, ["Coffre:Cles"] = keys })
        .Build());
}
