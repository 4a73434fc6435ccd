using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.ServiceDefaults.Data;
using SuiviCourrier.ServiceDefaults.Idempotence;

namespace SuiviCourrier.Presentation.Api;

/// <summary>
/// A request whose effect happens once, however often it is sent: its answer is kept in the transaction of the effect, and given again, byte
/// for byte, to the same request under the same key. A refused request keeps nothing: its key may be used again once it is corrected.
/// </summary>
public sealed class EnvoiUnique
{
    public const string Header = "Idempotency-Key";

    /// <summary>Says that the answer is that of an earlier sending.</summary>
    public const string ReplayedHeader = "Idempotency-Replayed";

    private readonly ServiceDbContext _db;
    private readonly byte[] _empreinte;
    private CleIdempotence? _answered;

    private EnvoiUnique(ServiceDbContext db, string appelant, string cle, byte[] empreinte) =>
        (_db, Appelant, Cle, _empreinte) = (db, appelant, cle, empreinte);

    public string Appelant { get; }

    public string Cle { get; }

    /// <summary>Read before the body: a request that cannot be repeated is refused before it has cost anything.</summary>
    /// <exception cref="DemandeRefuseeException">It is missing or unusable.</exception>
    public static string KeyOf(HttpContext context)
    {
        var cle = context.Request.Headers[Header];
        return cle is [{ Length: > 0 and <= ClesIdempotence.MaxLength } only] && only.All(c => c is > ' ' and <= '~')
            ? only
            : throw new DemandeRefuseeException(
                Probleme.IdempotenceAbsente, "Chaque envoi a la sienne, et la garde s’il est refait : un UUID convient.",
                [new ErreurChamp(Header, $"de 1 à {ClesIdempotence.MaxLength} caractères visibles, sans accent ni espace")]);
    }

    /// <param name="empreinte">Of what is asked, see <see cref="DemandeLue{T}.Empreinte"/>.</param>
    /// <param name="effectAsync">
    /// The effect, in the transaction begun here: it calls <see cref="Keep"/> before it saves, and returns a refusal, or null when it has succeeded.
    /// </param>
    /// <param name="ask">What the effect needs to know before it begins: asked in the round trip that takes the key.</param>
    public static async Task<IResult> RunAsync(
        HttpContext context, ServiceDbContext db, byte[] empreinte, Func<EnvoiUnique, Task<IResult?>> effectAsync, CancellationToken cancellationToken,
        Action<RoundTrip>? ask = null)
    {
        var envoi = new EnvoiUnique(
            db, context.User.AsAgent().Id.ToString(), KeyOf(context),
            SHA256.HashData([.. Encoding.UTF8.GetBytes($"{context.Request.Method} {context.Request.Path}\n"), .. empreinte]));
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (await db.ClesIdempotence.TakeAsync(envoi.Appelant, envoi.Cle, ask ?? (_ => { }), cancellationToken) is { } already)
        {
            if (!already.Empreinte.AsSpan().SequenceEqual(envoi._empreinte))
            {
                return Probleme.IdempotenceAutreDemande.ToResult(
                    "Elle a déjà enregistré autre chose : prenez-en une nouvelle pour une nouvelle demande.",
                    [new ErreurChamp(Header, "une clé qui n’a pas encore servi, ou exactement la même demande")]);
            }

            context.Response.Headers[ReplayedHeader] = "true";
            return new Gardee(already);
        }

        if (await effectAsync(envoi) is { } refusal)
        {
            return refusal; // the transaction ends without a commit
        }

        // Once begun, the end of the request no longer depends on whether its caller still listens.
        await transaction.CommitAsync(CancellationToken.None);
        return new Gardee(envoi._answered ?? throw new InvalidOperationException("An effect keeps its answer before it saves"));
    }

    /// <summary>Adds the answer to what is about to be saved.</summary>
    /// <param name="corps">Identifiers, codes and dates only.</param>
    public void Keep(int statut, string? adresse, object corps)
    {
        _answered = new CleIdempotence
        {
            Appelant = Appelant,
            Cle = Cle,
            Empreinte = _empreinte,
            Statut = statut,
            Adresse = adresse,
            Corps = JsonSerializer.SerializeToUtf8Bytes(corps, corps.GetType(), JsonApi.Options),
        };
        _db.ClesIdempotence.Keep(_answered);
    }

    private sealed class Gardee(CleIdempotence answered) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            var response = httpContext.Response;
            response.StatusCode = answered.Statut;
            response.ContentType = "application/json; charset=utf-8";
            response.ContentLength = answered.Corps.Length;
            if (answered.Adresse is { } adresse)
            {
                response.Headers.Location = adresse;
            }

            return response.Body.WriteAsync(answered.Corps, httpContext.RequestAborted).AsTask();
        }
    }
}
