using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using SuiviCourrier.ServiceDefaults.Fichiers;

namespace SuiviCourrier.Presentation.Api;

/// <summary>A kind of file that a multipart body may bring.</summary>
/// <param name="Champ">Name of the parts.</param>
/// <param name="Max">Most files under this name.</param>
/// <param name="ScanSeulement">PDF or image only; otherwise anything but a program.</param>
public sealed record FichierAttendu(string Champ, string Description, int Max, bool ScanSeulement);

/// <summary>A file that came, already in the store and durable there, named by nobody yet.</summary>
public sealed record FichierRecu(string Champ, string? Nom, Fichier Fichier);

/// <param name="Empreinte">SHA-256 of what was asked: the fields and the contents, not the way they were written.</param>
public sealed record DemandeLue<T>(T Demande, IReadOnlyList<FichierRecu> Fichiers, byte[] Empreinte);

/// <summary>
/// Reads what a program sends. Files go to the store as they come, never whole in memory; anything unexpected is refused, naming the field.
/// What was stored of a refused request is named by nobody and collected within the hour.
/// </summary>
public static class LectureDemande
{
    /// <summary>Largest file, in bytes: 50 MB, as on the pages.</summary>
    public const long MaxFichier = 50L * 1024 * 1024;

    /// <summary>Largest request, in bytes.</summary>
    public const long MaxDemande = 600L * 1024 * 1024;

    /// <summary>Largest JSON, in bytes.</summary>
    public const int MaxJson = 1024 * 1024;

    private const int MaxChamps = 100;

    /// <summary>Of the reader of parts, in bytes: a file comes in pieces of this size at most.</summary>
    private const int BufferSize = 64 * 1024;

    /// <exception cref="DemandeRefuseeException">It cannot be read; nothing is kept of it.</exception>
    public static async Task<DemandeLue<T>> ReadAsync<T>(HttpContext context, CorpsApi corps, IFileStore store, CancellationToken cancellationToken)
        where T : class
    {
        if (context.Request.ContentLength > MaxDemande)
        {
            throw TooLarge("la demande", MaxDemande);
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = MaxDemande;
        }

        var type = TypeOf(context.Request.ContentType);
        if (corps.AccepteJson && type?.MediaType == "application/json")
        {
            return Deserialize<T>(await ReadJsonAsync(context.Request.Body, cancellationToken), []);
        }

        if (corps.Partie is { } part && type?.MediaType == "multipart/form-data")
        {
            var boundary = HeaderUtilities.RemoveQuotes(type.Boundary).Value;
            return boundary is { Length: > 0 and <= 70 }
                ? await new Multipart<T>(part, corps.Fichiers, store).ReadAsync(boundary, context.Request.Body, cancellationToken)
                : throw Malformed("Le type de contenu ne dit pas ce qui sépare les parties (boundary).");
        }

        var accepted = string.Join(" ou ", new[] { corps.AccepteJson ? "application/json" : null, corps.Partie is null ? null : "multipart/form-data" }.OfType<string>());
        throw new DemandeRefuseeException(Probleme.TypeDeContenu, $"Envoyez {accepted}.", [new ErreurChamp("Content-Type", accepted)]);
    }

    private static MediaTypeHeaderValue? TypeOf(string? contentType) => MediaTypeHeaderValue.TryParse(contentType, out var type) ? type : null;

