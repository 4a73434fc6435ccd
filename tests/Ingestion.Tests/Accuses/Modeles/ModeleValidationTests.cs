using SuiviCourrier.Ingestion.Accuses.Modeles;

namespace SuiviCourrier.Ingestion.Tests.Accuses.Modeles;

public sealed class ModeleValidationTests
{
    private const string Lien = "[{{ france_services_libelle }}]({{ france_services_lien }})";

    [Test]
    public void Validate_EveryShippedTemplate_HasNothingToSay()
    {
        foreach (var modele in Modele.Load(DossiersDuDepot.Modeles))
        {
            Assert.That(ModeleValidation.Validate(modele), Is.Empty, modele.Code);
        }
    }

    [TestCase("{% if x %}", false, false, "ne peut pas être lu")]
    [TestCase("{{ prenom_du_prefet }}", false, false, "« prenom_du_prefet »")]
    [TestCase("{% for p in pieces_jointes %}{{ p }}{% endfor %}", false, false, "« pieces_jointes »")]
    [TestCase("{{ objet | traduire }}", false, false, "ne peut pas être composé")]
    [TestCase("{% for i in (1..1000000) %}x{% endfor %}", false, false, "ne peut pas être composé")]
    [TestCase("", false, false, "Le texte est vide")]
    [TestCase("Écrivez au 15 rue Bernard Palissy", false, false, "adresse postale")]
    [TestCase("Écrivez à 37925 TOURS", false, false, "adresse postale")]
    [TestCase("Envoyez vos documents.", false, true, "adresse_retour")]
    [TestCase("Envoyez vos documents.\n\n> {{ adresse_retour }}", false, true, "adresse_retour")]
    [TestCase("Bien reçu.", true, false, "France Services")]
    [TestCase("Bien reçu. {% if service_libelle %}" + Lien + "{% endif %}", true, false, "France Services")]
    [TestCase("Bien reçu. {% if expediteur_categorie != 'Elu' %}" + Lien + "{% endif %}", true, false, "France Services")]
    public void Validate_AWrongText_SaysWhy(string texte, bool accuse, bool demandePieces, string expected)
    {
        var errors = ModeleValidation.Validate(ModeleRendererTests.Template(texte, accuse: accuse, demandePieces: demandePieces));

        Assert.That(errors, Has.Some.Contains(expected));
    }

    [TestCase("{% assign n = pieces.size %}{% for p in pieces %}{{ forloop.index }}/{{ n }} {{ p }}{% endfor %} fin", false, false)]
    [TestCase("Bien reçu. " + Lien, true, false)]
    [TestCase("Écrivez à {{ adresse_retour }}.", false, true)]
    public void Validate_ARightText_HasNothingToSay(string texte, bool accuse, bool demandePieces) =>
        Assert.That(ModeleValidation.Validate(ModeleRendererTests.Template(texte, accuse: accuse, demandePieces: demandePieces)), Is.Empty);

    [Test]
    public void Validate_AnEmptySubject_SaysSo() =>
        Assert.That(ModeleValidation.Validate(ModeleRendererTests.Template("Texte", objet: "{{ recommande }}")), Has.Some.Contains("L’objet est vide"));

    [TestCase("{{ silence_date }}", "la date d’effet du silence")]
    [TestCase("{{ silence_recours }}", "les voies et délais de recours")]
    [TestCase("- Téléphone : {{ service_telephone }}", "le téléphone de ce service")]
    [TestCase("{{ date_reception }}", "la date de réception")]
    [TestCase("- Adresse : {{ service_adresse }}", "l’adresse postale de ce service")]
    [TestCase("avant la fin du {{ pieces_avant }}", "la date limite pour les envoyer")]
    [TestCase("[{{ teleservice_nom }}]({{ teleservice_lien }})", "le téléservice")]
    public void Validate_AnAccuseDeReceptionWithoutACompulsoryMention_SaysWhich(string removed, string expected)
    {
        var shipped = Modele.Load(DossiersDuDepot.Modeles).Single(m => m.Code == "accuse-reception-courriel");
        Assert.That(shipped.Texte, Does.Contain(removed));

        var errors = ModeleValidation.Validate(shipped with { Texte = shipped.Texte.Replace(removed, "", StringComparison.Ordinal) });

        Assert.That(errors, Has.Some.Contains(expected));
    }

    [Test]
    public void Validate_AnAccuseDeReceptionWithFranceServicesFirst_SaysThatTheServiceComesBefore()
    {
        var shipped = Modele.Load(DossiersDuDepot.Modeles).Single(m => m.Code == "accuse-reception-courriel");

        var errors = ModeleValidation.Validate(shipped with { Texte = Lien + "\n\n" + shipped.Texte });

        Assert.That(errors, Has.Some.Contains("vient avant France Services"));
    }
}
