using SuiviCourrier.Ingestion.Annuaire.FranceServices;

namespace SuiviCourrier.Ingestion.Tests.Annuaire;

public sealed class DepartementPostalTests
{
    [TestCase("3 rue des Lilas\n37000 TOURS", "37")]
    [TestCase("Préfecture\n15 rue Bernard Palissy\n37925 TOURS CEDEX 9", "37")]
    [TestCase("Résidence 18000 fleurs\n36000 Châteauroux", "36")]
    [TestCase("1 cours Napoléon\n20000 AJACCIO", "2A", TestName = "South Corsica")]
    [TestCase("2 rue César Campinchi\n20200 Bastia", "2B", TestName = "Upper Corsica")]
    [TestCase("5 rue Lacaussade\n97400 Saint-Denis", "974", TestName = "Overseas: three digits")]
    [TestCase("F-45000 Orléans", "45")]
    [TestCase("Rue de la Loi 200\n1049 Bruxelles", null, TestName = "Abroad")]
    [TestCase("Place de la mairie", null, TestName = "No postcode")]
    [TestCase(null, null, TestName = "No address")]
    public void Of_APostalAddress_IsTheDepartementOfItsPostcode(string? adresse, string? attendu) =>
        Assert.That(DepartementPostal.Of(adresse), Is.EqualTo(attendu));
}