    private static async Task<byte[]> ReadJsonAsync(Stream content, CancellationToken cancellationToken)
    {
        using var kept = new MemoryStream();
        var buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            int read;
            while ((read = await content.ReadAsync(buffer, cancellationToken)) > 0)
            {
                if (kept.Length + read > MaxJson)
                {
                    throw TooLarge("le JSON", MaxJson);
                }

                kept.Write(buffer, 0, read);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return kept.ToArray();
    }

    private static DemandeLue<T> Deserialize<T>(ReadOnlySpan<byte> json, IReadOnlyList<FichierRecu> fichiers)
        where T : class
    {
        T? demande;
        try
        {
            demande = JsonSerializer.Deserialize<T>(json.StartsWith(Encoding.UTF8.Preamble) ? json[3..] : json, JsonApi.Options);
        }
        catch (JsonException unread)
        {
            throw ErreursJson.Of(unread, typeof(T));
        }

        return new DemandeLue<T>(
            demande ?? throw Malformed("Un objet JSON est attendu."), fichiers, EmpreinteOf(JsonSerializer.SerializeToUtf8Bytes(demande, JsonApi.Options), fichiers));
    }

    /// <summary>Written again from what was read: spaces, order and the boundary of the parts do not make another request.</summary>
    private static byte[] EmpreinteOf(byte[] json, IReadOnlyList<FichierRecu> fichiers)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(json);
        foreach (var fichier in fichiers)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"\n{fichier.Champ}\0{fichier.Nom}\0{fichier.Fichier.Sha256}"));
        }

        return hash.GetHashAndReset();
    }

    private static DemandeRefuseeException Malformed(string detail, params ErreurChamp[] erreurs) =>
        new(Probleme.DemandeMalFormee, detail, erreurs.Length == 0 ? null : erreurs);

    private static DemandeRefuseeException TooLarge(string what, long max) =>
        new(Probleme.TropGros, $"{max / (1024 * 1024)} Mo au plus pour {what} : rien n’a été enregistré.");

    private sealed class Multipart<T>(string jsonPart, IReadOnlyList<FichierAttendu> attendus, IFileStore store)
        where T : class
    {
        private readonly JsonObject _champs = [];
        private readonly List<FichierRecu> _fichiers = [];
        private byte[]? _json;

        public async Task<DemandeLue<T>> ReadAsync(string boundary, Stream body, CancellationToken cancellationToken)
        {
            try
            {
                var reader = new MultipartReader(boundary, body, BufferSize);
                while (await reader.ReadNextSectionAsync(cancellationToken) is { } section)
                {
                    await ReadSectionAsync(section, cancellationToken);
                }
            }
            catch (InvalidDataException limit)
            {
                throw Malformed($"Les parties de l’envoi ne peuvent pas être lues ({limit.Message}).");
            }
            catch (IOException truncated) when (truncated is not BadHttpRequestException && truncated.HResult == CutShort)
            {
                throw Malformed("L’envoi est incomplet : la dernière partie n’est pas finie. Rien n’a été enregistré.");
            }

            if (_json is not null && _champs.Count > 0)
            {
                throw Malformed($"Donnez les champs soit dans la partie « {jsonPart} », en JSON, soit un par un.", [.. _champs.Select(c => new ErreurChamp(c.Key, $"rien, puisque la partie « {jsonPart} » est là"))]);
            }

            return Deserialize<T>(_json ?? JsonSerializer.SerializeToUtf8Bytes(_champs, JsonApi.Options), _fichiers);
        }

        /// <summary>What the reader of the framework throws when the body ends inside a part: an IOException of no system error, unlike a full disk.</summary>
        private static int CutShort { get; } = new IOException().HResult;

        private async Task ReadSectionAsync(MultipartSection section, CancellationToken cancellationToken)
        {
            if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition)
                || disposition.DispositionType != "form-data"
                || HeaderUtilities.RemoveQuotes(disposition.Name).Value is not { Length: > 0 } nom)
            {
                throw Malformed("Une partie de l’envoi n’a pas de nom (Content-Disposition: form-data; name=…).");
            }

            var fileName = disposition.FileNameStar.HasValue ? disposition.FileNameStar : HeaderUtilities.RemoveQuotes(disposition.FileName);
            if (attendus.FirstOrDefault(a => a.Champ == nom) is { } attendu)
            {
                await ReadFichierAsync(attendu, fileName.Value, section.Body, cancellationToken);
            }
            else if (nom == jsonPart)
            {
                if (section.ContentType is not null && TypeOf(section.ContentType)?.MediaType != "application/json")
                {
                    throw new DemandeRefuseeException(Probleme.TypeDeContenu, $"La partie « {nom} » est du JSON.", [new ErreurChamp(nom, "application/json")]);
                }

                _json = _json is null ? await ReadJsonAsync(section.Body, cancellationToken) : throw Twice(nom);
            }
            else if (fileName.HasValue)
            {
                throw Malformed("Un fichier porte un nom de champ inconnu.", new ErreurChamp(nom, $"aucun fichier : les fichiers s’appellent {string.Join(" ou ", attendus.Select(a => a.Champ))}"));
            }
            else
            {
                await ReadChampAsync(nom, section.Body, cancellationToken);
            }
        }

        private async Task ReadFichierAsync(FichierAttendu attendu, string? nom, Stream content, CancellationToken cancellationToken)
        {
            var rang = _fichiers.Count(f => f.Champ == attendu.Champ);
            var champ = attendu.Max == 1 ? attendu.Champ : $"{attendu.Champ}[{rang}]";
            if (rang == attendu.Max)
            {
                throw Malformed("Il y a trop de fichiers.", new ErreurChamp(champ, $"{attendu.Max} au plus"));
            }

            Fichier fichier;
            try
            {
                fichier = await store.StoreAsync(content, MaxFichier, cancellationToken);
            }
            catch (FichierTropGrosException)
            {
                throw new DemandeRefuseeException(Probleme.TropGros, "Rien n’a été enregistré.", [new ErreurChamp(champ, $"{MaxFichier / (1024 * 1024)} Mo au plus")]);
            }

            var refus = fichier.Taille == 0 ? "un fichier qui ne soit pas vide"
                : attendu.ScanSeulement && !TypeMime.IsScan(fichier.TypeMime) ? "un PDF ou une image PNG, JPEG ou TIFF, quel que soit son nom"
                : fichier.TypeMime == TypeMime.Programme ? "un document : ce fichier est un programme, quel que soit son nom"
                : null;
            if (refus is not null)
            {
                throw new DemandeRefuseeException(Probleme.ChampsRefuses, "Rien n’a été enregistré.", [new ErreurChamp(champ, refus)]);
            }

            _fichiers.Add(new FichierRecu(attendu.Champ, nom, fichier));
        }

        /// <summary>A field is text: it becomes what the JSON would hold.</summary>
        private async Task ReadChampAsync(string nom, Stream content, CancellationToken cancellationToken)
        {
            if (_champs.ContainsKey(nom))
            {
                throw Twice(nom);
            }

            if (_champs.Count == MaxChamps)
            {
                throw Malformed($"Il y a plus de {MaxChamps} champs.");
            }

            string text;
            try
            {
                text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(await ReadJsonAsync(content, cancellationToken));
            }
            catch (DecoderFallbackException)
            {
                throw Malformed("Un champ n’est pas du texte en UTF-8.", new ErreurChamp(nom, "du texte en UTF-8"));
            }

            var type = JsonApi.Options.GetTypeInfo(typeof(T)).Properties.FirstOrDefault(p => p.Name == nom)?.PropertyType ?? typeof(string);
            type = Nullable.GetUnderlyingType(type) ?? type;
            _champs[nom] = text.Length == 0 && type != typeof(string) ? null
                : type == typeof(bool) && bool.TryParse(text, out var yes) ? yes
                : type == typeof(int) && int.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number
                : text;
        }

        private static DemandeRefuseeException Twice(string nom) => Malformed("Une partie est donnée deux fois.", new ErreurChamp(nom, "une seule fois"));
    }
}
