using System.Globalization;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Delais;
using SuiviCourrier.Ingestion.Annuaire;
using SuiviCourrier.Ingestion.Courriers;
using SuiviCourrier.Ingestion.Courriers.Register;
using SuiviCourrier.Presentation.Mots;

namespace SuiviCourrier.Ingestion.Stock;

/// <summary>A line without anything to object to.</summary>
/// <param name="Ligne">Line of the file, from 1.</param>
/// <param name="Lue">As it will be kept.</param>
public sealed record LigneLue(int Ligne, string Reference, string Empreinte, RegisterCourrier.Demande Demande, DeclarationLue Lue, TypeCourrier? Type)
{
    public NatureCourrier? Nature => Demande.IsPourInformation ? NatureCourrier.PourInformation : Demande.Nature ?? Type?.Nature;

    public string? ServiceCode => Demande.ServiceCode ?? Type?.ServiceCode;
}

/// <param name="Ligne">Null when it is the whole file.</param>
/// <param name="Phrase">In French, says what to do.</param>
public sealed record ErreurStock(int? Ligne, ColonneStock? Colonne, string? Reference, string Phrase);

/// <summary>Codes that exist, read once.</summary>
public sealed record CodesDuSite(IReadOnlyDictionary<string, TypeCourrier> Types, IReadOnlySet<string> Services);

/// <summary>Reads the lines of a stock file, one after the other. Every error of a line is said, beside its column.</summary>
/// <param name="today">Date of the site.</param>
/// <param name="isAcknowledging">Acknowledges those the former system has not: each line must then say whether it has.</param>
public sealed class LectureStock(FichierCsv fichier, CodesDuSite codes, DateOnly today, bool isAcknowledging)
{
    private const int LargestReference = 100;
    private const string Acteur = "commande";
    private const string DejaAccuse = "L’ancien système avait déjà accusé réception";
    private const string SansAccuse = "Repris d’un ancien système : aucun accusé ne part à la reprise";

    private static readonly string[] s_formats = ["yyyy-MM-dd", "d/M/yyyy", "dd/MM/yyyy"];
    private static readonly Dictionary<string, Canal> s_canaux = ByName<Canal>(c => c.Libelle());
    private static readonly Dictionary<string, NatureCourrier> s_natures = ByName<NatureCourrier>(n => n.Libelle());
    private static readonly Dictionary<string, CategorieExpediteur> s_categories = ByName<CategorieExpediteur>(c => c.Libelle());
    private static readonly Dictionary<string, bool> s_booleans = new(StringComparer.Ordinal) { ["oui"] = true, ["non"] = false, ["1"] = true, ["0"] = false };

    private readonly Dictionary<string, int> _lineOf = new(StringComparer.Ordinal);

    /// <summary>What each line says, in the order of the file; ends at the first error that hides what follows.</summary>
    public IEnumerable<(LigneLue? Ligne, IReadOnlyList<ErreurStock> Erreurs)> Read()
    {
        _lineOf.Clear();
        using var records = fichier.Read().GetEnumerator();
        if (!Next(records, out var header, out var illisible))
        {
            yield return (null, [illisible ?? new ErreurStock(null, null, null, "Le fichier est vide")]);
            yield break;
        }

        var erreurs = new List<ErreurStock>();
        var colonnes = ReadHeader(header!, erreurs);
        if (erreurs.Count > 0)
        {
            yield return (null, erreurs);
            yield break;
        }

        while (Next(records, out var record, out illisible))
        {
            if (record!.IsVide)
            {
                continue;
            }

            erreurs = [];
            var ligne = ReadLine(record, colonnes, erreurs);
            yield return erreurs.Count > 0 ? (null, erreurs) : (ligne, []);
        }

        if (illisible is not null)
        {
            yield return (null, [illisible]);
        }
    }

    private static bool Next(IEnumerator<FichierCsv.Enregistrement> records, out FichierCsv.Enregistrement? record, out ErreurStock? illisible)
    {
        (record, illisible) = (null, null);
        try
        {
            if (!records.MoveNext())
            {
                return false;
            }
        }
        catch (FichierCsvException refusal)
        {
            illisible = new ErreurStock(refusal.Ligne, null, null, refusal.Message);
            return false;
        }

        record = records.Current;
        return true;
    }

    private ColonneStock[] ReadHeader(FichierCsv.Enregistrement header, List<ErreurStock> erreurs)
    {
        var found = new List<ColonneStock>();
        foreach (var text in header.Champs)
        {
            if (ColonnesStock.Find(text) is not { } colonne)
            {
                erreurs.Add(Say($"La colonne « {Shortened(text)} » n’est pas connue ; les colonnes sont {string.Join(", ", ColonnesStock.Toutes.Select(c => c.Nom()))}"));
                continue;
            }

            if (found.Contains(colonne))
            {
                erreurs.Add(Say($"La colonne « {colonne.Nom()} » est là deux fois", colonne));
            }

            found.Add(colonne);
        }

        erreurs.AddRange(ColonnesStock.Obligatoires.Except(found).Select(c => Say($"La colonne « {c.Nom()} » manque", c)));
        if (isAcknowledging && !found.Contains(ColonneStock.Accuse))
        {
            erreurs.Add(Say("Pour accuser réception, la colonne « accuse » doit dire de chaque ligne si l’ancien système l’a fait", ColonneStock.Accuse));
        }

        return [.. found];

        ErreurStock Say(string phrase, ColonneStock? colonne = null) => new(header.Ligne, colonne, null, phrase);
    }

