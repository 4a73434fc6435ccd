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
}
