namespace SuiviCourrier.Delais.Tests.Regles;

public sealed class RegleAccuseTests
{
    private static readonly Calendrier Metropole = new(Zone.Metropole);

    private static readonly RegleAccuse Electronique = Rule(GenreAccuse.Reception, "Courriel", Delai.JoursOuvres(10), Delai.JoursOuvres(5));

    private static readonly RegleAccuse Papier = Rule(GenreAccuse.Reception, "Lettre", null, Delai.JoursOuvres(10));

    private static readonly RegleAccuse Enregistrement = Rule(GenreAccuse.Enregistrement, "Courriel", Delai.JoursOuvres(1), null);

    [TestCase("2026-05-13", "2026-05-15", TestName = "R112-11-2: AEE of Wednesday 13 May, over Ascension")]
    [TestCase("2026-11-23", "2026-11-24", TestName = "R112-11-2: AEE of Monday 23 November")]
    [TestCase("2026-11-21", "2026-11-23", TestName = "R112-11-2: received on a Saturday, Monday is day 1")]
    public void Enregistrement_IsDueWithinOneWorkingDay(string recuLe, string attendu) =>
        Assert.That(Decomptes.Date(Metropole, Day(recuLe), Enregistrement.Delai), Is.EqualTo(Day(attendu)));

    [TestCase("2026-11-23", "2026-12-07", "2026-11-30", TestName = "R112-11-2: ARE of 23 November, the law and Services Publics +")]
    [TestCase("2026-05-06", "2026-05-22", "2026-05-15", TestName = "R112-11-2: ARE over 8 and 14 May")]
    public void Reception_ByEmail_HasTheLimitOfTheLawAndAnEarlierGoal(string recuLe, string limite, string objectif)
    {
        Assert.That(Decomptes.Date(Metropole, Day(recuLe), Electronique.Delai), Is.EqualTo(Day(limite)));
        Assert.That(Decomptes.Date(Metropole, Day(recuLe), Electronique.Objectif!.Value), Is.EqualTo(Day(objectif)));
    }

    [Test]
    public void Reception_OnPaper_HasOurGoalAlone() =>
        Assert.That(Decomptes.Date(Metropole, Day("2026-11-23"), Papier.Delai), Is.EqualTo(Day("2026-12-07")));

    [TestCase("Lettre", null, TestName = "A letter has no AEE to be timed")]
    [TestCase("courriel", "AEE", TestName = "Codes are compared without regard to case")]
    public void Select_ByChannel_GivesTheRuleOrNone(string canal, string? attendu)
    {
        var rules = new ReglesAccuse([Electronique, Papier, Enregistrement]);

        Assert.That(rules.Select(GenreAccuse.Enregistrement, canal) is null ? null : "AEE", Is.EqualTo(attendu));
    }

    [Test]
    public void Rules_TwoOfAKindForOneChannel_AreRefused() =>
        Assert.That(() => new ReglesAccuse([Electronique, Electronique with { Code = "other" }]), Throws.ArgumentException);

    private static RegleAccuse Rule(GenreAccuse genre, string canal, Delai? legal, Delai? objectif) => new()
    {
        Code = $"{genre}-{canal}",
        Libelle = "Règle",
        Genre = genre,
        Canaux = ConditionsRegime.Codes(canal),
        Legal = legal,
        Objectif = objectif,
        Source = "CRPA, R112-11-2",
    };

    private static DateOnly Day(string day) => DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture);
}
