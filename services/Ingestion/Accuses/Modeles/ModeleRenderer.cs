using System.Globalization;
using Fluid;
using Fluid.Values;

namespace SuiviCourrier.Ingestion.Accuses.Modeles;

/// <summary>Turns a letter text and its values into what is sent and kept as evidence.</summary>
/// <param name="fontFolder">Where <c>DejaVuSans.ttf</c> and <c>DejaVuSans-Bold.ttf</c> are; null: <c>polices</c> beside the program.</param>
public sealed class ModeleRenderer(string? fontFolder = null)
{
    private static readonly FluidParser Parser = new();
    private static readonly TemplateOptions Options = new() { CultureInfo = CultureInfo.GetCultureInfo("fr-FR"), MaxSteps = 20_000, StrictFilters = true };

    private readonly Lazy<(Police Regular, Police Bold)> polices = new(() =>
    {
        var folder = fontFolder ?? Path.Combine(AppContext.BaseDirectory, "polices");
        return (new Police(Path.Combine(folder, "DejaVuSans.ttf")), new Police(Path.Combine(folder, "DejaVuSans-Bold.ttf")));
    });

    /// <summary>What every PDF of ours is set in.</summary>
    internal (Police Regular, Police Bold) Polices => polices.Value;

    /// <summary>Names that a letter text may use.</summary>
    internal static IReadOnlySet<string> KnownVariables { get; } = Variables(new ValeursModele()).Keys.ToHashSet(StringComparer.Ordinal);

    /// <exception cref="FormatException">The text is not valid Liquid: <see cref="ModeleValidation"/> says so before it is ever used.</exception>
    public RenderedModele Render(Modele modele, ValeursModele valeurs)
    {
        ArgumentNullException.ThrowIfNull(modele);
        ArgumentNullException.ThrowIfNull(valeurs);

        var variables = Variables(valeurs);
        var subject = Balisage.Unescape(Liquid(modele.Objet, variables).ReplaceLineEndings(" ")).Replace('\n', ' ').Trim();
        var blocs = Balisage.Parse(Liquid(modele.Texte, variables));

        return new RenderedModele
        {
            ModeleCode = modele.Code,
            ModeleVersion = modele.Version,
            Subject = subject,
            Text = RenduTexte.Render(blocs),
            Html = RenduHtml.Render(subject, blocs),
            Blocs = blocs,
            Pdf = new Lazy<RenduPdf>(() => new RenduPdf(Polices.Regular, Polices.Bold)),
        };
    }

    internal static IFluidTemplate Parse(string source) => Parser.TryParse(source, out var template, out var error) ? template : throw new FormatException(error);

    private static string Liquid(string source, Dictionary<string, FluidValue> variables)
    {
        var context = new TemplateContext(Options);
        foreach (var (name, value) in variables)
        {
            context.SetValue(name, value);
        }

        return Parse(source).Render(context);
    }

    private static Dictionary<string, FluidValue> Variables(ValeursModele v) => new(StringComparer.Ordinal)
    {
        ["reference"] = Text(v.Reference),
        ["objet"] = Text(v.Objet),
        ["canal"] = Text(v.Canal?.ToString()),
        ["expediteur_categorie"] = Text(v.ExpediteurCategorie?.ToString()),
        ["pour_le_compte_de"] = Text(v.PourLeCompteDe),
        ["recontact"] = Text(v.Recontact),
        ["formule_appel"] = Text(v.FormuleAppel),
        ["formule_politesse"] = Text(v.FormulePolitesse),
        ["destinataire"] = List(v.Destinataire),
        ["date_reception"] = Text(v.DateReception),
        ["enregistre_le"] = Text(v.EnregistreLe),
        ["date_jour"] = Text(v.DateJour),
        ["date_courrier"] = Text(v.DateCourrier),
        ["repondre_avant"] = Text(v.RepondreAvant),
        ["sans_reponse"] = BooleanValue.Create(v.IsSansReponse),
        ["recommande"] = Text(v.Recommande),
        ["pieces"] = List(v.Pieces),
        ["service_libelle"] = Text(v.ServiceLibelle),
        ["service_telephone"] = Text(v.ServiceTelephone),
        ["service_courriel"] = Text(v.ServiceCourriel),
        ["service_adresse"] = Text(v.ServiceAdresse),
        ["service_responsable"] = Text(v.ServiceResponsable),
        ["silence_date"] = Text(v.SilenceDate),
        ["silence_effet"] = Text(v.SilenceEffet?.ToString()),
        ["silence_recours"] = Text(v.SilenceRecours),
        ["pieces_demandees"] = List(v.PiecesDemandees),
        ["pieces_avant"] = Text(v.PiecesAvant),
        ["teleservice_nom"] = Text(v.TeleserviceNom),
        ["teleservice_lien"] = Text(v.TeleserviceLien),
        ["site_libelle"] = Text(v.SiteLibelle),
        ["site_telephone"] = Text(v.SiteTelephone),
        ["site_adresse"] = List(v.SiteAdresse),
        ["adresse_retour"] = Text(string.Join(", ", v.SiteAdresse)),
        ["ville"] = Text(v.Ville),
        ["suivi_lien"] = Text(v.SuiviLien),
        ["france_services_lien"] = Text(v.FranceServicesLien),
        ["france_services_libelle"] = Text(v.FranceServicesLibelle),
        ["agent_prenom"] = Text(v.AgentPrenom),
        ["agent_nom"] = Text(v.AgentNom),
        ["agent_fonction"] = Text(v.AgentFonction),
        ["texte"] = new ArrayValue(Paragraphes(v.Texte)),
    };

    private static FluidValue[] Paragraphes(string? texte) =>
    [
        .. (texte ?? "").ReplaceLineEndings("\n").Split("\n\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(paragraphe => new StringValue(Balisage.Escape(paragraphe, keepLines: true))),
    ];

    private static FluidValue Text(string? value)
    {
        var text = Balisage.Escape(value);

        return text.Length == 0 ? NilValue.Instance : new StringValue(text);
    }

    private static ArrayValue List(IReadOnlyList<string> values) => new([.. values.Select(Text).Where(value => !value.IsNil())]);
}

/// <summary>A letter ready to be sent: the same words in three forms.</summary>
public sealed record RenderedModele
{
    public required string ModeleCode { get; init; }

    public required int ModeleVersion { get; init; }

    /// <summary>One line of plain text.</summary>
    public required string Subject { get; init; }

    public required string Text { get; init; }

    public required string Html { get; init; }

    internal IReadOnlyList<Bloc> Blocs { get; init; } = [];

    internal Lazy<RenduPdf>? Pdf { get; init; }

    /// <summary>False when the address has more lines than the window of an envelope shows.</summary>
    public bool IsAdresseEntiere => Pdf!.Value.ShowsWholeAddress(Blocs);

    /// <summary>Writes the letter as an A4 PDF for a window envelope.</summary>
    /// <exception cref="FileNotFoundException">The fonts are not where <see cref="ModeleRenderer"/> was told.</exception>
    public async Task PdfAsync(Stream destination, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(destination);

        await destination.WriteAsync(Pdf!.Value.Render(Subject, Blocs), cancellationToken);
    }
}
