using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using SuiviCourrier.Ingestion.BoitesFonctionnelles.Secrets;
using SuiviCourrier.Ingestion.Courriers;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.Presentation.Rights;
using Action = SuiviCourrier.Presentation.Rights.Action;

namespace SuiviCourrier.Ingestion.BoitesFonctionnelles.Gestion;

/// <summary>Adds a mailbox or changes its settings. The collection takes them up within seconds; a secret is written encrypted, and never read back to a person.</summary>
public sealed partial class ConfigureBoite(IngestionDbContext db, CodesAnnuaire codes, Coffre coffre, TimeProvider clock)
{
    /// <summary>Stands in the URLs where a code does.</summary>
    private const string Reserved = "nouvelle";

    public abstract record Outcome
    {
        public sealed record Done(string Code) : Outcome;

        public sealed record Refused(IReadOnlyList<ErreurSaisie> Erreurs) : Outcome;

        /// <summary>Somebody has changed it since the form was shown.</summary>
        public sealed record ChangedMeanwhile : Outcome;

        public sealed record NotFound : Outcome;

        public sealed record Forbidden : Outcome;
    }

    public async Task<Outcome> AddAsync(Agent actor, ReglagesBoite typed, CancellationToken cancellationToken)
    {
        if (!actor.May(Action.ConfigureMailboxes))
        {
            return new Outcome.Forbidden();
        }

        var erreurs = new List<ErreurSaisie>();
        var code = typed.Code?.Trim() ?? string.Empty;
        if (!CodePattern().IsMatch(code) || code == Reserved)
        {
            erreurs.Add(new ErreurSaisie(nameof(typed.Code), "Un code s’écrit en lettres minuscules sans accent, chiffres et tirets, 40 au plus : « contact », « etrangers-tours »"));
        }
        else if (await db.Boites.AnyAsync(b => b.Code == code, cancellationToken))
        {
            erreurs.Add(Taken());
        }

        var boite = new BoiteFonctionnelle { Code = code, Libelle = string.Empty, Adresse = string.Empty };
        if (!await ApplyAsync(boite, typed, erreurs, cancellationToken))
        {
            return new Outcome.Refused(erreurs);
        }

        db.Boites.Add(boite);
        db.Journal.Record(actor.Id.ToString(), nameof(ConfigureBoite), ObjetOf(code), null, clock.GetUtcNow(), apres: Describe(boite));
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException failure) when (failure.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            return new Outcome.Refused([Taken()]);
        }

        return new Outcome.Done(code);

