namespace SuiviCourrier.Delais.Tests.Regles;

public sealed class RegleSilenceTests
{
    private static readonly Calendrier Metropole = new(Zone.Metropole);

    private static readonly RegleSilence Document = Rule("demande-document", EffetSilence.Rejet, Delai.Mois(1)) with
    {
        Conditions = new ConditionsRegime { Types = ConditionsRegime.Codes("demande-document") },
        CategoriesExclues = ConditionsRegime.Codes("Commune", "Administration"),
    };

    private static readonly RegleSilence Rescrit = Rule("rescrit", EffetSilence.AucunePosition, Delai.Mois(3)) with
    {
        Conditions = new ConditionsRegime { Types = ConditionsRegime.Codes("rescrit-collectivite") },
    };

    private static readonly RegleSilence Reclamation = Rule("reclamation", EffetSilence.Rejet, Delai.Mois(2)) with
    {
        Conditions = new ConditionsRegime { Natures = ConditionsRegime.Codes("Reclamation") },
        CategoriesExclues = ConditionsRegime.Codes("Commune", "Administration"),
    };

    private static readonly ReglesSilence Regles = new([Document, Rescrit, Reclamation]);

    [TestCase("2026-11-23", "2027-01-23", TestName = "L231-4: 2 months from 23 November 2026")]
    [TestCase("2026-01-15", "2026-03-15", TestName = "L231-4: 2 months are 59 days, before the 60-day limit of 16 March")]
    [TestCase("2025-12-31", "2026-02-28", TestName = "L231-4: no 31 February, the last day of the month")]
    [TestCase("2026-06-04", "2026-08-04", TestName = "L231-4: an ordinary summer")]
    [TestCase("2026-09-14", "2026-11-14", TestName = "L231-4: a Saturday does not move the implicit decision")]
    public void Silence_OfAComplaint_IsRejectionTwoMonthsFromTheReception(string recuLe, string attendu)
    {
        var rule = Regles.Select(Situation("reclamation", "Reclamation"))!;

        Assert.That(rule.Effet, Is.EqualTo(EffetSilence.Rejet));
        Assert.That(Decomptes.Date(Metropole, Day(recuLe), rule.Delai), Is.EqualTo(Day(attendu)));
    }

    [TestCase("demande-document", "Demande", "Particulier", "demande-document", TestName = "R311-12: access to a document, 1 month")]
    [TestCase("demande-document", "Demande", "Commune", null, TestName = "L100-3: a commune is not the public")]
    [TestCase("demande-document", "Demande", "Administration", null, TestName = "L100-3: nor is an administration")]
    [TestCase("rescrit-collectivite", "Demande", "Commune", "rescrit", TestName = "CGCT L1116-1: the type is made for communes")]
    [TestCase(null, "Reclamation", "Particulier", "reclamation", TestName = "L231-4 2°: qualified as a complaint, without a type")]
    [TestCase("demande-information", "Demande", "Particulier", null, TestName = "Nothing is announced for a question")]
    [TestCase(null, null, "Particulier", null, TestName = "Nothing is announced before anybody has said what it is")]
    public void Select_ByTypeNatureAndSender_GivesOneRuleOrNone(string? type, string? nature, string categorie, string? attendu) =>
        Assert.That(Regles.Select(Situation(type, nature) with { CategorieExpediteur = categorie })?.Code, Is.EqualTo(attendu));

    [TestCase(15, false, TestName = "R112-4: a decision acquired in 15 days is not announced")]
    [TestCase(16, true, TestName = "R112-4: one day later it is")]
    public void IsAnnonce_ByTheLengthOfTheSilence_FollowsTheCourtesyRule(int days, bool attendu)
    {
        var received = Day("2026-11-23");

        Assert.That(RegleSilence.IsAnnonce(received, Decomptes.Date(Metropole, received, Delai.JoursCalendaires(days))), Is.EqualTo(attendu));
    }

    [Test]
    public void Rules_WithOneCodeTwice_AreRefused() => Assert.That(() => new ReglesSilence([Document, Document]), Throws.ArgumentException);

    private static SituationCourrier Situation(string? type, string? nature) =>
        new() { RecuLe = Day("2026-11-23"), Canal = "Courriel", Type = type, Nature = nature, CategorieExpediteur = "Particulier" };

    private static RegleSilence Rule(string code, EffetSilence effet, Delai delai) => new()
    {
        Code = code,
        Libelle = code,
        Effet = effet,
        Delai = delai,
        Source = "CRPA",
        Recours = "Vous pouvez saisir le tribunal.",
    };

    private static DateOnly Day(string day) => DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture);
}
