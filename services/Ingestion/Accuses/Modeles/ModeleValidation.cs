using System.Text.RegularExpressions;
using Fluid;
using Fluid.Ast;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Delais;

namespace SuiviCourrier.Ingestion.Accuses.Modeles;

/// <summary>What stops a letter text from being used, each in a sentence for the person who wrote it.</summary>
public static partial class ModeleValidation
{
    /// <summary>Longest sentence, in words: beyond, plain-language guides ask for two.</summary>
    private const int MaxWords = 35;

    private const string Recontact = "Par téléphone, le jour de la vérification";
    private const string Lien = "https://liste.france-services.example/";
    private const string Voie = "1 voie de la Vérification";
    private const string Service = "Service de la vérification";
    private const string Telephone = "01 00 00 00 00";
    private const string Courriel = "verification@site.example";
    private const string ServiceVoie = "2 voie du Service";
    private const string Reception = "lundi 2 novembre 2026";
    private const string Silence = "samedi 2 janvier 2027";
    private const string Recours = "Voie de recours de la vérification.";
    private const string Piece = "Pièce de la vérification";
    private const string PieceAvant = "mercredi 2 décembre 2026";
    private const string Teleservice = "https://teleservice.example/";

    public static IReadOnlyList<string> Validate(Modele modele)
    {
        ArgumentNullException.ThrowIfNull(modele);

        var errors = new List<string>();
        foreach (var (part, source) in new[] { ("L’objet", modele.Objet), ("Le texte", modele.Texte) })
        {
            try
            {
                var names = new Noms();
                names.VisitTemplate(ModeleRenderer.Parse(source));
                errors.AddRange(names.Unknown.Select(name => $"{part} emploie « {name} », qui n’existe pas."));
            }
            catch (FormatException exception)
            {
                errors.Add($"{part} ne peut pas être lu : {exception.Message}");
            }
        }

        if (PostalAddress().IsMatch(modele.Objet) || PostalAddress().IsMatch(modele.Texte))
        {
            errors.Add("Le texte contient une adresse postale : écrivez {{ adresse_retour }}, qui suit l’adresse du site.");
        }

        if (Phone().IsMatch(modele.Objet) || Phone().IsMatch(modele.Texte))
        {
            errors.Add("Le texte contient un numéro de téléphone : écrivez {{ service_telephone }} ou {{ site_telephone }}, qui suivent l’annuaire.");
        }

        if (Email().IsMatch(modele.Objet) || Email().IsMatch(modele.Texte))
        {
            errors.Add("Le texte contient une adresse électronique : écrivez {{ service_courriel }}, qui suit l’annuaire.");
        }

        return errors.Count > 0 ? errors : RenderingErrors(modele);
    }

    /// <summary>Says what is compulsory to every sender, whether the service is known or not: so each case is rendered.</summary>
    private static string[] RenderingErrors(Modele modele)
    {
        var renderer = new ModeleRenderer();
        var errors = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var categorie in Enum.GetValues<CategorieExpediteur>().Except(modele.CategoriesExclues))
        {
            // An accusé de réception is written only once its service is known.
            foreach (var service in modele.Genre == GenreModele.AccuseReception ? [Service] : new[] { null, Service })
            {
                try
                {
                    var rendered = renderer.Render(modele, Sample(categorie, service));
                    errors.UnionWith(MissingFrom(modele, rendered));
                    errors.UnionWith(TooLong(rendered));
                }
                catch (Exception exception) when (exception is FluidException or InvalidOperationException)
                {
                    errors.Add($"Le texte ne peut pas être composé : {exception.Message}");
                }
            }
        }