        static ErreurSaisie Taken() => new(nameof(ReglagesBoite.Code), "Une boîte porte déjà ce code");
    }

    /// <param name="vu"><see cref="BoiteFonctionnelle.Revision"/> the person was looking at.</param>
    public async Task<Outcome> ChangeAsync(Agent actor, string code, int vu, ReglagesBoite typed, CancellationToken cancellationToken)
    {
        if (!actor.May(Action.ConfigureMailboxes))
        {
            return new Outcome.Forbidden();
        }

        var boite = await db.Boites.SingleOrDefaultAsync(b => b.Code == code, cancellationToken);
        if (boite is null)
        {
            return new Outcome.NotFound();
        }

        if (boite.Revision != vu)
        {
            return new Outcome.ChangedMeanwhile();
        }

        var before = Describe(boite);
        var erreurs = new List<ErreurSaisie>();
        if (!await ApplyAsync(boite, typed, erreurs, cancellationToken))
        {
            return new Outcome.Refused(erreurs);
        }

        boite.Revision++;
        var isNewSecret = typed.MotDePasse is { Length: > 0 } && boite.SecretChiffre is not null;
        db.Journal.Record(
            actor.Id.ToString(), nameof(ConfigureBoite), ObjetOf(code), null, clock.GetUtcNow(), before, Describe(boite) + (isNewSecret ? "\nNouveau mot de passe" : ""));
        return await db.TrySaveChangesAsync(cancellationToken) ? new Outcome.Done(code) : new Outcome.ChangedMeanwhile();
    }

    private async Task<bool> ApplyAsync(BoiteFonctionnelle boite, ReglagesBoite typed, List<ErreurSaisie> erreurs, CancellationToken cancellationToken)
    {
        var isDeclared = boite.Origine == OrigineBoite.Configuration;
        if (isDeclared)
        {
            // What the configuration says is not asked for: it stays as it is.
            typed = typed with { Adresse = boite.Adresse, ServiceCode = boite.ServiceCode, Hote = null };
        }

        var lus = ReglagesLus.Read(typed, erreurs);
        await codes.FindTypeAsync(typed.TypeCode, erreurs, cancellationToken);
        var service = await codes.CheckServiceAsync(typed.ServiceCode, erreurs, cancellationToken);
        if (lus is not null)
        {
            await RefuseSharedAddressesAsync(boite.Code, lus, erreurs, cancellationToken);
        }

        if (lus is null || erreurs.Count > 0 || (!isDeclared && !Reach(boite, lus.Imap, typed.MotDePasse, erreurs)))
        {
            return false;
        }

        (boite.Libelle, boite.Adresse, boite.Alias, boite.ExpediteursFormulaire) = (lus.Libelle, lus.Adresse, lus.Alias, lus.ExpediteursFormulaire);
        (boite.ServiceCode, boite.TypeCode) = (service, string.IsNullOrEmpty(typed.TypeCode) ? null : typed.TypeCode);
        if (boite.IsActif != typed.IsActif)
        {
            // What was wrong under the former state is no news any more.
            (boite.IsActif, boite.EnPanneDepuis, boite.Panne, boite.ConnecteeDepuis) = (typed.IsActif, null, null, null);
        }

        return true;
    }

    private bool Reach(BoiteFonctionnelle boite, ImapOptions? imap, string? motDePasse, List<ErreurSaisie> erreurs)
    {
        // A kept password goes to the server it was typed for, and to no other.
        var isKept = boite.SecretChiffre is not null && imap is not null && boite.Imap?.IsSameServer(imap) is true;
        var needsSecret = imap is not null && imap.Authentification != AuthentificationImap.JetonCommande;
        if (needsSecret && string.IsNullOrEmpty(motDePasse) && !isKept)
        {
            erreurs.Add(new ErreurSaisie(
                nameof(ReglagesBoite.MotDePasse),
                boite.SecretChiffre is null ? "Tapez le mot de passe de la boîte, ou le secret de l’application" : "Le serveur, l’identifiant ou le chiffrement a changé : retapez le mot de passe"));
            return false;
        }

        try
        {
            boite.SecretChiffre = !needsSecret ? null : motDePasse is { Length: > 0 } typed ? coffre.Encrypt(typed, boite.Code) : boite.SecretChiffre;
        }
        catch (CoffreException locked)
        {
            erreurs.Add(new ErreurSaisie(nameof(ReglagesBoite.MotDePasse), locked.Message));
            return false;
        }

        boite.ReachBy(imap);
        return true;
    }

    /// <summary>An address of two mailboxes would make it a matter of chance whose service a message goes to.</summary>
    private async Task RefuseSharedAddressesAsync(string code, ReglagesLus lus, List<ErreurSaisie> erreurs, CancellationToken cancellationToken)
    {
        var others = await db.Boites.AsNoTracking().Where(b => b.Code != code).Select(b => new { b.Libelle, b.Adresse, b.Alias }).ToListAsync(cancellationToken);
        var theirs = others.SelectMany(b => b.Alias.Append(b.Adresse).Select(a => (Cle: FaitsMessage.Normalize(a), b.Libelle)))
            .GroupBy(a => a.Cle).ToDictionary(g => g.Key, g => g.First().Libelle);
        if (theirs.TryGetValue(FaitsMessage.Normalize(lus.Adresse), out var owner))
        {
            erreurs.Add(new ErreurSaisie(nameof(ReglagesBoite.Adresse), $"Cette adresse est déjà celle de la boîte « {owner} »"));
        }

        if (lus.Alias.FirstOrDefault(a => theirs.ContainsKey(FaitsMessage.Normalize(a))) is { } shared)
        {
            erreurs.Add(new ErreurSaisie(nameof(ReglagesBoite.Alias), $"L’adresse {shared} est déjà celle de la boîte « {theirs[FaitsMessage.Normalize(shared)]} »"));
        }
    }

    private static string ObjetOf(string code) => $"boite:{code}";

    /// <summary>For the audit: everything but the secret.</summary>
    private static string Describe(BoiteFonctionnelle boite)
    {
        List<string> lines =
        [
            $"{boite.Libelle} <{boite.Adresse}>, {(boite.IsActif ? "active" : "inactive")}",
            $"Alias : {string.Join(", ", boite.Alias)}",
            $"Formulaires : {string.Join(", ", boite.ExpediteursFormulaire)}",
            $"Service : {boite.ServiceCode ?? "aucun"} ; type : {boite.TypeCode ?? "aucun"}",
        ];
        if (boite.Imap is { } imap)
        {
            lines.Add($"Serveur : {imap.Hote}:{imap.Port}, {imap.Securite}, identifiant {imap.Utilisateur}, empreinte {imap.EmpreinteCertificat ?? "aucune"}");
            lines.Add($"Accès : {imap.Authentification}{(imap.JetonUrl is null ? "" : $", {imap.JetonUrl}, application {imap.JetonIdentifiant}, portée {imap.JetonPortee}")}");
            lines.Add($"Dossiers : {imap.Dossier}, {imap.DossierTraites}, {imap.DossierAnomalies}");
        }

        return string.Join('\n', lines);
    }

    [GeneratedRegex("^[a-z0-9][a-z0-9-]{0,39}$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex CodePattern();
}
