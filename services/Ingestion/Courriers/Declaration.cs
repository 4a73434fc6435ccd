using System.Globalization;
using MimeKit;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Delais;

namespace SuiviCourrier.Ingestion.Courriers;

/// <summary>What is declared of a courrier when it is registered or corrected, as it was typed or received.</summary>
public record Declaration
{
    public required Canal Canal { get; init; }
    public DateOnly? RecuLe { get; init; }
    public DateOnly? DateCourrier { get; init; }
    public DateOnly? CachetLe { get; init; }
    public string? Objet { get; init; }
    public bool IsAnonyme { get; init; }
    public string? Nom { get; init; }
    public CategorieExpediteur? Categorie { get; init; }
    public string? Fonction { get; init; }
    public string? Courriel { get; init; }
    public string? Adresse { get; init; }
    public string? Telephone { get; init; }
    public string? PourLeCompteDe { get; init; }
    public NatureCourrier? Nature { get; init; }
    public string? TypeCode { get; init; }
    public string? ServiceCode { get; init; }
    public bool IsPourInformation { get; init; }
    public bool IsRestreint { get; init; }
    public string? NumeroRecommande { get; init; }
    public string? OriginalOu { get; init; }
    public string? Remarques { get; init; }
}

/// <param name="Champ">Name of the property of <see cref="Declaration"/> (or of its wider forms) the sentence belongs beside.</param>
/// <param name="Phrase">In French, says what to do.</param>
public sealed record ErreurSaisie(string Champ, string Phrase);

/// <summary>A declaration without anything to object to, ready to be kept. Codes are those given: whether they exist is asked of the database.</summary>
public sealed record DeclarationLue(
    string Objet, DateOnly RecuLe, Expediteur Expediteur, string? NumeroRecommande, string? OriginalOu, string? Remarques)
{
    /// <param name="today">Date of the site.</param>
    /// <returns>Null when <paramref name="erreurs"/> has something to say.</returns>
    public static DeclarationLue? Read(Declaration declaration, DateOnly today, List<ErreurSaisie> erreurs)
    {
        var objet = Line(nameof(declaration.Objet), declaration.Objet, Limites.Objet);
        if (objet is null)
        {
            Say(nameof(declaration.Objet), "Indiquez l’objet du courrier, en quelques mots");
        }

        var recuLe = ReadRecuLe();
        ReadDates(recuLe);
        var expediteur = ReadExpediteur();
        var recommande = Line(nameof(declaration.NumeroRecommande), declaration.NumeroRecommande, Limites.NumeroRecommande);
        var original = Line(nameof(declaration.OriginalOu), declaration.OriginalOu, Limites.Original);
        var remarques = Lines(nameof(declaration.Remarques), declaration.Remarques, Limites.Remarques);
        return erreurs.Count > 0 ? null : new DeclarationLue(objet!, recuLe!.Value, expediteur, recommande, original, remarques);

        DateOnly? ReadRecuLe()
        {
            switch (declaration.RecuLe)
            {
                case null:
                    Say(nameof(declaration.RecuLe), "Indiquez le jour où le courrier est arrivé");
                    return null;
                case { } day when day > today:
                    Say(nameof(declaration.RecuLe), $"Le jour d’arrivée ne peut pas être dans le futur : nous sommes le {DatesEnFrancais.DateComplete(today)}");
                    return null;
                case { } day when day < Calendrier.PremierJour:
                    Say(nameof(declaration.RecuLe), "Le jour d’arrivée ne peut pas être avant 1900 : vérifiez l’année");
                    return null;
                case { } day:
                    return day;
            }
        }

        void ReadDates(DateOnly? received)
        {
            Check(nameof(declaration.DateCourrier), declaration.DateCourrier, "La date du courrier");
            Check(nameof(declaration.CachetLe), declaration.CachetLe, "La date du cachet");

            void Check(string champ, DateOnly? date, string what)
            {
                if (date < Calendrier.PremierJour)
                {
                    Say(champ, $"{what} ne peut pas être avant 1900 : vérifiez l’année");
                }
                else if (date > (received ?? today))
                {
                    Say(champ, $"{what} ne peut pas être après le jour d’arrivée");
                }
            }
        }

        Expediteur ReadExpediteur()
        {
            var nom = Line(nameof(declaration.Nom), declaration.Nom, Limites.Nom);
            var read = new Expediteur
            {
                Nom = nom,
                Categorie = declaration.Categorie ?? CategorieExpediteur.Particulier,
                Fonction = Line(nameof(declaration.Fonction), declaration.Fonction, Limites.Fonction),
                Courriel = ReadCourriel(),
                Adresse = Lines(nameof(declaration.Adresse), declaration.Adresse, Limites.Adresse),
                Telephone = Line(nameof(declaration.Telephone), declaration.Telephone, Limites.Telephone),
                PourLeCompteDe = Line(nameof(declaration.PourLeCompteDe), declaration.PourLeCompteDe, Limites.Nom),
            };
            if (declaration.IsAnonyme || declaration.Categorie == CategorieExpediteur.Anonyme)
            {
                if ((read.Nom ?? read.Courriel ?? read.Adresse ?? read.Telephone ?? read.Fonction ?? read.PourLeCompteDe) is not null)
                {
                    Say(nameof(declaration.IsAnonyme), "Un expéditeur anonyme n’a ni nom ni coordonnées : videz-les, ou décochez « anonyme »");
                }

                return Expediteur.Inconnu;
            }

            if (nom is null && !Has(nameof(declaration.Nom)))
            {
                Say(nameof(declaration.Nom), "Indiquez le nom de l’expéditeur, ou cochez « anonyme »");
            }

            return read;
        }

        string? ReadCourriel()
        {
            var courriel = Line(nameof(declaration.Courriel), declaration.Courriel, Limites.Courriel);
            if (courriel is not null && !IsAddress(courriel))
            {
                Say(nameof(declaration.Courriel), "Cette adresse électronique n’est pas complète : elle s’écrit nom@domaine.fr");
                return null;
            }

            return courriel;
        }

        string? Line(string champ, string? typed, int limit) => Kept(champ, TexteSaisi.ReadLine(typed, limit, out var refus), refus);

        string? Lines(string champ, string? typed, int limit) => Kept(champ, TexteSaisi.Read(typed, limit, out var refus), refus);

        string? Kept(string champ, string? read, string? refus)
        {
            if (refus is not null)
            {
                Say(champ, refus);
            }

            return read;
        }

        bool Has(string champ) => erreurs.Any(e => e.Champ == champ);

        void Say(string champ, string phrase)
        {
            if (!Has(champ))
            {
                erreurs.Add(new ErreurSaisie(champ, phrase));
            }
        }
    }

    /// <summary>One address and nothing else; what could end a header line or a command of SMTP is no address.</summary>
    public static bool IsAddress(string text) =>
        !text.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || c is '"' or '<' or '>' or ',' or ';' or '(' or ')' or '\\' or '[' or ']' || char.GetUnicodeCategory(c) == UnicodeCategory.Format)
        && text.IndexOf('@', StringComparison.Ordinal) is > 0 and var at
        && at == text.LastIndexOf('@')
        && text[(at + 1)..].Split('.') is { Length: >= 2 } labels
        && labels.All(l => l.Length is > 0 and <= 63)
        && MailboxAddress.TryParse(text, out var address)
        && address.Address == text;
}