        return [.. errors];
    }

    private static IEnumerable<string> MissingFrom(Modele modele, RenderedModele rendered)
    {
        if (rendered.Subject.Length == 0)
        {
            yield return "L’objet est vide.";
        }

        if (rendered.Blocs.Count == 0)
        {
            yield return "Le texte est vide.";
        }

        var body = rendered.Blocs.Where(bloc => bloc.Genre is GenreBloc.Paragraphe or GenreBloc.Liste).SelectMany(bloc => bloc.Lignes).SelectMany(ligne => ligne);
        if (modele.DemandePieces && !body.Any(segment => segment.Texte.Contains(Voie, StringComparison.Ordinal)))
        {
            yield return "Ce modèle demande des documents : {{ adresse_retour }} doit figurer dans le corps du texte, pas seulement dans un bloc d’adresse.";
        }

        if (modele.Genre == GenreModele.Entretien && !body.Any(segment => segment.Texte.Contains(Recontact, StringComparison.Ordinal)))
        {
            yield return "Une annonce d’entretien doit dire dans le corps du texte comment la personne sera recontactée : {{ recontact }}.";
        }

        foreach (var missing in modele.Genre == GenreModele.AccuseReception ? MissingFromReception(rendered) : [])
        {
            yield return missing;
        }

        if (modele.Accuse && !body.Any(segment => segment.Lien == Lien))
        {
            yield return "Un accusé doit donner le lien France Services : [{{ france_services_libelle }}]({{ france_services_lien }}).";
        }
    }

    /// <summary>Sentences that nobody reads to their end.</summary>
    private static IEnumerable<string> TooLong(RenderedModele rendered)
    {
        var lines = rendered.Blocs.Where(bloc => bloc.Genre is GenreBloc.Paragraphe or GenreBloc.Liste).SelectMany(bloc => bloc.Lignes);
        foreach (var line in lines)
        {
            var text = string.Concat(line.Select(segment => segment.Texte));
            foreach (var sentence in SentenceEnd().Split(text))
            {
                var words = sentence.Split([' ', '\u00A0', '\n'], StringSplitOptions.RemoveEmptyEntries).Count(word => word.Any(char.IsLetterOrDigit));
                if (words > MaxWords)
                {
                    yield return $"Une phrase compte {words} mots, {MaxWords} au plus : « {sentence.Trim()[..Math.Min(60, sentence.Trim().Length)]}… ».";
                }
            }
        }
    }

    /// <summary>What CRPA R112-5, R112-11-1 and R112-11-4 ask of an accusé de réception, and the minutes of its order: the service's own phone first.</summary>
    private static IEnumerable<string> MissingFromReception(RenderedModele rendered)
    {
        (string Value, string Phrase)[] compulsory =
        [
            ("ARR-2026-00001", "la référence : {{ reference }}"),
            (Reception, "la date de réception : {{ date_reception }}"),
            (Service, "le service chargé du courrier : {{ service_libelle }}"),
            (Telephone, "le téléphone de ce service : {{ service_telephone }}"),
            (Courriel, "l’adresse électronique de ce service : {{ service_courriel }}"),
            (ServiceVoie, "l’adresse postale de ce service : {{ service_adresse }}"),
            (Silence, "la date d’effet du silence, quand le type en a une : {{ silence_date }}"),
            (Recours, "les voies et délais de recours : {{ silence_recours }}"),
            (Piece, "les pièces qui manquent : {{ pieces_demandees }}"),
            (PieceAvant, "la date limite pour les envoyer : {{ pieces_avant }}"),
            (Teleservice, "le téléservice, quand le type en a un : {{ teleservice_lien }}"),
        ];
        foreach (var (value, phrase) in compulsory)
        {
            if (!rendered.Text.Contains(value, StringComparison.Ordinal))
            {
                yield return $"Un accusé de réception doit donner {phrase}.";
            }
        }

        var telephone = rendered.Text.IndexOf(Telephone, StringComparison.Ordinal);
        if (telephone > rendered.Text.IndexOf(Lien, StringComparison.Ordinal) && rendered.Text.Contains(Lien, StringComparison.Ordinal))
        {
            yield return "Le téléphone du service vient avant France Services, qui ne peut pas répondre sur le dossier.";
        }
    }

    /// <summary>What a text gives when it is shown on no courrier.</summary>
    internal static ValeursModele Exemple => Sample(CategorieExpediteur.Particulier, Service);

    private static ValeursModele Sample(CategorieExpediteur categorie, string? service) => new()
    {
        Reference = "ARR-2026-00001",
        Objet = "Objet",
        Canal = Canal.Lettre,
        ExpediteurCategorie = categorie,
        FormuleAppel = "Madame, Monsieur,",
        Recontact = Recontact,
        FormulePolitesse = "Salutations.",
        Destinataire = ["Nom"],
        DateReception = Reception,
        DateJour = "lundi 23 novembre 2026",
        EnregistreLe = "lundi 23 novembre 2026 à 9 h 05",
        RepondreAvant = service is null ? null : "lundi 7 décembre 2026",
        ServiceLibelle = service,
        ServiceTelephone = service is null ? null : Telephone,
        ServiceCourriel = service is null ? null : Courriel,
        ServiceAdresse = service is null ? null : ServiceVoie,
        SilenceDate = service is null ? null : Silence,
        SilenceEffet = service is null ? null : EffetSilence.Rejet,
        SilenceRecours = service is null ? null : Recours,
        PiecesDemandees = service is null ? [] : [Piece],
        PiecesAvant = service is null ? null : PieceAvant,
        TeleserviceNom = service is null ? null : "Téléservice",
        TeleserviceLien = service is null ? null : Teleservice,
        SiteLibelle = "Préfecture",
        SiteAdresse = ["Préfecture", Voie],
        SuiviLien = service is null ? null : "https://site.example/suivi/0",
        FranceServicesLien = Lien,
        FranceServicesLibelle = "Trouver un espace",
        Texte = "Texte.",
    };

    [GeneratedRegex(@"\b\d{5}\s+\p{Lu}{2,}|\bCEDEX\b|\b\d+\s*(bis|ter)?,?\s+(rue|avenue|boulevard|place|quai|allée|impasse|chemin|cours|route)\b", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PostalAddress();

    [GeneratedRegex(@"(?<!\d)(\+33\s?|0)[1-9]([\s.\-\u00A0]?\d{2}){4}(?!\d)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Phone();

    [GeneratedRegex(@"[\w.+\-]+@[\w\-]+\.\w", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Email();

    [GeneratedRegex(@"[.!?…:]\s+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SentenceEnd();

    /// <summary>Names read by a text that are neither ours nor defined by the text itself.</summary>
    private sealed class Noms : AstVisitor
    {
        private readonly HashSet<string> read = new(StringComparer.Ordinal);
        private readonly HashSet<string> defined = new(StringComparer.Ordinal) { "forloop" };

        public IEnumerable<string> Unknown => read.Except(defined).Except(ModeleRenderer.KnownVariables).Order(StringComparer.Ordinal);

        protected override Expression VisitMemberExpression(MemberExpression memberExpression)
        {
            if (memberExpression.Segments[0] is IdentifierSegment identifier)
            {
                read.Add(identifier.Identifier);
            }

            return base.VisitMemberExpression(memberExpression);
        }

        protected override Statement VisitForStatement(ForStatement forStatement)
        {
            defined.Add(forStatement.Identifier);

            return base.VisitForStatement(forStatement);
        }

        protected override Statement VisitAssignStatement(AssignStatement assignStatement)
        {
            defined.Add(assignStatement.Identifier);

            return base.VisitAssignStatement(assignStatement);
        }

        protected override Statement VisitCaptureStatement(CaptureStatement captureStatement)
        {
            defined.Add(captureStatement.Identifier);

            return base.VisitCaptureStatement(captureStatement);
        }
    }
}
