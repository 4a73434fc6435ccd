using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Portail.Data;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.ServiceDefaults.Fichiers;

namespace SuiviCourrier.Portail.Reponses;

internal static class ReponseEndpoints
{
    /// <summary>The file of an answer, to whoever may see its courrier.</summary>
    public static IEndpointRouteBuilder MapReponses(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/courriers/{courrierId:guid}/reponses/{reponseId:guid}", ReadAsync);
        return endpoints;
    }

    private static async Task<IResult> ReadAsync(
        Guid courrierId, Guid reponseId, ClaimsPrincipal user, PortailDbContext db, IFileStore files, HttpContext context, CancellationToken cancellationToken)
    {
        var agent = user.AsAgent();
        var found = await db.Reponses.AsNoTracking()
            .Where(r => r.Id == reponseId && r.CourrierId == courrierId && r.FichierSha256 != null)
            .Where(r => db.Dossiers.Visible(agent).Any(d => d.CourrierId == r.CourrierId))
            .Join(db.Set<Fichier>(), r => r.FichierSha256, f => f.Sha256, (r, f) => new { r.FichierNom, f.Sha256, f.TypeMime })
            .SingleOrDefaultAsync(cancellationToken);
        if (found is null)
        {
            return Results.NotFound();
        }

        context.Response.Headers.XContentTypeOptions = "nosniff";
        return Results.Stream(files.OpenRead(found.Sha256), found.TypeMime, found.FichierNom);
    }
}
