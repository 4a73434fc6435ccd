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
        message.JoinFil(await ReceivedAsync(reponse.CourrierId, cancellationToken));
        return new CourrielCompose(message, EnveloppeVide: false);
    }

    /// <summary>What the sender wrote, oldest first: the message registered, then what came for it by hand of a person.</summary>
    private Task<List<string>> ReceivedAsync(Guid courrierId, CancellationToken cancellationToken) =>
        db.Database.SqlQuery<string>(
            $"""
            SELECT message_id AS "Value" FROM (
                (SELECT recu_a, message_id FROM ingestion.lecture_arrivees WHERE courrier_id = {courrierId} AND message_id IS NOT NULL ORDER BY recu_a LIMIT 1)
                UNION ALL
                (SELECT recu_a, message_id FROM ingestion.lecture_echanges
                WHERE courrier_id = {courrierId} AND kind = 'Reponse' AND message_id IS NOT NULL ORDER BY recu_a DESC LIMIT 20)) AS received
            ORDER BY recu_a
            """).ToListAsync(cancellationToken);

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