    private LigneLue? ReadLine(FichierCsv.Enregistrement record, ColonneStock[] colonnes, List<ErreurStock> erreurs)
    {
        if (record.Defaut is not null || record.Champs.Length != colonnes.Length)
        {
            erreurs.Add(new ErreurStock(
                record.Ligne, null, null, record.Defaut ?? $"Cette ligne compte {record.Champs.Length} champs, l’en-tête {colonnes.Length}"));
            return null;
        }

        var champs = new Champs(record.Ligne, colonnes.Zip(record.Champs).ToDictionary(f => f.First, f => f.Second.Trim()), erreurs);
        var reference = ReadReference(champs);
        var accuse = ReadAccuse(champs);
        var type = ReadType(champs);
        var demande = new RegisterCourrier.Demande
        {
            Acteur = Acteur,
            Origine = OrigineEnregistrement.Stock,
            CleIdempotence = $"stock:{reference}",
            Canal = champs.Code(ColonneStock.Canal, s_canaux, "canal") ?? Canal.Lettre,
            RecuLe = champs.Date(ColonneStock.RecuLe),
            DateCourrier = champs.Date(ColonneStock.DateCourrier),
            Objet = champs[ColonneStock.Objet],
            Nom = champs[ColonneStock.Nom],
            Categorie = champs.Code(ColonneStock.Categorie, s_categories, "catégorie d’expéditeur"),
            Fonction = champs[ColonneStock.Fonction],
            Courriel = champs[ColonneStock.Courriel],
            Adresse = champs[ColonneStock.Adresse],
            Telephone = champs[ColonneStock.Telephone],
            Nature = champs.Code(ColonneStock.Nature, s_natures, "nature"),
            TypeCode = type?.Code,
            ServiceCode = ReadService(champs),
            NumeroRecommande = champs[ColonneStock.NumeroRecommande],
            IsRestreint = champs.Boolean(ColonneStock.Restreint) is true,
            IsPourInformation = champs.Boolean(ColonneStock.PourInformation) is true,
            OriginalOu = champs[ColonneStock.OriginalOu],
            Remarques = Remarques(champs, reference),
            InterdictionAccuse = accuse is true ? DejaAccuse : isAcknowledging ? null : SansAccuse,
        };
        if (champs[ColonneStock.Canal] is null)
        {
            champs.Say(ColonneStock.Canal, $"Indiquez le canal : {string.Join(", ", Enum.GetValues<Canal>().Select(c => c.ToString().ToLowerInvariant()))}");
        }

        CheckExpediteur(champs, demande);
        var refus = new List<ErreurSaisie>();
        var lue = DeclarationLue.Read(demande, today, refus);
        foreach (var erreur in refus)
        {
            champs.Say(ColonneOf(erreur.Champ), erreur.Phrase);
        }

        return lue is null || erreurs.Count > 0
            ? null
            : new LigneLue(record.Ligne, reference!, EmpreinteLigne.Of(champs.Values()), demande, lue, type);
    }

    private string? ReadReference(Champs champs)
    {
        var reference = TexteSaisi.ReadLine(champs[ColonneStock.Reference], LargestReference, out var refus);
        if (reference is null)
        {
            champs.Say(ColonneStock.Reference, refus ?? "Indiquez la référence de l’ancien système : sans elle, la ligne ne serait pas reconnue à la reprise suivante");
            return null;
        }

        champs.Reference = reference;
        if (!_lineOf.TryAdd(reference, champs.Ligne))
        {
            champs.Say(ColonneStock.Reference, $"La référence « {reference} » est déjà celle de la ligne {_lineOf[reference]}");
        }

        return reference;
    }

    private bool? ReadAccuse(Champs champs)
    {
        var accuse = champs.Boolean(ColonneStock.Accuse);
        if (accuse is null && isAcknowledging)
        {
            champs.Say(ColonneStock.Accuse, "Écrivez oui ou non : l’ancien système a-t-il accusé réception ?");
        }

        return accuse;
    }

    private TypeCourrier? ReadType(Champs champs)
    {
        if (champs[ColonneStock.Type] is not { } code)
        {
            return null;
        }

        if (!codes.Types.TryGetValue(code, out var type))
        {
            champs.Say(ColonneStock.Type, $"Le type « {Shortened(code)} » n’existe pas ; les types sont {string.Join(", ", codes.Types.Keys)}");
        }

        return type;
    }

