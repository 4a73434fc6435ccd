using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace SuiviCourrier.TestSupport.Mail;

/// <summary>
/// An authorization server on loopback, as far as a mailbox needs one: gives tokens for client credentials (RFC 6749 §4.4), and tells a mail server
/// whose a token is.
/// </summary>
public sealed class TokenServer : IAsyncDisposable
{
    public const string ClientId = "courrier";
    public const string ClientSecret = "le secret de l’application";
    public const string Scope = "https://courriel.exemple.example/.default";

    private readonly ConcurrentDictionary<string, string> _users = new();
    private readonly WebApplication _app;
    private int _given;

    private TokenServer(WebApplication app) => _app = app;

    /// <summary>Whose mailbox the tokens given from now on open.</summary>
    public string User { get; set; } = string.Empty;

    /// <summary>How many it has given.</summary>
    public int Given => _given;

    /// <summary>Answers in the place of a token; null: as it should.</summary>
    public string? Instead { get; set; }

    public Uri Address => new(_app.Urls.Single());

    public string TokenUrl => new Uri(Address, "/jeton").ToString();

    /// <summary>For a mail server: the token is added at its end.</summary>
    public string TokenInfoUrl => new Uri(Address, "/a-qui?access_token=").ToString();

    public static async Task<TokenServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var server = new TokenServer(app);
        app.MapPost("/jeton", async (HttpRequest request) => server.Give(await request.ReadFormAsync()));
        app.MapGet("/a-qui", (string access_token) => server._users.TryGetValue(access_token, out var user)
            ? Results.Json(new { username = user, email = user })
            : Results.Json(new { error = "invalid_token" }, statusCode: 401));
        await app.StartAsync();
        return server;
    }

    /// <summary>A token as a program of the machine would have got it.</summary>
    public string GiveDirectly(string user)
    {
        var token = $"jeton.{Guid.NewGuid():N}";
        _users[token] = user;
        return token;
    }

    /// <summary>Ends every token given so far.</summary>
    public void Revoke() => _users.Clear();

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private IResult Give(IFormCollection form)
    {
        if (Instead is not null)
        {
            return Results.Content(Instead, "application/json");
        }

        if (form["grant_type"] != "client_credentials" || form["client_id"] != ClientId || form["client_secret"] != ClientSecret)
        {
            return Results.Json(new { error = "invalid_client", error_description = $"wrong secret {form["client_secret"]}" }, statusCode: 401);
        }

        if (form["scope"] != Scope)
        {
            return Results.Json(new { error = "invalid_scope" }, statusCode: 400);
        }

        Interlocked.Increment(ref _given);
        return Results.Json(new { token_type = "Bearer", expires_in = 3600, access_token = GiveDirectly(User) });
    }
}
