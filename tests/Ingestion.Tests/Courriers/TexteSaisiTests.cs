using System.Globalization;
using CsCheck;
using SuiviCourrier.Ingestion.Courriers;

namespace SuiviCourrier.Ingestion.Tests.Courriers;

public sealed class TexteSaisiTests
{
    [TestCase("👩🏽‍⚖️👩🏽‍⚖️", 6, "👩🏽‍⚖️…", TestName = "A judge is five code points: two do not fit in six, one and the ellipsis do")]
    [TestCase("👩🏽‍⚖️👩🏽‍⚖️", 5, "…", TestName = "Never half a judge")]
    [TestCase("abc", 3, "abc")]
    [TestCase("abcd", 3, "ab…")]
    public void Cut_ALongText_StopsBetweenTwoGraphemes(string text, int limit, string expected) =>
        Assert.That(TexteSaisi.Cut(text, limit), Is.EqualTo(expected));

    [Test]
    public void Cut_AnyText_KeepsWholeGraphemesWithinTheLimit() =>
        Gen.Select(Gen.String, Gen.Int[1, 40]).Sample((received, limit) =>
        {
            if (TexteSaisi.Repair(received, 10_000) is not { } text)
            {
                return;
            }

            var cut = TexteSaisi.Cut(text, limit);

            Assert.That(TexteSaisi.LengthOf(cut), Is.LessThanOrEqualTo(limit));
            var kept = cut == text ? cut : cut[..^1];
            Assert.That(text, Does.StartWith(kept));
            Assert.That(StringInfo.ParseCombiningCharacters(text).Append(text.Length), Does.Contain(kept.Length).Or.Contain(text[..kept.Length].Length + TrailingSpaces(text[kept.Length..])));
        });

    [Test]
    public void Repair_AnyBytes_GivesWhatCanBeKept() =>
        Gen.String.Sample(received =>
        {
            if (TexteSaisi.Repair(received, 50) is { } repaired)
            {
                Assert.That(TexteSaisi.Read(repaired, 50, out var refus), Is.EqualTo(repaired), refus);
                Assert.That(refus, Is.Null);
            }
        });

    [TestCase("../../etc/passwd", "passwd")]
    [TestCase("C:\\Users\\x\\lettre.pdf", "lettre.pdf")]
    [TestCase("facture\u202Efdp.exe", "facturefdp.exe")]
    [TestCase("a\0\r\nb.pdf", "ab.pdf")]
    [TestCase("...", "document")]
    [TestCase(null, "document")]
    public void NomFichier_AsItCame_IsNoPathAndHidesNothing(string? received, string expected) =>
        Assert.That(NomFichier.Of(received, "document"), Is.EqualTo(expected));

    [Test]
    public void NomFichier_TooLong_KeepsItsExtension()
    {
        var name = NomFichier.Of(new string('é', 400) + ".pdf", "document");

        Assert.That(name, Does.EndWith("….pdf"));
        Assert.That(TexteSaisi.LengthOf(name), Is.LessThanOrEqualTo(Limites.NomFichier));
    }

    private static int TrailingSpaces(string text) => text.Length - text.TrimStart().Length;
}
