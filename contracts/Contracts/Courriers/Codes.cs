namespace SuiviCourrier.Contracts.Courriers;

/// <summary>How the courrier reached us. The channel decides the limit before the type does (minutes of 21 April 2021, II).</summary>
public enum Canal
{
    Lettre,
    Depot,
    Courriel,
    Formulaire,
}

public enum Sens
{
    Arrivee,
    Depart,
}

/// <summary>What the courrier asks for. Complaints and suggestions are under the label whatever the service.</summary>
public enum NatureCourrier
{
    Demande,
    Reclamation,
    Suggestion,
    Remerciement,
    Intervention,
    Invitation,
    Audience,
    Recours,
    Signalement,
    Acte,
    PourInformation,
    Interne,
}

/// <summary>Who writes. <see cref="Elu"/> is the person holding a mandate, <see cref="Commune"/> the institution.</summary>
public enum CategorieExpediteur
{
    Particulier,
    ParticulierRepresente,
    Association,
    Entreprise,
    Elu,
    Commune,
    Administration,
    Juridiction,
    DefenseurDesDroits,
    Syndicat,
    Presse,
    Anonyme,

    /// <summary>A message whose sender nobody has placed yet: no rule for a category applies.</summary>
    NonPrecisee,
}

/// <summary>State of the work on a courrier; transitions are in docs/etats.md.</summary>
public enum EtatCourrier
{
    Enregistre,
    Affecte,
    EnInstruction,
    EnAttentePieces,
    Repondu,
    Archive,
    Transmis,
    ClasseSansSuite,
    Annule,
}
