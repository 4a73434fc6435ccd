namespace SuiviCourrier.Delais.Tests;

public class RegimesTests
{
    private static readonly IReadOnlySet<string> SousLabel = ConditionsRegime.Codes("demande-information", "reclamation", "suggestion", ConditionsRegime.NonQualifie);
    private static readonly IReadOnlySet<string> Electroniques = ConditionsRegime.Codes("courriel", "formulaire");
    private static readonly IReadOnlySet<string> Papier = ConditionsRegime.Codes("lettre", "depot");

    // The label went from 15 to 10 working days for letters with Qual-e-pref; the day of passage is a choice of the site.
    private static readonly Regimes DeLaPrefecture = new(
    [
        new()
        {
            Code = "parquet",
            Libelle = "Demandes du parquet",
            Conditions = new() { Services = ConditionsRegime.Codes("DCL"), CategoriesExpediteur = ConditionsRegime.Codes("juridiction") },
            Delai = Delai.JoursOuvres(3),
        },
        new() { Code = "label-courriel", Libelle = "Qual-e-pref, courriel", Conditions = new() { Canaux = Electroniques, Natures = SousLabel }, Delai = Delai.JoursOuvres(5) },
        new()
        {
            Code = "label-lettre",
            Libelle = "Qualipref, lettre",
            Conditions = new() { Canaux = Papier, Natures = SousLabel },
            Delai = Delai.JoursOuvres(15),
            ValideAu = new(2019, 1, 31),
        },
        new()
        {
            Code = "label-lettre",
            Version = 2,
            Libelle = "Qual-e-pref, lettre",
            Conditions = new() { Canaux = Papier, Natures = SousLabel },
            Delai = Delai.JoursOuvres(10),
            ValideDu = new(2019, 2, 1),
        },
        new() { Code = "sans-reponse", Libelle = "Sans réponse attendue", Conditions = new() { Natures = ConditionsRegime.Codes("pour-information") }, Delai = null },
        new() { Code = "cada", Libelle = "Accès aux documents", Conditions = new() { Types = ConditionsRegime.Codes("demande-document") }, Delai = Delai.Mois(1) },
        new() { Code = "soixante-jours", Libelle = "Réponse sur le fond, 60 jours", Delai = Delai.JoursCalendaires(60) },
    ]);

    [TestCase("2026-05-06", "courriel", null, null, "label-courriel", TestName = "An e-mail nobody has qualified: 5 working days")]
    [TestCase("2026-05-06", "formulaire", null, null, "label-courriel", TestName = "A form nobody has qualified: 5 working days")]
    [TestCase("2026-05-06", "lettre", null, null, "label-lettre", TestName = "A letter nobody has qualified: 10 working days")]
    [TestCase("2026-05-06", "depot", null, null, "label-lettre", TestName = "A deposit nobody has qualified: 10 working days")]
    [TestCase("2026-05-06", "courriel", "reclamation", null, "label-courriel", TestName = "Minutes II: a complaint by e-mail, 5 working days")]
    [TestCase("2026-05-06", "depot", "reclamation", null, "label-lettre", TestName = "Minutes II: a complaint at the counter, 10 working days")]
    [TestCase("2026-05-06", "courriel", "intervention-elu", null, "soixante-jours", TestName = "Minutes IV: outside the label, 60 days")]
    [TestCase("2026-05-06", "lettre", "dossier", "demande-document", "cada", TestName = "CRPA R311-13: by type, first match wins")]
    public void Select_ByChannelNatureAndType_TakesTheFirstThatApplies(string recuLe, string canal, string? nature, string? type, string code)
    {
        var regime = DeLaPrefecture.Select(new() { RecuLe = Day(recuLe), Canal = canal, Nature = nature, Type = type });

        Assert.That(regime?.Code, Is.EqualTo(code));
    }

    [Test]
    public void Select_OfAnItemForInformation_IsARegimeWithoutDelay()
    {
        var regime = DeLaPrefecture.Select(new() { RecuLe = Day("2026-05-06"), Canal = "courriel", Nature = "pour-information" });

        Assert.That((regime?.Code, regime?.Delai), Is.EqualTo(("sans-reponse", default(Delai?))));
    }

    [TestCase("2019-01-31", 1, "2019-02-21", TestName = "Received on the last day of the old rule: 15 working days, also when computed years later")]
    [TestCase("2019-02-01", 2, "2019-02-15", TestName = "Received on the first day of the new rule: 10 working days")]
    public void Select_WhenTheLabelWentFrom15To10Days_FollowsTheDayOfReception(string recuLe, int version, string attendu)
    {
        var regime = DeLaPrefecture.Select(new() { RecuLe = Day(recuLe), Canal = "lettre", Nature = "reclamation" })!;

        Assert.That((regime.Code, regime.Version), Is.EqualTo(("label-lettre", version)));
        Assert.That(Decomptes.Date(new Calendrier(Zone.Metropole), Day(recuLe), regime.Delai!.Value), Is.EqualTo(Day(attendu)));
    }

    [TestCase("DCL", "juridiction", "parquet")]
    [TestCase("DCL", "particulier", "label-lettre")]
    [TestCase("DCL", null, "label-lettre", TestName = "A category nobody has given does not satisfy a condition")]
    [TestCase(null, "juridiction", "label-lettre", TestName = "A service nobody has given does not satisfy a condition")]
    public void Select_ByServiceAndSender_WantsBoth(string? service, string? categorie, string code)
    {
        var regime = DeLaPrefecture.Select(new() { RecuLe = Day("2026-05-06"), Canal = "lettre", Service = service, CategorieExpediteur = categorie });

        Assert.That(regime?.Code, Is.EqualTo(code));
    }

    [Test]
    public void Select_WithCodesInAnotherCase_IsTheSame()
    {
        var regime = DeLaPrefecture.Select(new() { RecuLe = Day("2026-05-06"), Canal = "Courriel", Nature = "Reclamation" });

        Assert.That(regime?.Code, Is.EqualTo("label-courriel"));
    }

    [Test]
    public void Select_WhenNothingApplies_IsNothing()
    {
        var regimes = new Regimes([DeLaPrefecture.Tous[1]]);

        Assert.Multiple(() =>
        {
            Assert.That(regimes.Select(new() { RecuLe = Day("2026-05-06"), Canal = "lettre" }), Is.Null);
            Assert.That(regimes.CouvreTout, Is.False);
            Assert.That(DeLaPrefecture.CouvreTout, Is.True);
        });
    }

    [Test]
    public void Regimes_WithOneCodeAndVersionTwice_AreRefused()
    {
        var twice = DeLaPrefecture.Tous[1];

        Assert.That(() => new Regimes([twice, twice]), Throws.ArgumentException.With.Message.Contains("label-courriel"));
    }

    [Test]
    public void Regimes_WithAValidityThatEndsBeforeItBegins_AreRefused()
    {
        var backwards = DeLaPrefecture.Tous[1] with { ValideDu = new(2026, 1, 2), ValideAu = new(2026, 1, 1) };

        Assert.That(() => new Regimes([backwards]), Throws.ArgumentException);
    }

    private static DateOnly Day(string day) => DateOnly.ParseExact(day, "yyyy-MM-dd");
}
