using SuiviCourrier.Contracts.Courriers;

namespace SuiviCourrier.Ingestion.BoitesFonctionnelles;

/// <summary>The one fate of a message.</summary>
public abstract record Classement
{
    private Classement()
    {
    }

    /// <param name="MotifSansAccuse">Why no acknowledgement leaves, a sentence in French; null when one is owed.</param>
    public sealed record Enregistrer(bool IsPourInformation, string? MotifSansAccuse) : Classement;

    /// <param name="MessageIdNonRemis">The message of ours that could not be delivered; null for every other kind.</param>
    public sealed record Rattacher(Guid CourrierId, KindEchange Kind, string Resume, string? MessageIdNonRemis = null) : Classement;

    /// <param name="Motif">A sentence in French.</param>
    public sealed record Ecarter(string Motif) : Classement;
}

/// <summary>What the register already knows about a message.</summary>
public sealed record Antecedents
{
    public static Antecedents Aucun { get; } = new();

    /// <summary>Courrier or attached exchange that the same content, collected before, has become.</summary>
    public Guid? MemeContenu { get; init; }

    /// <summary>Message-IDs of messages of ours that carry our signature where this one answers them: in its references, or in the address it was written to.</summary>
    public IReadOnlyList<string> Signes { get; init; } = [];

    /// <summary>It came to an address that only servers write to, the envelope of a message of ours.</summary>
    public bool IsRetour { get; init; }

    /// <summary>The courrier whose number stands in the subject, when its correspondent is who writes.</summary>
    public Guid? Rappel { get; init; }

    /// <summary>Messages of ours by Message-ID, with their courrier; null for those that concern none.</summary>
    public IReadOnlyDictionary<string, Guid?> Envoyes { get; init; } = new Dictionary<string, Guid?>();

    /// <summary>Messages received before, by Message-ID, with their courrier and who wrote them.</summary>
    public IReadOnlyDictionary<string, (Guid CourrierId, string De)> Recus { get; init; } = new Dictionary<string, (Guid, string)>();
}

/// <summary>
/// Decides what becomes of a message: exactly one fate, and an acknowledgement unless a rule forbids it (RFC 3834, RFC 5230; CRPA R112-11-3).
/// </summary>
public static class Classification
{
    public const string Illisible = "Ce fichier n’est pas un courriel lisible";

    /// <summary>The reader has died or hung on it.</summary>
    public const string Bloquant = "Ce message bloque la lecture : il est gardé sans avoir été ouvert";

    /// <summary>Those that nobody could open, as their reason says: their place is with the anomalies.</summary>
    public static bool IsUnreadable(string? motif) => motif is Illisible or Bloquant;

    /// <param name="faits">What the message says.</param>
    /// <param name="boites">Every address we collect or write from, normalised.</param>
    /// <param name="antecedents">What the register knows.</param>
    public static Classement Decide(FaitsMessage faits, IReadOnlySet<string> boites, Antecedents antecedents)
    {
        if (antecedents.MemeContenu is { } same)
        {
            return new Classement.Rattacher(same, KindEchange.Repetition, "Le même message a été reçu une nouvelle fois");
        }

        if (faits.MessageId is { } own && antecedents.Envoyes.ContainsKey(own))
        {
            return new Classement.Ecarter("C’est un message envoyé par cette application");
        }

        return Attached(faits, antecedents) ?? (Classement?)SetAside(faits, antecedents) ?? Registered(faits, boites);
    }

    /// <summary>
    /// What belongs to a courrier already registered. Our signature comes first: it cannot be made by anybody else, and survives programs that lose
    /// references. Then the references, then the number in the subject, which anybody may write: only for who has that courrier.
    /// </summary>
    private static Classement.Rattacher? Attached(FaitsMessage faits, Antecedents antecedents)
    {
        if (faits.Rapport is { } rapport)
        {
            var about = antecedents.Signes.Concat(rapport.MessageIds).Concat(faits.References).FirstOrDefault(id => antecedents.Envoyes.GetValueOrDefault(id) is not null);
            return about is null ? null : AttachReport(rapport, antecedents.Envoyes[about]!.Value, about, antecedents.IsRetour);
        }

        var isRobot = faits.IsAutomatique || faits.HasCheminVide || faits.HasObjetAutomatique || antecedents.IsRetour || faits.Precedence is "auto_reply"
            || faits.EnteteSansReponse is not null and not "X-Auto-Response-Suppress";
        foreach (var id in antecedents.Signes.Concat(faits.References))
        {
            if (antecedents.Envoyes.GetValueOrDefault(id) is { } courrierId)
            {
                return antecedents.IsRetour && faits.De is { } daemon && Robots.IsDaemon(daemon.Address)
                    ? new Classement.Rattacher(courrierId, KindEchange.NonRemis, "Notre message n’a pas été remis", id)
                    : AnswerTo(courrierId, isRobot, "Réponse à notre message");
            }

            // Anybody may quote a message that was sent to several: only its author goes on with it.
            if (!isRobot && AuthorOf(faits) is { } from && antecedents.Recus.TryGetValue(id, out var earlier) && earlier.De == from)
            {
                return new Classement.Rattacher(earlier.CourrierId, KindEchange.Reponse, "Nouveau message de l’expéditeur dans le même fil");
            }
        }

        return antecedents.Rappel is { } recalled ? AnswerTo(recalled, isRobot, "Nouveau message de l’expéditeur, qui rappelle le numéro du courrier") : null;
    }

    private static Classement.Rattacher AnswerTo(Guid courrierId, bool isRobot, string resume) => isRobot
        ? new Classement.Rattacher(courrierId, KindEchange.ReponseAutomatique, "Réponse automatique à notre message")
        : new Classement.Rattacher(courrierId, KindEchange.Reponse, resume);

