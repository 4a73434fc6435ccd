using SuiviCourrier.Contracts.Accuses;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Ingestion.Courriers;

namespace SuiviCourrier.Ingestion.Accuses;

/// <summary>Whether an acknowledgement is owed, by which way, to whom; or why not.</summary>
/// <param name="Motif">Set when <paramref name="Etat"/> is <see cref="EtatAccuse.SansObjet"/>: a sentence in French.</param>
public sealed record AccuseDecision(EtatAccuse Etat, CanalAccuse? Canal, string? Destinataire, string? Motif)
{
    /// <summary>Why nobody is written to: a sentence in French, that the lists look for.</summary>
    public const string SansAdresse = "Ni adresse électronique ni adresse postale connue";

    public const string Anonyme = "L’expéditeur est anonyme";

    /// <summary>
    /// An e-mail address comes first (at once, and free), then the postal address. Nobody is written to whom we cannot reach, nor
    /// when the intake forbids it.
    /// </summary>
    /// <param name="expediteur">The sender as the courrier gives it.</param>
    /// <param name="interdiction">Reason of the mail intake not to answer (robot, empty return path, ourselves); null when there is none.</param>
    public static AccuseDecision Decide(Expediteur expediteur, string? interdiction = null)
    {
        if (interdiction is not null)
        {
            return None(interdiction);
        }

        if (expediteur.Courriel is { } courriel)
        {
            return new AccuseDecision(EtatAccuse.AEnvoyer, CanalAccuse.Courriel, courriel, null);
        }

        if (expediteur.Adresse is { } adresse)
        {
            var destinataire = expediteur.Nom is { } nom ? $"{nom}\n{adresse}" : adresse;
            return new AccuseDecision(EtatAccuse.AImprimer, CanalAccuse.Courrier, destinataire, null);
        }

        return None(expediteur.Categorie == CategorieExpediteur.Anonyme
            ? Anonyme
            : SansAdresse);
    }

    public static AccuseDecision None(string motif) => new(EtatAccuse.SansObjet, null, null, motif);
}
