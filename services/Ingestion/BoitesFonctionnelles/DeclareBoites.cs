using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SuiviCourrier.Ingestion.Data;

namespace SuiviCourrier.Ingestion.BoitesFonctionnelles;

/// <summary>
/// Writes down the mailboxes declared in the configuration, so that the pages of every process show them. What the declaration says prevails;
/// what it does not say (label, aliases, type) is the portal's. A mailbox no longer declared stays, as one of the portal.
/// </summary>
public sealed class DeclareBoites(IngestionDbContext db, IOptions<List<BoiteOptions>> declared)
{
    /// <returns>What keeps declared mailboxes from being collected, in French, by their codes.</returns>
    public async Task<IReadOnlyDictionary<string, string>> ExecuteAsync(CancellationToken cancellationToken)
    {
        var boites = await db.Boites.ToDictionaryAsync(b => b.Code, cancellationToken);
        var services = await db.Services.Select(s => s.Code).ToListAsync(cancellationToken);
        var wrong = new Dictionary<string, string>();
        foreach (var said in declared.Value.Where(b => b.Code.Length > 0))
        {
            var isServiceKnown = said.ServiceCode is null || services.Contains(said.ServiceCode);
            if (!isServiceKnown)
            {
                wrong[said.Code] = $"Le service « {said.ServiceCode} » déclaré pour cette boîte n’existe pas : elle n’est pas relevée";
            }

            if (boites.GetValueOrDefault(said.Code) is not { } boite)
            {
                if (said.Adresse is null)
                {
                    continue;
                }

                boite = new BoiteFonctionnelle { Code = said.Code, Libelle = said.Adresse, Adresse = said.Adresse };
                db.Boites.Add(boite);
            }

            boite.Adresse = said.Adresse ?? boite.Adresse;
            boite.ServiceCode = said.ServiceCode is not null && isServiceKnown ? said.ServiceCode : boite.ServiceCode;
            if (said.Imap is not null)
            {
                boite.Origine = OrigineBoite.Configuration;
                boite.SecretChiffre = null;
                boite.ReachBy(said.Imap);
            }
        }

        foreach (var former in boites.Values.Where(b => b.Origine == OrigineBoite.Configuration && !declared.Value.Any(d => d.Code == b.Code && d.Imap is not null)))
        {
            former.Origine = OrigineBoite.Portail;
        }

        db.ChangeTracker.DetectChanges();
        foreach (var changed in db.ChangeTracker.Entries<BoiteFonctionnelle>().Where(e => e.State is EntityState.Modified).ToList())
        {
            changed.Entity.Revision++;
        }

        await db.SaveChangesAsync(cancellationToken);
        return wrong;
    }
}
