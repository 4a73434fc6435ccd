using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;

namespace SuiviCourrier.Ingestion.BoitesFonctionnelles.Secrets;

/// <summary>
/// Access tokens for mailboxes without a password (OAuth 2.0): from the authorization server with our own credentials (RFC 6749 §4.4), or from a program
/// of the machine. A token serves until shortly before it ends, or until a server refuses it.
/// </summary>
public sealed class JetonsOAuth(IHttpClientFactory clients, IOptions<ReleveOptions> options, TimeProvider clock)
{
    /// <summary>Name of the HTTP client.</summary>
    public const string Client = "jetons-oauth";

    private const int LongestToken = 16 << 10;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    /// <summary>A token that says nothing of its end is believed for so long.</summary>
    private static readonly TimeSpan s_usualLife = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<string, Jeton> _jetons = new(StringComparer.Ordinal);

    /// <param name="secret">Of the client, for <see cref="AuthentificationImap.JetonClient"/>.</param>
    /// <exception cref="BoiteEnPanneException">None can be had: why, in French.</exception>
    public async Task<string> GetAsync(string boiteCode, ImapOptions imap, string secret, CancellationToken cancellationToken)
    {
        var wanted = $"{imap.Authentification}\n{imap.JetonUrl}\n{imap.JetonIdentifiant}\n{imap.JetonPortee}\n{imap.Utilisateur}\n{secret}";
        if (_jetons.TryGetValue(boiteCode, out var kept) && kept.For == wanted && kept.Until > clock.GetUtcNow())
        {
            return kept.Text;
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(s_patience);
        try
        {
            var (text, life) = imap.Authentification == AuthentificationImap.JetonCommande
                ? await RunAsync(boiteCode, imap.Utilisateur, limit.Token)
                : await AskAsync(imap, secret, limit.Token);
            if (text.Length is 0 or > LongestToken || text.Any(c => c is < '!' or > '~'))
            {
                throw new BoiteEnPanneException("Le jeton d’accès reçu n’en est pas un : il est vide, trop long, ou contient autre chose que des caractères simples");
            }

            _jetons[boiteCode] = new Jeton(wanted, text, clock.GetUtcNow() + (life * 0.8));
            return text;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new BoiteEnPanneException($"Le jeton d’accès n’est pas venu en {s_patience.TotalSeconds:0} secondes");
        }
    }

    /// <summary>The server has refused it: the next one is asked for anew.</summary>
    public void Forget(string boiteCode) => _jetons.TryRemove(boiteCode, out _);

    private async Task<(string Text, TimeSpan Life)> AskAsync(ImapOptions imap, string secret, CancellationToken cancellationToken)
    {
        var fields = new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials",
            ["client_id"] = imap.JetonIdentifiant ?? string.Empty,
            ["client_secret"] = secret,
        };
        if (imap.JetonPortee is { Length: > 0 } scope)
        {
            fields["scope"] = scope;
        }

        try
        {
            using var http = clients.CreateClient(Client);
            using var form = new FormUrlEncodedContent(fields);
            using var response = await http.PostAsync(new Uri(imap.JetonUrl!), form, cancellationToken);
            var answer = await ReadAsync(response, cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                // The code of the error (RFC 6749 §5.2) is for people; its description may quote what we have sent.
                var why = answer?.Error is { Length: > 0 and <= 60 } error && error.All(c => char.IsAsciiLetterLower(c) || c == '_') ? error : $"HTTP {(int)response.StatusCode}";
                throw new BoiteEnPanneException($"Le serveur de jetons {imap.JetonUrl} refuse : {why}. Vérifiez l’identifiant du client, son secret et la portée");
            }

            return answer?.AccessToken is { } token
                ? (token, answer.ExpiresIn is > 0 and <= 86400 ? TimeSpan.FromSeconds(answer.ExpiresIn.Value) : s_usualLife)
                : throw new BoiteEnPanneException($"La réponse du serveur de jetons {imap.JetonUrl} ne contient pas de jeton : vérifiez son adresse");
        }
        catch (HttpRequestException failure)
        {
            throw new BoiteEnPanneException($"Le serveur de jetons {imap.JetonUrl} est injoignable, ou son certificat n’est pas accepté", failure);
        }
    }

    private static async Task<Reponse?> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            return await response.Content.ReadFromJsonAsync<Reponse>(cancellationToken);
        }
        catch (Exception failure) when (failure is JsonException or NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>The first line it writes is the token. It gets the mailbox's code and its account, and no shell.</summary>
    private async Task<(string Text, TimeSpan Life)> RunAsync(string boiteCode, string utilisateur, CancellationToken cancellationToken)
    {
        if (options.Value.CommandesJeton.GetValueOrDefault(boiteCode) is not { Length: > 0 } program)
        {
            throw new BoiteEnPanneException(
                $"Aucune commande ne donne le jeton de cette boîte : l’administrateur de la machine la nomme par le réglage Releve:CommandesJeton:{boiteCode}");
        }

        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(program, [boiteCode, utilisateur])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                RedirectStandardInput = true,
                UseShellExecute = false,
            },
        };

        // Settings of ours in the environment may be secrets, and are none of its business.
        foreach (var name in process.StartInfo.Environment.Keys.Where(n => n.Contains("__", StringComparison.Ordinal) || n.StartsWith("COURRIER_", StringComparison.Ordinal)).ToList())
        {
            process.StartInfo.Environment.Remove(name);
        }

        try
        {
            process.Start();
        }
        catch (System.ComponentModel.Win32Exception failure)
        {
            throw new BoiteEnPanneException($"La commande {program}, qui donne le jeton de cette boîte, ne peut pas être lancée : vérifiez qu’elle existe et ses droits", failure);
        }

        try
        {
            process.StandardInput.Close();
            var errors = process.StandardError.BaseStream.CopyToAsync(Stream.Null, cancellationToken);
            var buffer = new char[LongestToken + 2];
            var read = await process.StandardOutput.ReadBlockAsync(buffer, cancellationToken);
            await process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            await errors;
            return process.ExitCode == 0
                ? (new string(buffer, 0, read).Split('\n')[0].Trim(), s_usualLife)
                : throw new BoiteEnPanneException($"La commande {program}, qui donne le jeton de cette boîte, a échoué (code {process.ExitCode})");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    private sealed record Jeton(string For, string Text, DateTimeOffset Until);

    private sealed record Reponse
    {
        [JsonPropertyName("access_token")]
        public string? AccessToken { get; init; }

        [JsonPropertyName("expires_in")]
        public long? ExpiresIn { get; init; }

        [JsonPropertyName("error")]
        public string? Error { get; init; }
    }
}