    private string? ReadService(Champs champs)
    {
        var code = champs[ColonneStock.Service];
        if (code is not null && !codes.Services.Contains(code))
        {
            champs.Say(ColonneStock.Service, $"Le service « {Shortened(code)} » n’existe pas ; les services sont {string.Join(", ", codes.Services)}");
        }

        return code;
    }

    /// <summary>What the former system knew it by stays readable on the courrier.</summary>
    private static string Remarques(Champs champs, string? reference)
    {
        var origine = champs[ColonneStock.NumeroArrivee] is { } numero
            ? $"Repris de l’ancien système : référence {reference}, arrivée n° {numero}"
            : $"Repris de l’ancien système : référence {reference}";
        return champs[ColonneStock.Remarques] is { } remarques ? $"{remarques}\n{origine}" : origine;
    }

    private static void CheckExpediteur(Champs champs, RegisterCourrier.Demande demande)
    {
        if (demande.Categorie == CategorieExpediteur.Anonyme)
        {
            if ((demande.Nom ?? demande.Fonction ?? demande.Courriel ?? demande.Adresse ?? demande.Telephone) is not null)
            {
                champs.Say(ColonneStock.Categorie, "Un expéditeur anonyme n’a ni nom ni coordonnées : videz-les, ou changez la catégorie");
            }
        }
        else if (demande.Nom is null)
        {
            champs.Say(ColonneStock.Nom, "Indiquez le nom de l’expéditeur, ou la catégorie « anonyme »");
        }
    }

    private static ColonneStock ColonneOf(string champ) => champ switch
    {
        nameof(Declaration.IsAnonyme) => ColonneStock.Categorie,
        nameof(Declaration.TypeCode) => ColonneStock.Type,
        nameof(Declaration.ServiceCode) => ColonneStock.Service,
        _ => Enum.Parse<ColonneStock>(champ),
    };

    private static Dictionary<string, T> ByName<T>(Func<T, string> libelle)
        where T : struct, Enum
    {
        var names = new Dictionary<string, T>(StringComparer.Ordinal);
        foreach (var value in Enum.GetValues<T>())
        {
            names[CleAnnuaire.Of(value.ToString())] = value;
            names[CleAnnuaire.Of(libelle(value))] = value;
        }

        return names;
    }

    private static string Shortened(string text) => text.Length <= 40 ? text : $"{text[..40]}…";

    /// <summary>The fields of one line, each read as what it should hold. What was read is also what the fingerprint is made of.</summary>
    private sealed class Champs(int ligne, Dictionary<ColonneStock, string> texts, List<ErreurStock> erreurs)
    {
        private readonly Dictionary<ColonneStock, string> _read = [];

        public int Ligne => ligne;

        public string? Reference { get; set; }

        /// <returns>Null when the field is empty, or there is no such column.</returns>
        public string? this[ColonneStock colonne] => texts.GetValueOrDefault(colonne) is { Length: > 0 } text ? text : null;

        public void Say(ColonneStock colonne, string phrase)
        {
            if (!erreurs.Exists(e => e.Colonne == colonne))
            {
                erreurs.Add(new ErreurStock(ligne, colonne, Reference, phrase));
            }
        }

        public DateOnly? Date(ColonneStock colonne)
        {
            if (this[colonne] is not { } text)
            {
                return null;
            }

            if (!DateOnly.TryParseExact(text, s_formats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
            {
                Say(colonne, $"« {Shortened(text)} » n’est pas une date : écrivez JJ/MM/AAAA ou AAAA-MM-JJ");
                return null;
            }

            _read[colonne] = date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            return date;
        }

        public bool? Boolean(ColonneStock colonne)
        {
            if (this[colonne] is not { } text)
            {
                return null;
            }

            if (!s_booleans.TryGetValue(CleAnnuaire.Of(text), out var value))
            {
                Say(colonne, $"« {Shortened(text)} » : écrivez oui ou non");
                return null;
            }

            _read[colonne] = value ? "oui" : "non";
            return value;
        }

        public T? Code<T>(ColonneStock colonne, Dictionary<string, T> byName, string what)
            where T : struct, Enum
        {
            if (this[colonne] is not { } text)
            {
                return null;
            }

            if (!byName.TryGetValue(CleAnnuaire.Of(text), out var value))
            {
                var known = Enum.GetValues<T>().Select(v => v.ToString().ToLowerInvariant());
                Say(colonne, $"« {Shortened(text)} » n’est pas {(what == "canal" ? "un" : "une")} {what} : {string.Join(", ", known)}");
                return null;
            }

            _read[colonne] = value.ToString();
            return value;
        }

        public Dictionary<ColonneStock, string> Values()
        {
            foreach (var (colonne, text) in texts)
            {
                _read.TryAdd(colonne, text.ReplaceLineEndings("\n"));
            }

            return _read;
        }
    }
}
