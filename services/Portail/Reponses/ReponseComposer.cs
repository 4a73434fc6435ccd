using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using MimeKit;
using SuiviCourrier.Portail.Annuaire;
using SuiviCourrier.Portail.Data;
using SuiviCourrier.Portail.Taches;
using SuiviCourrier.ServiceDefaults.Courriels;
using SuiviCourrier.ServiceDefaults.Time;

namespace SuiviCourrier.Portail.Reponses;

/// <summary>Writes the answers sent from here, and notes what became of them.</summary>
public sealed class ReponseComposer(
    PortailDbContext db, SiteCourant siteCourant, ServicesPrefecture services, OpenTaches taches, IConfiguration configuration, TimeProvider clock)
    : ICourrielComposer
{
    public const string KindReponse = "reponse";

    public string Kind => KindReponse;

    public async Task<CourrielCompose?> ComposeAsync(CourrielSortant courriel, CancellationToken cancellationToken)
    {
        var id = Guid.Parse(courriel.Reference);
        var reponse = await db.Reponses.AsNoTracking().SingleAsync(r => r.Id == id, cancellationToken);
        var dossier = await db.Dossiers.AsNoTracking().SingleAsync(d => d.CourrierId == reponse.CourrierId, cancellationToken);
        var auteur = await db.Comptes.AsNoTracking().SingleOrDefaultAsync(c => c.Id == reponse.AuteurId, cancellationToken); // none: a program signs for the service
        var site = await siteCourant.GetAsync(cancellationToken);
        var service = dossier.ServiceInstructeurCode is null ? site.Libelle : await services.LibelleAsync(dossier.ServiceInstructeurCode, cancellationToken);

        var message = new MimeMessage();
        message.From.Add(new MailboxAddress(site.Libelle, configuration["Courriel:Expediteur"] ?? site.Courriel));
        message.To.Add(MailboxAddress.Parse(reponse.Destinataire!));
        message.Subject = reponse.Objet ?? $"Votre courrier {dossier.NumeroChrono}";
        message.Body = new TextPart("plain")
        {
            Text = $"""
                {reponse.Texte}

                {(auteur is null ? service : $"{auteur.Nom}\n{service}")}
                {site.Libelle}
                {site.Telephone}

                Référence à rappeler : {dossier.NumeroChrono}
                """,
        };
        return new CourrielCompose(message, EnveloppeVide: false);
    }

    public async Task SettledAsync(CourrielSortant courriel, CancellationToken cancellationToken)
    {
        var id = Guid.Parse(courriel.Reference);
        var reponse = await db.Reponses.SingleAsync(r => r.Id == id, cancellationToken);
        reponse.EtatEnvoi = courriel.Etat;
        if (courriel.Etat is EtatCourriel.Refuse or EtatCourriel.Incertain)
        {
            await taches.OpenAsync(
                KindTache.AdresseRefusee, $"reponse:{id}:{courriel.Etat}", reponse.CourrierId, clock.GetUtcNow(), null, cancellationToken);
        }

        await db.SaveChangesAsync(cancellationToken);
    }
}
