using System.Net.Http.Headers;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using SuiviCourrier.Portail.Data;
using SuiviCourrier.Presentation.Api;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.ServiceDefaults.Data;

namespace SuiviCourrier.Portail.Comptes.ClesApi;

/// <summary>
/// Reads <c>Authorization: Bearer …</c> (RFC 6750). Asked of the database at each request, so that a revoked key is refused by every process
/// at once. What it says who the program is, is an <see cref="Agent"/> like any other: rights are decided where those of people are.
/// </summary>
internal sealed class CleApiHandler(
    PortailDbContext db, TimeProvider clock, IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    private static readonly TimeSpan s_useNoted = TimeSpan.FromMinutes(1);

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization;
        if (header.Count == 0)
        {
            return AuthenticateResult.NoResult();
        }

        if (!AuthenticationHeaderValue.TryParse(header.ToString(), out var authorization)
            || !string.Equals(authorization.Scheme, "Bearer", StringComparison.OrdinalIgnoreCase)
            || authorization.Parameter is not { } secret
            || !SecretCle.IsPossible(secret)
            || await FindAsync(SecretCle.EmpreinteOf(secret)) is not { } cle)
        {
            return AuthenticateResult.Fail("The key is unknown or revoked");
        }

        await NoteUseAsync(cle);
        var identity = new ClaimsIdentity(Scheme.Name, ClaimTypes.Name, AgentClaims.Role);
        identity.AddClaim(new Claim(ClaimTypes.NameIdentifier, cle.Id.ToString()));
        identity.AddClaim(new Claim(ClaimTypes.Name, cle.Nom));
        identity.AddClaim(new Claim(AgentClaims.Role, nameof(RoleAgent.Programme)));
        identity.AddClaim(new Claim(AgentClaims.Service, cle.Services.FirstOrDefault() ?? ""));
        identity.AddClaims(cle.Operations.Select(o => new Claim(AgentClaims.Operation, o)));
        identity.AddClaims(cle.Perimetre.Select(c => new Claim(AgentClaims.Perimetre, c)));
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Scheme.Name));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        var isGiven = Request.Headers.Authorization.Count > 0;
        Response.Headers.WWWAuthenticate = isGiven ? "Bearer realm=\"courrier\", error=\"invalid_token\"" : "Bearer realm=\"courrier\"";
        return isGiven
            ? Problemes.WriteAsync(Context, Probleme.CleRefusee, "Elle est fausse ou révoquée : demandez-en une autre à l’administrateur de Courrier.")
            : Problemes.WriteAsync(Context, Probleme.CleAbsente, "Envoyez-la dans l’en-tête « Authorization: Bearer … » ; les cookies des pages n’ouvrent pas l’API.");
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        Problemes.WriteAsync(
            Context, Probleme.OperationHorsCle,
            $"Cette clé permet : {string.Join(", ", Context.User.FindAll(AgentClaims.Operation).Select(c => c.Value))}.");

    private async Task<CleLue?> FindAsync(byte[] empreinte)
    {
        CleLue? found = null;
        var trip = new RoundTrip();
        trip.Ask(
            $"""
            SELECT c.id, c.nom, c.operations, c.services, c.last_used_at, ARRAY(
                WITH RECURSIVE perimetre AS (
                    SELECT unnest(c.services) AS code
                    UNION
                    SELECT s.code FROM ingestion.lecture_services s JOIN perimetre p ON s.parent_code = p.code
                )
                SELECT code FROM perimetre ORDER BY code) AS perimetre
            FROM portail.cles_api c WHERE c.empreinte = {empreinte} AND c.revoked_at IS NULL
            """,
            row => found = new CleLue(
                row.GetGuid(0), row.GetString(1), row.GetFieldValue<string[]>(2), row.GetFieldValue<string[]>(3),
                row.IsDBNull(4) ? null : row.GetFieldValue<DateTimeOffset>(4), row.GetFieldValue<string[]>(5)));
        await trip.ExecuteAsync(db, Context.RequestAborted);
        return found;
    }

    private async Task NoteUseAsync(CleLue cle)
    {
        var now = clock.GetUtcNow();
        if (cle.LastUsedAt is null || now - cle.LastUsedAt >= s_useNoted)
        {
            await db.ClesApi.Where(c => c.Id == cle.Id)
                .ExecuteUpdateAsync(set => set.SetProperty(c => c.LastUsedAt, now), Context.RequestAborted);
        }
    }

    private sealed record CleLue(Guid Id, string Nom, string[] Operations, string[] Services, DateTimeOffset? LastUsedAt, string[] Perimetre);
}
