using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Ingestion.Accuses;
using SuiviCourrier.Ingestion.Annuaire;
using SuiviCourrier.Ingestion.Courriers;
using SuiviCourrier.Ingestion.Courriers.Register;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.ServiceDefaults.Fichiers;
using SuiviCourrier.ServiceDefaults.Time;

namespace SuiviCourrier.Ingestion.Formulaires;

/// <summary>
/// Makes one courrier of a message of the contact form. The same form with the same words is the same message, however often it comes; other words
/// or other files are another one: nothing that was written is lost.
/// </summary>
public sealed class SubmitMessage(
    IngestionDbContext db, RegisterCourrier registerCourrier, PlafondsAccuses plafonds, SiteCourant siteCourant, IFileStore store,
    IOptions<FormulaireOptions> options, TimeProvider clock)
{
    /// <summary>Characters of a message.</summary>
    public const int LongueurMessage = 20_000;

    /// <summary>Who may say they write: the others have their own ways.</summary>
    public static IReadOnlyList<CategorieExpediteur> Categories { get; } =
    [
        CategorieExpediteur.Particulier, CategorieExpediteur.Association, CategorieExpediteur.Entreprise, CategorieExpediteur.Elu,
        CategorieExpediteur.Commune, CategorieExpediteur.Administration,
    ];

    public sealed record Saisie
    {
        /// <summary>Chosen when the form is shown.</summary>
        public required Guid Cle { get; init; }

        public CategorieExpediteur? Categorie { get; init; }
        public string? Nom { get; init; }
        public string? Fonction { get; init; }
        public string? Courriel { get; init; }
        public string? Adresse { get; init; }
        public string? Telephone { get; init; }
        public string? TypeCode { get; init; }
        public string? Objet { get; init; }
        public string? Message { get; init; }
        public IReadOnlyList<ScanRecu> Fichiers { get; init; } = [];
    }

    /// <param name="Jeton">Of the follow-up page; null when it was refused.</param>
    public sealed record Outcome(string? Jeton, IReadOnlyList<ErreurSaisie> Erreurs);

    public async Task<IReadOnlyList<TypeCourrier>> TypesAsync(CancellationToken cancellationToken)
    {
        var codes = options.Value.Types.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return await db.Types.AsNoTracking().Where(t => codes.Contains(t.Code)).OrderBy(t => t.Ordre).ToListAsync(cancellationToken);
    }

    /// <exception cref="FichierManquantException">A file was collected since it was stored.</exception>
    public async Task<Outcome> ExecuteAsync(Saisie saisie, CancellationToken cancellationToken)
    {
        var erreurs = new List<ErreurSaisie>();
        var message = await CheckAsync(saisie, erreurs, cancellationToken);
        var today = await siteCourant.TodayAsync(cancellationToken);
        var demande = DemandeOf(saisie, today);
        var refus = new List<ErreurSaisie>();
        DeclarationLue.Read(demande, today, refus);
        erreurs.AddRange(refus.Where(r => !erreurs.Exists(e => e.Champ == r.Champ)));
        if (erreurs.Count > 0)
        {
            return new Outcome(null, erreurs);
        }

        using var bytes = new MemoryStream(Encoding.UTF8.GetBytes(message!));
        var text = await store.StoreAsync(bytes, long.MaxValue, cancellationToken);
        var plain = new Fichier { Sha256 = text.Sha256, Taille = text.Taille, TypeMime = "text/plain", CreatedAt = text.CreatedAt };
        demande = demande with
        {
            InterdictionAccuse = demande.Courriel is { } courriel ? await plafonds.ReachedAsync(courriel, cancellationToken) : null,
            Pieces =
            [
                new RegisterCourrier.PieceDemandee(plain, "message.txt", RolePiece.Document),
                .. saisie.Fichiers.Select(f => new RegisterCourrier.PieceDemandee(f.ToFichier(clock.GetUtcNow()), f.Nom, RolePiece.PieceJointe)),
            ],
        };
        return await RegisterAsync(demande, cancellationToken);
    }

    private async Task<Outcome> RegisterAsync(RegisterCourrier.Demande demande, CancellationToken cancellationToken)
    {
        var outcome = await registerCourrier.ExecuteAsync(demande, cancellationToken);
        if (outcome is RegisterCourrier.Outcome.AlreadyRegistered already && !await HasFilesAsync(already.CourrierId, demande, cancellationToken))
        {
            // The same words with a file that did not come the first time: a message of its own, or the file would be lost.
            var files = Hash(string.Join(' ', demande.Pieces.Select(p => p.Fichier.Sha256).Order(StringComparer.Ordinal)));
            outcome = await registerCourrier.ExecuteAsync(demande with { CleIdempotence = $"{demande.CleIdempotence}:{files}" }, cancellationToken);
        }

        return outcome switch
        {
            RegisterCourrier.Outcome.Registered registered => new Outcome(await JetonOfAsync(registered.CourrierId, cancellationToken), []),
            RegisterCourrier.Outcome.AlreadyRegistered known => new Outcome(await JetonOfAsync(known.CourrierId, cancellationToken), []),
            RegisterCourrier.Outcome.Refused refused => new Outcome(null, refused.Erreurs),
            _ => throw new InvalidOperationException("Unknown outcome"),
        };
    }

    private async Task<bool> HasFilesAsync(Guid courrierId, RegisterCourrier.Demande demande, CancellationToken cancellationToken)
    {
        var there = await db.Pieces.Where(p => p.CourrierId == courrierId).Select(p => p.Sha256).ToListAsync(cancellationToken);
        return demande.Pieces.All(p => there.Contains(p.Fichier.Sha256));
    }

    private async Task<string?> JetonOfAsync(Guid courrierId, CancellationToken cancellationToken) =>
        await db.Courriers.Where(c => c.Id == courrierId).Select(c => c.JetonSuivi).SingleAsync(cancellationToken);

    /// <summary>What a person must give here, in words for that person.</summary>
    /// <returns>The message as it is kept.</returns>
    private async Task<string?> CheckAsync(Saisie saisie, List<ErreurSaisie> erreurs, CancellationToken cancellationToken)
    {
        if (saisie.Categorie is not { } categorie || !Categories.Contains(categorie))
        {
            Say(nameof(saisie.Categorie), "Dites qui vous êtes : cela nous aide à vous répondre");
        }

        if (IsEmpty(saisie.Nom))
        {
            Say(nameof(saisie.Nom), "Indiquez vos nom et prénom");
        }

        if (IsEmpty(saisie.Courriel) && IsEmpty(saisie.Adresse))
        {
            Say(nameof(saisie.Courriel), "Indiquez une adresse électronique ou une adresse postale : sans elle, nous ne pouvons pas vous répondre");
        }

        if (!IsEmpty(saisie.TypeCode) && (await TypesAsync(cancellationToken)).All(t => t.Code != saisie.TypeCode))
        {
            Say(nameof(saisie.TypeCode), "Ce sujet n’existe pas : choisissez-le dans la liste");
        }

        if (IsEmpty(saisie.Objet))
        {
            Say(nameof(saisie.Objet), "Indiquez l’objet de votre message, en quelques mots");
        }

        var message = TexteSaisi.Read(saisie.Message, LongueurMessage, out var refus);
        if (message is null)
        {
            Say(nameof(saisie.Message), refus ?? "Écrivez votre message");
        }

        return message;

        void Say(string champ, string phrase) => erreurs.Add(new ErreurSaisie(champ, phrase));
    }

    private static bool IsEmpty(string? typed) => string.IsNullOrWhiteSpace(typed);

    private static RegisterCourrier.Demande DemandeOf(Saisie saisie, DateOnly today) => new()
    {
        Acteur = "ingestion.formulaire",
        Origine = OrigineEnregistrement.Formulaire,
        CleIdempotence = $"formulaire:{(saisie.Cle == Guid.Empty ? Guid.NewGuid() : saisie.Cle)}:{Hash(string.Join('\0', WordsOf(saisie)))}",
        Canal = Canal.Formulaire,
        RecuLe = today,
        Objet = saisie.Objet,
        Nom = saisie.Nom,
        Categorie = saisie.Categorie,
        Fonction = saisie.Fonction,
        Courriel = saisie.Courriel,
        Adresse = saisie.Adresse,
        Telephone = saisie.Telephone,
        TypeCode = string.IsNullOrEmpty(saisie.TypeCode) ? null : saisie.TypeCode,
    };

    private static IEnumerable<string?> WordsOf(Saisie saisie) =>
    [
        saisie.Categorie?.ToString(), saisie.Nom, saisie.Fonction, saisie.Courriel, saisie.Adresse, saisie.Telephone, saisie.TypeCode, saisie.Objet, saisie.Message,
    ];

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..32];
}
