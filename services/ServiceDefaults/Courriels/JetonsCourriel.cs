using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SuiviCourrier.ServiceDefaults.Data;

namespace SuiviCourrier.ServiceDefaults.Courriels;

/// <summary>
/// Signs the identifier of each message we send, in its Message-ID and in the addresses that answers and returns come back to: what carries such a
/// token answers that message, whatever its subject and its other headers say, and nobody else can make one.
/// </summary>
public sealed partial class JetonsCourriel(IServiceScopeFactory scopes, IDataProtectionProvider protection) : IDisposable
{
    /// <summary>Characters of a token: with the tag before it, it leaves room for 22 characters of our own in a local part (RFC 5321: 64).</summary>
    public const int Longueur = 39;

    private const int Signature = 8;
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
    private readonly IDataProtector _protector = protection.CreateProtector("messagerie.jetons-courriel");
    private readonly SemaphoreSlim _reading = new(1, 1);
    private IReadOnlyList<byte[]>? _keys;

    /// <summary>The token of a message, always the same.</summary>
    public async Task<string> OfAsync(Guid courrielId, CancellationToken cancellationToken)
    {
        var keys = await KeysAsync(cancellationToken);
        return Write(courrielId, keys[0]);
    }

    /// <returns>The messages of ours whose tokens stand in a Message-ID or in an address, as far as they are signed by us.</returns>
    public async Task<IReadOnlyList<Guid>> ReadAsync(IEnumerable<string> texts, CancellationToken cancellationToken)
    {
        var found = texts.SelectMany(t => t.Length > 500 ? [] : Jeton().Matches(t.ToLowerInvariant()).Select(m => m.Value)).Distinct().Take(200).ToList();
        if (found.Count == 0)
        {
            return [];
        }

        var keys = await KeysAsync(cancellationToken);
        return [.. found.Select(t => Read(t, keys)).OfType<Guid>()];
    }

    public void Dispose() => _reading.Dispose();

    private static Guid? Read(string token, IReadOnlyList<byte[]> keys)
    {
        var bytes = Decode(token);
        var id = new Guid(bytes.AsSpan(0, 16), bigEndian: true);
        return keys.Any(k => CryptographicOperations.FixedTimeEquals(Sign(id, k), bytes.AsSpan(16, Signature))) ? id : null;
    }

    private static string Write(Guid id, byte[] key)
    {
        var bytes = new byte[16 + Signature];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        Sign(id, key).CopyTo(bytes, 16);
        return Encode(bytes);
    }

    private static byte[] Sign(Guid id, byte[] key) => HMACSHA256.HashData(key, id.ToByteArray(bigEndian: true))[..Signature];

    private static string Encode(byte[] bytes)
    {
        var text = new char[Longueur];
        for (var at = 0; at < Longueur; at++)
        {
            var value = 0;
            for (var bit = at * 5; bit < (at * 5) + 5; bit++)
            {
                value = (value << 1) | (bit / 8 < bytes.Length ? (bytes[bit / 8] >> (7 - (bit % 8))) & 1 : 0);
            }

            text[at] = Alphabet[value];
        }

        return new string(text);
    }

    private static byte[] Decode(string token)
    {
        var bytes = new byte[16 + Signature];
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            var value = Alphabet.IndexOf(token[bit / 5], StringComparison.Ordinal);
            bytes[bit / 8] |= (byte)(((value >> (4 - (bit % 5))) & 1) << (7 - (bit % 8)));
        }

        return bytes;
    }

    /// <summary>Newest first: it signs, the others are still believed.</summary>
    private async ValueTask<IReadOnlyList<byte[]>> KeysAsync(CancellationToken cancellationToken)
    {
        if (_keys is { } known)
        {
            return known;
        }

        await _reading.WaitAsync(cancellationToken);
        try
        {
            return _keys ??= await LoadAsync(cancellationToken);
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <summary>The first process that needs one makes it; a key that cannot be read any more has its successor.</summary>
    private async Task<IReadOnlyList<byte[]>> LoadAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<MessagerieDbContext>();
        while (true)
        {
            var kept = await db.ClesCourriel.AsNoTracking().OrderByDescending(c => c.Id).ToListAsync(cancellationToken);
            var keys = kept.Select(Unprotect).OfType<byte[]>().ToList();
            if (keys.Count > 0)
            {
                return keys;
            }

            var (next, secret) = ((kept.FirstOrDefault()?.Id ?? 0) + 1, _protector.Protect(Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))));
            await db.Database.ExecuteSqlAsync(
                $"INSERT INTO messagerie.cles_courriel (id, secret, created_at) VALUES ({next}, {secret}, now()) ON CONFLICT (id) DO NOTHING", cancellationToken);
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever makes a key unreadable, the next one takes its place.")]
    private byte[]? Unprotect(CleCourriel kept)
    {
        try
        {
            return Convert.FromBase64String(_protector.Unprotect(kept.Secret));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    [GeneratedRegex("(?<![0-9a-z])[0-9a-hjkmnp-tv-z]{39}(?![0-9a-z])", RegexOptions.CultureInvariant)]
    private static partial Regex Jeton();
}
