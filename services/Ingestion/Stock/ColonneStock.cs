using System.Security.Cryptography;
using System.Text;
using SuiviCourrier.Ingestion.Annuaire;

namespace SuiviCourrier.Ingestion.Stock;

/// <summary>The columns of a stock file. Their order is that of <see cref="EmpreinteLigne"/>: a new one comes last.</summary>
public enum ColonneStock
{
    Reference,
    RecuLe,
    Canal,
    Objet,
    Nom,
    Categorie,
    Fonction,
    Courriel,
    Adresse,
    Telephone,
    Nature,
    Type,
    Service,
    DateCourrier,
    NumeroArrivee,
    NumeroRecommande,
    Restreint,
    PourInformation,
    OriginalOu,
    Remarques,
    Accuse,
}

public static class ColonnesStock
{
    public static IReadOnlyList<ColonneStock> Toutes { get; } = Enum.GetValues<ColonneStock>();

    /// <summary>Without these a line is no courrier.</summary>
    public static IReadOnlyList<ColonneStock> Obligatoires { get; } =
        [ColonneStock.Reference, ColonneStock.RecuLe, ColonneStock.Canal, ColonneStock.Objet, ColonneStock.Nom];

    /// <summary>As it stands in the header: <c>recu_le</c>.</summary>
    public static string Nom(this ColonneStock colonne) =>
        string.Concat(colonne.ToString().Select((c, rank) => char.IsUpper(c) && rank > 0 ? $"_{char.ToLowerInvariant(c)}" : $"{char.ToLowerInvariant(c)}"));

    /// <summary>« Reçu le » is <c>recu_le</c>.</summary>
    public static ColonneStock? Find(string header) => s_byName.TryGetValue(CleAnnuaire.Of(header).Replace(' ', '_'), out var colonne) ? colonne : null;

    private static readonly Dictionary<string, ColonneStock> s_byName = Toutes.ToDictionary(c => c.Nom());
}

/// <summary>What a line held, column by column, without keeping it: eight hexadecimal digits of the SHA-256 of each value.</summary>
public static class EmpreinteLigne
{
    private const int Digits = 8;

    /// <param name="values">In the same form however they were written: a date is the same date in both formats.</param>
    public static string Of(IReadOnlyDictionary<ColonneStock, string> values)
    {
        var digest = new StringBuilder(ColonnesStock.Toutes.Count * Digits);
        foreach (var colonne in ColonnesStock.Toutes)
        {
            var hash = SHA256.HashData(Encoding.UTF8.GetBytes(values.GetValueOrDefault(colonne, "")));
            digest.Append(Convert.ToHexStringLower(hash.AsSpan(0, Digits / 2)));
        }

        return digest.ToString();
    }

    /// <summary>Columns that no longer hold what they held; those that did not exist then are not compared.</summary>
    public static IReadOnlyList<ColonneStock> Changed(string then, string now) =>
    [
        .. ColonnesStock.Toutes.Where(c => ((int)c + 1) * Digits <= then.Length
            && !then.AsSpan((int)c * Digits, Digits).SequenceEqual(now.AsSpan((int)c * Digits, Digits))),
    ];
}
