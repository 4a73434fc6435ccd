using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Ingestion.Accuses.Modeles;
using SuiviCourrier.Ingestion.Annuaire;
using SuiviCourrier.Ingestion.Annuaire.Fonctions;

namespace SuiviCourrier.Ingestion.Tests.Annuaire;

/// <summary>Feminine forms: circulaire du 21 novembre 2017 (NOR PRMX1732742C) and the guide it refers to. Order: décret n° 89-655 du 13 septembre 1989, article 3.</summary>
public sealed class TitresFonctionsTests
{
    [TestCase(NatureFonction.Maire, Civilite.Madame, "Madame la Maire,")]
    [TestCase(NatureFonction.Maire, Civilite.Monsieur, "Monsieur le Maire,")]
    [TestCase(NatureFonction.AdjointMaire, Civilite.Madame, "Madame l’Adjointe au maire,")]
    [TestCase(NatureFonction.Depute, Civilite.Madame, "Madame la Députée,")]
    [TestCase(NatureFonction.Depute, Civilite.Monsieur, "Monsieur le Député,")]
    [TestCase(NatureFonction.DeputeEuropeen, Civilite.Madame, "Madame la Députée,")]
    [TestCase(NatureFonction.Senateur, Civilite.Madame, "Madame la Sénatrice,")]
    [TestCase(NatureFonction.Senateur, Civilite.Monsieur, "Monsieur le Sénateur,")]
    [TestCase(NatureFonction.PresidentConseilDepartemental, Civilite.Madame, "Madame la Présidente,")]
    [TestCase(NatureFonction.PresidentConseilDepartemental, Civilite.Monsieur, "Monsieur le Président,")]
    [TestCase(NatureFonction.PresidentConseilRegional, Civilite.Madame, "Madame la Présidente,")]
    [TestCase(NatureFonction.PresidentIntercommunalite, Civilite.Monsieur, "Monsieur le Président,")]
    [TestCase(NatureFonction.ConseillerDepartemental, Civilite.Madame, "Madame la Conseillère départementale,")]
    [TestCase(NatureFonction.ConseillerMunicipal, Civilite.Monsieur, "Monsieur le Conseiller municipal,")]
    [TestCase(NatureFonction.Maire, null, "Madame, Monsieur,", TestName = "Nobody knows whether to say Madame: nothing is guessed")]
    [TestCase(NatureFonction.Autre, Civilite.Madame, "Madame,", TestName = "Another position opens no letter")]
    [TestCase(null, Civilite.Madame, "Madame,", TestName = "No position, no title")]
    public void For_AnElectedOfficial_NamesTheMandate(NatureFonction? nature, Civilite? civilite, string expected) =>
        Assert.That(FormulesEpistolaires.For(CategorieExpediteur.Elu, civilite, nature).Appel, Is.EqualTo(expected));

    [TestCase(CategorieExpediteur.Commune, Civilite.Madame, NatureFonction.Maire, "Madame la Maire,")]
    [TestCase(CategorieExpediteur.Commune, Civilite.Madame, null, "Madame, Monsieur,", TestName = "Who reads the mail of a commune is not known")]
    [TestCase(CategorieExpediteur.Particulier, Civilite.Madame, NatureFonction.Maire, "Madame,", TestName = "A mayor's private letter is a private letter")]
    [TestCase(CategorieExpediteur.Particulier, Civilite.Maitre, null, "Maître,")]
    [TestCase(CategorieExpediteur.Association, Civilite.Monsieur, null, "Monsieur,", TestName = "An association like a citizen")]
    [TestCase(CategorieExpediteur.Administration, Civilite.Monsieur, null, "Madame, Monsieur,")]
    [TestCase(null, null, null, "Madame, Monsieur,")]
    public void For_EachKindOfSender_OpensTheLetterRightly(CategorieExpediteur? categorie, Civilite? civilite, NatureFonction? nature, string expected) =>
        Assert.That(FormulesEpistolaires.For(categorie, civilite, nature).Appel, Is.EqualTo(expected));

