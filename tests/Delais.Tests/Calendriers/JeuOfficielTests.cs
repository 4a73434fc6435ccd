namespace SuiviCourrier.Delais.Tests;

public class JeuOfficielTests
{
    private const string Entete = "date,annee,zone,nom_jour_ferie\n";

    [Test]
    public void Embarque_ForEveryZone_CoversExactlyTheYearsOfTheFiles([ValueSource(typeof(Zones), nameof(Zones.Toutes))] Zone zone)
    {
        Assert.Multiple(() =>
        {
            Assert.That(JeuOfficiel.Embarque.Covers(zone, FichiersOfficiels.PremiereAnnee - 1), Is.False);
            Assert.That(JeuOfficiel.Embarque.Covers(zone, FichiersOfficiels.PremiereAnnee), Is.True);
            Assert.That(JeuOfficiel.Embarque.Covers(zone, FichiersOfficiels.DerniereAnnee), Is.True);
            Assert.That(JeuOfficiel.Embarque.DerniereAnnee(zone), Is.EqualTo(FichiersOfficiels.DerniereAnnee));
        });
    }

    [Test]
    public void Parse_TheFilesOfTheSeeds_GivesTheEmbeddedDays([ValueSource(typeof(Zones), nameof(Zones.Toutes))] Zone zone)
    {
        var parsed = JeuOfficiel.Parse(FichiersOfficiels.ParZone);

        for (var annee = FichiersOfficiels.PremiereAnnee; annee <= FichiersOfficiels.DerniereAnnee; annee++)
        {
            Assert.That(
                JoursFeries.ForYear(zone, annee, parsed).Select(jour => (jour.Date, jour.Nom)),
                Is.EqualTo(JoursFeries.ForYear(zone, annee).Select(jour => (jour.Date, jour.Nom))));
        }
    }

    [Test]
    public void Parse_ANewerFile_PrevailsOverTheLaw()
    {
        var newer = JeuOfficiel.Parse(new Dictionary<Zone, string> { [Zone.Metropole] = Entete + "2032-03-09,2032,Métropole,Fête nouvelle\r\n" });

        Assert.That(JoursFeries.ForYear(Zone.Metropole, 2032, newer).Select(jour => jour.Nom), Is.EqualTo(new[] { "Fête nouvelle" }));
        Assert.That(JoursFeries.ForYear(Zone.Metropole, 2033, newer), Has.All.Matches<JourFerie>(jour => jour.EstProjection));
    }

    [TestCase("", "en-tête", TestName = "Empty file")]
    [TestCase("date;nom\n", "en-tête", TestName = "Another header")]
    [TestCase(Entete + "2026-01-01,2026,Métropole,1er janvier\n2026-13-01,2026,Métropole,x\n", "ligne 3", TestName = "Impossible month")]
    [TestCase(Entete + "01/01/2026,2026,Métropole,1er janvier\n", "ligne 2", TestName = "French date")]
    [TestCase(Entete + "2026-01-01,2026,Métropole\n", "ligne 2", TestName = "Missing column")]
    [TestCase(Entete + "2026-01-01,2026,Métropole,\n", "ligne 2", TestName = "Empty name")]
    public void Parse_AnUnreadableFile_SaysWhichZoneAndLine(string csv, string expected)
    {
        Assert.That(
            () => JeuOfficiel.Parse(new Dictionary<Zone, string> { [Zone.Mayotte] = csv }),
            Throws.InstanceOf<FormatException>().With.Message.Contains(expected).And.Message.Contains("mayotte"));
    }

    [Test]
    public void Code_OfEveryZone_IsReadBack([ValueSource(typeof(Zones), nameof(Zones.Toutes))] Zone zone)
    {
        Assert.That(Zones.Parse(zone.Code()), Is.EqualTo(zone));
    }

    [TestCase("corse")]
    [TestCase("Metropole")]
    [TestCase("")]
    [TestCase(null)]
    public void Parse_AnUnknownZone_IsRefusedWithTheKnownOnes(string? code)
    {
        Assert.That(Zones.TryParse(code, out _), Is.False);
        Assert.That(() => Zones.Parse(code!), Throws.InstanceOf<FormatException>().With.Message.Contains("alsace-moselle"));
    }
}
