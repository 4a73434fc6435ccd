using System.Security.Cryptography;
using System.Text;
using CsCheck;
using SuiviCourrier.ServiceDefaults.Fichiers;

namespace SuiviCourrier.ServiceDefaults.Tests.Fichiers;

public sealed class FileStoreTests
{
    private string _folder = "";

    private FileStore Store => new(_folder, TimeProvider.System);

    [SetUp]
    public void CreateFolder() => _folder = Directory.CreateTempSubdirectory("courrier-fichiers-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task Store_AnyContent_IsNamedByItsHashAndReadBackWhole() =>
        await Gen.Byte.Array[0, 400_000].SampleAsync(
            async bytes =>
            {
                var fichier = await Store.StoreAsync(new Slow(bytes), 1_000_000, CancellationToken.None);

                Assert.That(fichier.Sha256, Is.EqualTo(Convert.ToHexStringLower(SHA256.HashData(bytes))));
                Assert.That(fichier.Taille, Is.EqualTo(bytes.Length));
                Assert.That(await ReadAsync(fichier.Sha256), Is.EqualTo(bytes));
            },
            iter: 40);

    [Test]
    public async Task Store_TheSameContentTwice_IsKeptOnce()
    {
        var first = await StoreAsync("bonjour");
        var second = await StoreAsync("bonjour");

        Assert.That(second.Sha256, Is.EqualTo(first.Sha256));
        Assert.That(Directory.GetFiles(_folder, "*", SearchOption.AllDirectories), Has.Length.EqualTo(1));
    }

    [Test]
    public async Task Store_TheSameContentFromManySides_IsWholeForEveryone()
    {
        var content = new byte[300_000];
        Random.Shared.NextBytes(content);

        var all = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => Store.StoreAsync(new Slow(content), content.Length, CancellationToken.None))));

        Assert.That(all.Select(f => f.Sha256).Distinct().Count(), Is.EqualTo(1));
        Assert.That(await ReadAsync(all[0].Sha256), Is.EqualTo(content));
        Assert.That(Directory.GetFiles(_folder, "*", SearchOption.AllDirectories), Has.Length.EqualTo(1));
    }

    [Test]
    public async Task Store_OneByteTooMany_IsRefusedAndLeavesNothing()
    {
        var accepted = await Store.StoreAsync(new MemoryStream(new byte[1000]), 1000, CancellationToken.None);

        Assert.That(
            async () => await Store.StoreAsync(new MemoryStream(new byte[1001]), 1000, CancellationToken.None),
            Throws.TypeOf<FichierTropGrosException>());
        Assert.That(accepted.Taille, Is.EqualTo(1000));
        Assert.That(Directory.GetFiles(_folder, "*", SearchOption.AllDirectories), Has.Length.EqualTo(1));
    }

    [Test]
    public void Store_AnInterruptedUpload_LeavesNothing()
    {
        Assert.That(async () => await Store.StoreAsync(new Broken(), 1_000_000, CancellationToken.None), Throws.TypeOf<IOException>());

        Assert.That(Directory.GetFiles(_folder, "*", SearchOption.AllDirectories), Is.Empty);
    }

    [Test]
    public async Task OpenRead_AContentAlteredOnTheDisk_NeverGivesItsLastBytes()
    {
        var fichier = await StoreAsync(new string('a', 200_000));
        var path = Directory.GetFiles(_folder, "*", SearchOption.AllDirectories).Single();
        await using (var file = File.OpenWrite(path))
        {
            file.Position = 5;
            file.WriteByte((byte)'b');
        }

        Assert.That(async () => await ReadAsync(fichier.Sha256), Throws.TypeOf<FichierAltereException>());

        await StoreAsync(new string('a', 200_000));
        Assert.That(await ReadAsync(fichier.Sha256), Has.Length.EqualTo(200_000), "storing the content again repairs it");
    }

    [Test]
    public async Task OpenRead_AContentCutOnTheDisk_IsRefused()
    {
        var fichier = await StoreAsync(new string('a', 200_000));
        await using (var file = File.OpenWrite(Directory.GetFiles(_folder, "*", SearchOption.AllDirectories).Single()))
        {
            file.SetLength(100);
        }

        Assert.That(async () => await ReadAsync(fichier.Sha256), Throws.TypeOf<FichierAltereException>());
    }

    [TestCase("../../../../etc/passwd")]
    [TestCase("ABCDEF")]
    [TestCase("")]
    public void OpenRead_WhatIsNoHash_IsRefusedBeforeTheDisk(string name) =>
        Assert.That(() => Store.OpenRead(name), Throws.ArgumentException);

    [Test]
    public void OpenRead_WhatWasNeverStored_SaysSo() =>
        Assert.That(() => Store.OpenRead(new string('0', 64)), Throws.TypeOf<FichierManquantException>());

    [TestCase("%PDF-1.7\n", TypeMime.Pdf)]
    [TestCase("\r\n\r\n%PDF-1.4\n", TypeMime.Pdf)]
    [TestCase("\u0089PNG\r\n\u001a\n", TypeMime.Png)]
    [TestCase("\u00ff\u00d8\u00ff\u00e0", TypeMime.Jpeg)]
    [TestCase("II*\0", TypeMime.Tiff)]
    [TestCase("MM\0*", TypeMime.Tiff)]
    [TestCase("MZ\u0090\0%PDF-1.7", TypeMime.Programme, TestName = "A Windows program with a PDF header inside")]
    [TestCase("\u007fELF", TypeMime.Programme)]
    [TestCase("#!/bin/sh\n", TypeMime.Programme)]
    [TestCase("PK\u0003\u0004", TypeMime.Zip)]
    [TestCase("  <!DOCTYPE html><p>%PDF-", TypeMime.Html, TestName = "A page that says %PDF-")]
    [TestCase("Return-Path: <a@b.fr>\r\nReceived: from x\r\n\tby y\r\nSubject: z\r\n", TypeMime.Message)]
    [TestCase("Objet: demande\nBonjour: oui\n", TypeMime.Inconnu)]
    [TestCase("", TypeMime.Inconnu)]
    public async Task Store_AContent_IsRecognisedByItsBytes(string latin1, string expected) =>
        Assert.That((await Store.StoreAsync(new MemoryStream(Encoding.Latin1.GetBytes(latin1)), 1000, CancellationToken.None)).TypeMime, Is.EqualTo(expected));

    private Task<Fichier> StoreAsync(string text) =>
        Store.StoreAsync(new MemoryStream(Encoding.UTF8.GetBytes(text)), 1_000_000, CancellationToken.None);

    private async Task<byte[]> ReadAsync(string sha256)
    {
        await using var content = Store.OpenRead(sha256);
        using var copy = new MemoryStream();
        await content.CopyToAsync(copy);
        return copy.ToArray();
    }

    /// <summary>Gives a few bytes at a time, as a network does.</summary>
    private sealed class Slow(byte[] content) : MemoryStream(content)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, 997)], cancellationToken);
    }

    /// <summary>A connection that dies on the way.</summary>
    private sealed class Broken : MemoryStream
    {
        private int _reads;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            _reads++ < 3 ? ValueTask.FromResult(1000) : throw new IOException("connection reset");
    }
}
