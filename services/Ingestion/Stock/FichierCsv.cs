using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;

namespace SuiviCourrier.Ingestion.Stock;

/// <summary>A CSV file as administrations write it: UTF-8 with or without mark, or Windows-1252; separated by <c>;</c>, <c>,</c> or a tabulation.</summary>
public sealed class FichierCsv
{
    /// <summary>Characters of one field. More is a quote that was never closed.</summary>
    private const int LargestField = 64 << 10;

    private static readonly char[] s_separators = [';', ',', '\t'];

    private readonly string _path;
    private readonly Encoding _encoding;

    private FichierCsv(string path, Encoding encoding, char separator)
    {
        _path = path;
        _encoding = encoding;
        Separateur = separator;
    }

    public char Separateur { get; }

    /// <summary><c>utf-8</c> or <c>windows-1252</c>.</summary>
    public string Encodage => _encoding.WebName;

    /// <summary>One record of the file.</summary>
    /// <param name="Ligne">Line of the file it begins at, from 1, as a text editor counts.</param>
    /// <param name="Defaut">Why its fields cannot be told apart, a sentence in French; null when they can.</param>
    public sealed record Enregistrement(int Ligne, string[] Champs, string? Defaut)
    {
        /// <summary>Nothing stands on it: spreadsheets end their files with such lines.</summary>
        public bool IsVide => Defaut is null && Champs.All(string.IsNullOrWhiteSpace);
    }

    /// <exception cref="FichierCsvException">It is no text we read.</exception>
    public static FichierCsv Open(string path)
    {
        using var content = File.OpenRead(path);
        var encoding = EncodageTexte.Detect(content);
        content.Position = 0;
        using var reader = new StreamReader(content, encoding);
        var header = reader.ReadLine() ?? "";
        return new FichierCsv(path, encoding, s_separators.MaxBy(s => header.Count(c => c == s)));
    }

    /// <summary>Every record, the header first; reads the file again at each call, a little at a time.</summary>
    /// <exception cref="FichierCsvException">Nothing more can be read from some line on.</exception>
    public IEnumerable<Enregistrement> Read()
    {
        string? defaut = null;
        var configuration = new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = Separateur.ToString(),
            Mode = CsvMode.RFC4180,
            IgnoreBlankLines = false,
            MaxFieldSize = LargestField,
            BadDataFound = _ => defaut = "Un guillemet est mal placé : un champ qui contient un guillemet s’écrit entre guillemets, et celui-ci en double (\"\")",
        };
        using var reader = new StreamReader(_path, _encoding);
        using var parser = new CsvParser(reader, configuration);
        while (true)
        {
            var line = parser.RawRow + 1;
            defaut = null;
            bool isRead;
            try
            {
                isRead = parser.Read();
            }
            catch (MaxFieldSizeException)
            {
                throw new FichierCsvException(line, $"Un champ dépasse {LargestField} caractères : un guillemet ouvert n’est sans doute jamais refermé");
            }

            if (!isRead)
            {
                yield break;
            }

            yield return new Enregistrement(line, parser.Record ?? [], defaut);
        }
    }
}

/// <summary>The file cannot be read as a table; the message is a sentence in French.</summary>
/// <param name="ligne">Where, from 1; null when it is the whole file.</param>
public sealed class FichierCsvException(int? ligne, string phrase) : Exception(phrase)
{
    public int? Ligne => ligne;
}
