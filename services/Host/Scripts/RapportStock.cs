using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Delais;
using SuiviCourrier.Ingestion.Accuses;
using SuiviCourrier.Ingestion.Stock;

namespace SuiviCourrier.Host.Scripts;

/// <summary>The due date a line will have, by the rules and the calendar in force: those the clocks are opened with.</summary>
internal sealed class EcheancesStock(Regimes regimes, Calendrier calendrier)
{
    /// <returns>Null when no answer is expected.</returns>
    public DateOnly? DueOn(LigneLue ligne)
    {
        var regime = regimes.Select(new SituationCourrier
        {
            RecuLe = ligne.Lue.RecuLe,
            Canal = ligne.Demande.Canal.ToString(),
            Nature = ligne.Nature?.ToString(),
            Type = ligne.Type?.Code,
            CategorieExpediteur = ligne.Lue.Expediteur.Categorie.ToString(),
            Service = ligne.ServiceCode,
        });
        return regime?.Delai is { } delai ? Decomptes.Date(calendrier, ligne.Lue.RecuLe, delai) : null;
    }
}

/// <summary>What was read, and what becomes of it.</summary>
internal sealed class RapportStock(EcheancesStock echeances, DateOnly today)
{
    private readonly List<ErreurStock> _untold = [];
    private readonly SortedDictionary<string, (int ACreer, int EnRetard)> _services = new(StringComparer.Ordinal);

    public required bool IsEssai { get; init; }
    public required FichierCsv Fichier { get; init; }

    /// <summary>Lines that hold something, wrong ones included.</summary>
    public int Lignes { get; private set; }

    public int ACreer { get; private set; }
    public int Crees { get; set; }
    public int DejaRepris { get; private set; }
    public int Changes { get; private set; }
    public int Erreurs { get; private set; }

    /// <summary>To create, and past their due date already.</summary>
    public int EnRetard { get; private set; }

    public int AccusesCourriel { get; private set; }
    public int AccusesCourrier { get; private set; }

    /// <summary>By code of service; empty for those nobody is named for.</summary>
    public IReadOnlyDictionary<string, (int ACreer, int EnRetard)> Services => _services;

    public DateOnly? DueOn(LigneLue ligne) => echeances.DueOn(ligne);

    public bool IsEnRetard(LigneLue ligne) => echeances.DueOn(ligne) < today;

    public static CanalAccuse? AccuseOf(LigneLue ligne) => AccuseDecision.Decide(ligne.Lue.Expediteur, ligne.Demande.InterdictionAccuse).Canal;

    public void Add(IEnumerable<(LigneLue Ligne, TakeStock.Fate? Fate)> fates)
    {
        foreach (var (ligne, fate) in fates)
        {
            Lignes++;
            if (fate is null)
            {
                AddNew(ligne);
                continue;
            }

            DejaRepris++;
            Changes += fate.Sort == SortStock.Change ? 1 : 0;
        }
    }

    public void Add(IEnumerable<ErreurStock> erreurs)
    {
        foreach (var byLine in erreurs.GroupBy(e => e.Ligne))
        {
            Lignes++;
            Erreurs += byLine.Count();
            _untold.AddRange(byLine);
        }
    }

    public IReadOnlyList<ErreurStock> TakeErreurs()
    {
        ErreurStock[] taken = [.. _untold];
        _untold.Clear();
        return taken;
    }

    private void AddNew(LigneLue ligne)
    {
        ACreer++;
        var isLate = IsEnRetard(ligne);
        EnRetard += isLate ? 1 : 0;
        var (count, late) = _services.GetValueOrDefault(ligne.ServiceCode ?? "");
        _services[ligne.ServiceCode ?? ""] = (count + 1, late + (isLate ? 1 : 0));
        switch (AccuseOf(ligne))
        {
            case CanalAccuse.Courriel:
                AccusesCourriel++;
                break;
            case CanalAccuse.Courrier:
                AccusesCourrier++;
                break;
            case null:
                break;
        }
    }
}