    /// <summary>Who writes, when nothing says that it is somebody else.</summary>
    private static string? AuthorOf(FaitsMessage faits) => faits is { De: { } from, IsUsurpe: false } ? FaitsMessage.Normalize(from.Address) : null;

    private static Classement.Rattacher AttachReport(Rapport rapport, Guid courrierId, string messageId, bool isRetour) => rapport.Action switch
    {
        // A report that does not say what happened, returned to the envelope of our message, is a return.
        ActionRapport.Echec or ActionRapport.Autre when rapport.Action == ActionRapport.Echec || isRetour => new Classement.Rattacher(
            courrierId, KindEchange.NonRemis,
            rapport.Statut is { } status ? $"Notre message n’a pas été remis (code {TexteRecu.Line(status, 20)})" : "Notre message n’a pas été remis", messageId),
        ActionRapport.Retard => new Classement.Rattacher(courrierId, KindEchange.ReponseAutomatique, "La remise de notre message est retardée"),
        ActionRapport.Remis => new Classement.Rattacher(courrierId, KindEchange.ReponseAutomatique, "Notre message a été remis"),
        ActionRapport.Autre => new Classement.Rattacher(courrierId, KindEchange.ReponseAutomatique, "Compte rendu automatique sur notre message"),
    };

    private static Classement.Ecarter? SetAside(FaitsMessage faits, Antecedents antecedents)
    {
        if (faits.IsIndesirable)
        {
            return new Classement.Ecarter("Marqué comme indésirable par le serveur de messagerie");
        }

        if (faits.IsListe)
        {
            return new Classement.Ecarter("Lettre d’information ou liste de diffusion");
        }

        if (faits.Precedence is "bulk" or "list" or "junk")
        {
            return new Classement.Ecarter($"Envoi en nombre (Precedence : {faits.Precedence})");
        }

        if (faits.Rapport is not null || IsBounceOfOldServer(faits))
        {
            return new Classement.Ecarter("Compte rendu automatique qui ne répond à rien d’ici");
        }

        if (faits.IsAutomatique)
        {
            return new Classement.Ecarter(faits.References.Any(antecedents.Envoyes.ContainsKey)
                ? "Réponse automatique à un message de service"
                : "Message automatique");
        }

        return faits.De is null
            ? new Classement.Ecarter(faits.IsCourriel ? "Aucune adresse d’expéditeur utilisable" : Illisible)
            : null;
    }

    /// <summary>Without a report and without what it returns: a daemon writes, and forbids any answer or says that something came back.</summary>
    private static bool IsBounceOfOldServer(FaitsMessage faits) =>
        faits.De is { } from && Robots.IsDaemon(from.Address) && (faits.HasCheminVide || faits.HasObjetAutomatique);

    /// <summary>Registered by a person who has looked at it, whatever its form says.</summary>
    /// <returns>Why no acknowledgement leaves, a sentence in French; null when one is owed.</returns>
    public static string? WithoutAcknowledgement(FaitsMessage faits, IReadOnlySet<string> boites) => faits switch
    {
        { De: null } => "Aucune adresse d’expéditeur utilisable",
        { IsFormulaireAnonyme: true } => "Le formulaire ne donne pas l’adresse de son auteur",
        { IsAutomatique: true } or { Rapport: not null } => "Le message vient d’un automate",
        { IsListe: true } or { Precedence: "bulk" or "list" or "junk" } => "Le message vient d’une liste de diffusion",
        _ => Forbidden(faits, boites),
    };

    private static Classement.Enregistrer Registered(FaitsMessage faits, IReadOnlySet<string> boites)
    {
        // A copy of ours elsewhere in To makes it ours to answer, whichever of our mailboxes is read first.
        var isPourInformation = faits.Cc.Overlaps(boites) && !faits.A.Overlaps(boites);
        return new Classement.Enregistrer(
            isPourInformation, faits.IsFormulaireAnonyme ? "Le formulaire ne donne pas l’adresse de son auteur" : Forbidden(faits, boites));
    }

    private static string? Forbidden(FaitsMessage faits, IReadOnlySet<string> boites)
    {
        var to = (faits.RepondreA ?? faits.De)!.Address;
        return faits switch
        {
            { HasCheminVide: true } => "L’expéditeur interdit toute réponse (chemin de retour vide)",
            { IsUsurpe: true } => "L’adresse de l’expéditeur est sans doute usurpée (échec DMARC)",
            _ when IsOurs(faits.De!.Address, boites) => "Le message vient d’une de nos adresses",
            _ when IsOurs(to, boites) => "La réponse irait à une de nos adresses",
            _ when Robots.IsRobot(faits.De!.Address) || Robots.IsRobot(to) => "L’adresse est celle d’un automate que personne ne lit",
            { HasAutreEnteteListe: true } => "Le message est passé par une liste de diffusion",
            { Precedence: "auto_reply" } => "Message automatique (Precedence : auto_reply)",
            { HasObjetAutomatique: true } => "Message automatique (son objet le dit)",
            { EnteteSansReponse: { } header } => $"L’expéditeur demande de ne pas répondre automatiquement ({header})",
            _ => null,
        };
    }

    /// <summary>With or without a tag: <c>contact+a1b2@</c> is delivered to <c>contact@</c>.</summary>
    private static bool IsOurs(string address, IReadOnlySet<string> boites)
    {
        var normal = FaitsMessage.Normalize(address);
        var (plus, at) = (normal.IndexOf('+', StringComparison.Ordinal), normal.LastIndexOf('@'));
        return boites.Contains(normal) || (plus > 0 && plus < at && boites.Contains(normal[..plus] + normal[at..]));
    }
}
