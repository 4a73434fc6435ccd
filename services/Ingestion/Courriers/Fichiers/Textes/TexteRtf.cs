using System.Globalization;
using System.Text;

namespace SuiviCourrier.Ingestion.Courriers.Fichiers.Textes;

/// <summary>
/// The words of a rich text file (RTF 1.9.1), what every word processor can write: what stands outside the tables of fonts and styles, pictures and the
/// codes of fields. No package reads it without a window system.
/// </summary>
internal sealed class TexteRtf
{
    /// <summary>Groups within groups: a letter has a dozen.</summary>
    private const int MaxDepth = 10_000;

    private const int MaxWord = 40;

    /// <summary>Groups that hold no words of the document. Those behind <c>\*</c> are left out too, but for the text of shapes.</summary>
    private static readonly HashSet<string> s_silent =
    [
        "fonttbl", "colortbl", "stylesheet", "info", "pict", "object", "filetbl", "listtable", "listoverridetable", "revtbl", "rsidtbl", "fldinst",
        "themedata", "colorschememapping", "datastore", "latentstyles", "generator", "xmlnstbl", "nonshppict", "sp", "xe", "tc", "bkmkstart", "bkmkend",
    ];

    private static readonly Dictionary<string, char> s_signs = new()
    {
        ["par"] = '\n', ["line"] = '\n', ["sect"] = '\n', ["page"] = '\n', ["row"] = '\n', ["cell"] = '\n', ["nestcell"] = '\n', ["nestrow"] = '\n',
        ["tab"] = ' ', ["emspace"] = ' ', ["enspace"] = ' ', ["emdash"] = '—', ["endash"] = '–', ["bullet"] = '•',
        ["lquote"] = '‘', ["rquote"] = '’', ["ldblquote"] = '“', ["rdblquote"] = '”',
    };

    private readonly BufferedStream _file;
    private readonly int _caracteres;
    private readonly StringBuilder _text = new();
    private readonly List<byte> _bytes = [];
    private readonly Stack<Groupe> _outer = new();
    private Encoding _encoding = TexteDePiece.Windows1252;
    private Groupe _group = new(IsSilent: false, Fallback: 1);
    private bool _isOptional;
    private int _toSkip;

    /// <param name="Fallback">Characters that stand behind each Unicode one, for programs that know none.</param>
    private readonly record struct Groupe(bool IsSilent, int Fallback);

    private TexteRtf(Stream file, int caracteres) => (_file, _caracteres) = (new BufferedStream(file, 64 << 10), caracteres);

    /// <param name="file">From its beginning.</param>
    /// <exception cref="InvalidDataException">It is nested beyond what anybody writes.</exception>
    public static string Read(Stream file, int caracteres, CancellationToken cancellationToken) => new TexteRtf(file, caracteres).Read(cancellationToken);

    private string Read(CancellationToken cancellationToken)
    {
        int next;
        while (_text.Length <= _caracteres && (next = _file.ReadByte()) >= 0)
        {
            switch ((char)next)
            {
                case '{':
                    cancellationToken.ThrowIfCancellationRequested();
                    _outer.Push(_outer.Count < MaxDepth ? _group : throw new InvalidDataException("Nested too deep"));
                    (_toSkip, _isOptional) = (0, false);
                    break;
                case '}':
                    Flush();
                    (_toSkip, _isOptional) = (0, false);
                    _group = _outer.TryPop(out var outer) ? outer : _group;
                    break;
                case '\\':
                    ReadControl();
                    break;
                case '\r' or '\n':
                    break;
                default:
                    Append((byte)next);
                    break;
            }
        }

        Flush();
        return _text.ToString();
    }

    private void Append(byte character)
    {
        if (_toSkip > 0)
        {
            _toSkip--;
        }
        else if (!_group.IsSilent)
        {
            _bytes.Add(character);
        }
    }

    private void Append(char character)
    {
        if (!_group.IsSilent)
        {
            Flush();
            _text.Append(character);
        }
    }

    /// <summary>Bytes are decoded together: a character may need two.</summary>
    private void Flush()
    {
        if (_bytes.Count > 0)
        {
            _text.Append(_encoding.GetString([.. _bytes]));
            _bytes.Clear();
        }
    }

    private void ReadControl()
    {
        var next = _file.ReadByte();
        switch (next)
        {
            case < 0:
                break;
            case '\'':
                if (int.TryParse([(char)_file.ReadByte(), (char)_file.ReadByte()], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
                {
                    Append((byte)code);
                }

                break;
            case '*':
                _isOptional = true;
                break;
            case '~':
                Append('\u00A0');
                break;
            case '_':
                Append('-');
                break;
            case '\r' or '\n':
                Append('\n');
                break;
            case var letter when char.IsAsciiLetter((char)letter):
                ReadWord((char)letter);
                break;
            case '\\' or '{' or '}':
                Append((byte)next);
                break;
        }
    }

    private void ReadWord(char first)
    {
        var word = new StringBuilder().Append(first);
        var number = new StringBuilder();
        int next;
        while ((next = _file.ReadByte()) >= 0 && char.IsAsciiLetter((char)next) && word.Length < MaxWord)
        {
            word.Append((char)next);
        }

        while (next >= 0 && (char.IsAsciiDigit((char)next) || (next == '-' && number.Length == 0)) && number.Length < MaxWord)
        {
            number.Append((char)next);
            next = _file.ReadByte();
        }

        if (next is >= 0 and not ' ')
        {
            _file.Position--;
        }

        Obey(word.ToString(), int.TryParse(number.ToString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : null);
    }

    private void Obey(string word, int? value)
    {
        if (s_silent.Contains(word) || (_isOptional && word is not "shpinst" and not "shptxt"))
        {
            Flush();
            _group = _group with { IsSilent = true };
        }

        _isOptional = false;
        switch (word)
        {
            case "bin" when value > 0:
                _file.Position = Math.Min(_file.Position + value.Value, _file.Length);
                break;
            case "u" when value is { } code:
                Append((char)(ushort)code);
                _toSkip = _group.Fallback;
                break;
            case "uc" when value >= 0:
                _group = _group with { Fallback = value.Value };
                break;
            case "ansicpg" when value is { } page && CodePagesEncodingProvider.Instance.GetEncoding(page) is { } encoding:
                _encoding = encoding;
                break;
            default:
                if (s_signs.TryGetValue(word, out var sign))
                {
                    Append(sign);
                }

                break;
        }
    }
}
