using System.Security.Claims;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Portail.Data;
using SuiviCourrier.Presentation.Rights;

namespace SuiviCourrier.Portail.Comptes;

/// <summary>
/// What a signed-in person carries: see <see cref="AgentClaims"/>. Built again each time the security stamp is checked, so that a
/// changed role or service applies within a minute.
/// </summary>
internal sealed class AgentClaimsFactory(PortailDbContext db) : IUserClaimsPrincipalFactory<Compte>
{
    private static readonly string s_securityStamp = new ClaimsIdentityOptions().SecurityStampClaimType;

    public async Task<ClaimsPrincipal> CreateAsync(Compte user)
    {
        var identity = new ClaimsIdentity(IdentityConstants.ApplicationScheme, ClaimTypes.Name, AgentClaims.Role);
        identity.AddClaim(new Claim(ClaimTypes.NameIdentifier, user.Id.ToString()));
        identity.AddClaim(new Claim(ClaimTypes.Name, user.Nom));
        identity.AddClaim(new Claim(s_securityStamp, user.SecurityStamp ?? ""));
        identity.AddClaim(new Claim(AgentClaims.Role, user.Role.ToString()));
        identity.AddClaim(new Claim(AgentClaims.Service, user.ServiceCode));
        foreach (var code in await PerimetreOf(user.ServiceCode))
        {
            identity.AddClaim(new Claim(AgentClaims.Perimetre, code));
        }

        return new ClaimsPrincipal(identity);
    }

    /// <summary>The service and what is below it.</summary>
    private Task<List<string>> PerimetreOf(string serviceCode) =>
        db.Database.SqlQuery<string>(
            $"""
            WITH RECURSIVE perimetre AS (
                SELECT {serviceCode}::text AS code
                UNION
                SELECT s.code FROM ingestion.lecture_services s JOIN perimetre p ON s.parent_code = p.code
            )
            SELECT code AS "Value" FROM perimetre ORDER BY code
            """).ToListAsync();
}