    [TestCase(NatureFonction.Senateur, "haute considération")]
    [TestCase(null, "salutations distinguées", TestName = "Who no longer holds a mandate is greeted like anyone")]
    public void For_AnElectedOfficial_EndsTheLetterByTheMandate(NatureFonction? nature, string expected) =>
        Assert.That(FormulesEpistolaires.For(CategorieExpediteur.Elu, Civilite.Madame, nature).Politesse, Does.Contain(expected));

    [TestCase("maire de Loches", NatureFonction.Maire, null)]
    [TestCase("Députée d’Indre-et-Loire", NatureFonction.Depute, Civilite.Madame)]
    [TestCase("député européen", NatureFonction.DeputeEuropeen, null)]
    [TestCase("SÉNATRICE", NatureFonction.Senateur, Civilite.Madame)]
    [TestCase("présidente du Conseil départemental", NatureFonction.PresidentConseilDepartemental, Civilite.Madame)]
    [TestCase("Président de la communauté de communes", NatureFonction.PresidentIntercommunalite, null)]
    [TestCase("conseillère municipale", NatureFonction.ConseillerMunicipal, Civilite.Madame)]
    [TestCase("conseiller", null, null, TestName = "A councillor of what is not said")]
    [TestCase("vice-présidente du conseil départemental", null, null, TestName = "A vice-president is not the president")]
    [TestCase("ancien maire de Loches", null, null, TestName = "A former mayor is not the mayor")]
    [TestCase(null, null, null)]
    public void Read_WhatASenderWrites_GuessesNothing(string? fonction, NatureFonction? nature, Civilite? civilite) =>
        Assert.That(
            TitresFonctions.Read(fonction), Is.EqualTo(nature is { } read ? (read, civilite) : ((NatureFonction, Civilite?)?)null));

    [TestCase("Loches", "de Loches")]
    [TestCase("Indre-et-Loire", "d’Indre-et-Loire")]
    [TestCase("Évry", "d’Évry")]
    [TestCase("Yzeures-sur-Creuse", "d’Yzeures-sur-Creuse")]
    [TestCase("Le Blanc", "du Blanc")]
    [TestCase("le Cher", "du Cher")]
    [TestCase("Les Ormes", "des Ormes")]
    [TestCase("La Riche", "de La Riche")]
    [TestCase("l’Indre", "de l’Indre")]
    public void De_APlace_IsSaidAsInFrench(string lieu, string expected) => Assert.That(TitresFonctions.De(lieu), Is.EqualTo(expected));

    [Test]
    public void EnMots_OfEachNature_BeginsWithACapitalInBothGenders()
    {
        foreach (var nature in Enum.GetValues<NatureFonction>().Except([NatureFonction.Autre]))
        {
            var fonction = new Fonction { CorrespondantId = Guid.Empty, Nature = nature, Territoire = "Indre-et-Loire", Du = new DateOnly(2020, 7, 1) };

            Assert.That(TitresFonctions.EnMots(fonction, Civilite.Madame), Does.Match(@"^\p{Lu}.* d’Indre-et-Loire$"));
            Assert.That(TitresFonctions.EnMots(fonction, Civilite.Monsieur), Does.Match(@"^\p{Lu}.* d’Indre-et-Loire$"));
        }
    }

    [TestCase("Mme Odette Poupinet", Civilite.Madame)]
    [TestCase("M. Paul Petit", Civilite.Monsieur)]
    [TestCase("Maître Duval", Civilite.Maitre)]
    [TestCase("M Paul", null)]
    [TestCase("Madame", null, TestName = "A civilité without a name is a name")]
    [TestCase("Mairie de Loches", null)]
    public void Read_ANameThatBeginsWithItsCivilite_FindsIt(string nom, Civilite? expected) => Assert.That(Civilites.Read(nom), Is.EqualTo(expected));
}
