using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MimeKit;
using SuiviCourrier.Delais;
using SuiviCourrier.Echeances.Data;
using SuiviCourrier.ServiceDefaults.Courriels;
using SuiviCourrier.ServiceDefaults.Time;

namespace SuiviCourrier.Echeances.Relances;

/// <summary>
/// Composes reminders when they are claimed, from the lines of that moment: what was answered meanwhile is left out, and with nothing left
/// the message is not sent. It names courriers by their chrono only: no sender, no subject.
/// </summary>
public sealed partial class RelancesComposer(
    IServiceScopeFactory scopes, SiteCourant sites, TimeProvider clock, IOptions<RelancesOptions> options,
    ILogger<RelancesComposer> logger) : ICourrielComposer
{
    public string Kind => QueueRelances.Kind;

    public async Task<CourrielCompose?> ComposeAsync(CourrielSortant courriel, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<EcheancesDbContext>();
        var annuaire = await AnnuaireRelances.ReadAsync(db, cancellationToken);
        var address = annuaire.AddressOf(courriel.Reference);
        if (address is null)
        {
            LogRecipientGone(courriel.Id);
        }

        var rows = await TakeLinesAsync(db, courriel, address is null ? annuaire : null, cancellationToken);
        if (rows.Count == 0)
        {
            return null;
        }

        var today = await sites.TodayAsync(cancellationToken);
        var message = new MimeMessage();
        message.To.Add(new MailboxAddress(address!.Value.Nom, address.Value.Courriel));
        message.Headers.Add("Auto-Submitted", "auto-generated");
        message.Headers.Add("X-Auto-Response-Suppress", "All");
        message.Subject = Subject(rows, today);
        message.Body = new BodyBuilder { TextBody = Text(rows, today), HtmlBody = Html(rows, today) }.ToMessageBody();
        return new CourrielCompose(message, EnveloppeVide: false);
    }

    public async Task SettledAsync(CourrielSortant courriel, CancellationToken cancellationToken)
    {
        if (courriel.Etat is not (EtatCourriel.Accepte or EtatCourriel.Incertain or EtatCourriel.Refuse))
        {
            return;
        }

        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<EcheancesDbContext>();
        if (courriel.Etat == EtatCourriel.Refuse)
        {
            await TakeLinesAsync(db, courriel, await AnnuaireRelances.ReadAsync(db, cancellationToken), cancellationToken);
            return;
        }

        var now = clock.GetUtcNow();
        await db.LignesRelance.Where(l => l.CourrielCle == courriel.Cle && l.SentAt == null && l.DroppedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(l => l.SentAt, now), cancellationToken);
    }

    /// <summary>
    /// Gives the waiting lines of the recipient to this message (an immediate message has its own already), then drops those no longer owed.
    /// Those still owed to a recipient that cannot be reached go to the next in line.
    /// </summary>
    /// <param name="unreachable">Where to find the next in line; null when the recipient can be reached.</param>
    private async Task<List<CourrierARelancer>> TakeLinesAsync(
        EcheancesDbContext db, CourrielSortant courriel, AnnuaireRelances? unreachable, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (courriel.CourrierId is null)
        {
            await db.LignesRelance
                .Where(l => l.Destinataire == courriel.Reference && l.CourrielCle == null && l.DroppedAt == null)
                .ExecuteUpdateAsync(set => set.SetProperty(l => l.CourrielCle, courriel.Cle), cancellationToken);
        }

        var lines = await db.LignesRelance.Where(l => l.CourrielCle == courriel.Cle && l.DroppedAt == null && l.SentAt == null)
            .Join(db.Etapes, l => l.EtapeId, e => e.Id, (l, e) => new { Ligne = l, Etape = e })
            .Join(db.Horloges, x => x.Etape.HorlogeId, h => h.Id, (x, h) => new { x.Ligne, x.Etape, Horloge = h })
            .Join(db.Suivis, x => x.Horloge.CourrierId, s => s.CourrierId, (x, s) => new
            {
                x.Ligne,
                x.Etape.Rang,
                x.Etape.Code,
                x.Etape.Destinataire,
                StepDueOn = x.Etape.DueOn,
                x.Horloge.DueOn,
                x.Horloge.ClosedOn,
                s.CourrierId,
                s.NumeroChrono,
                s.ServiceInstructeurCode,
            })
            .ToListAsync(cancellationToken);
        var now = clock.GetUtcNow();
        foreach (var line in lines)
        {
            var isOwed = line.ClosedOn is null && line.StepDueOn == line.DueOn;
            if (isOwed && unreachable is null)
            {
                continue;
            }

            line.Ligne.DroppedAt = now;
            if (isOwed)
            {
                var next = unreachable!.ResolveNext(line.Destinataire, line.ServiceInstructeurCode, line.Ligne.Destinataire);
                await PassOnAsync(db, line.Ligne, next, $"{line.Code}:{line.StepDueOn:yyyy-MM-dd}", now, cancellationToken);
            }
        }

        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return
        [
            .. lines.Where(l => l.Ligne.DroppedAt is null)
                .GroupBy(l => l.CourrierId)
                .Select(g => g.First())
                .Select(l => new CourrierARelancer(l.CourrierId, l.NumeroChrono ?? "", l.ServiceInstructeurCode, l.DueOn))
                .OrderBy(c => c.DueOn).ThenBy(c => c.NumeroChrono, StringComparer.Ordinal),
        ];
    }

    /// <summary>Lines of the same step for others: their next messages carry them.</summary>
    private async Task PassOnAsync(
        EcheancesDbContext db, LigneRelance ligne, IReadOnlyList<string> next, string etape, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (next.Count == 0)
        {
            LogNobodyLeft(ligne.CourrierId);
        }

        foreach (var destinataire in next)
        {
            await db.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO echeances.lignes_relance (id, etape_id, courrier_id, destinataire, created_at)
                VALUES ({Guid.CreateVersion7()}, {ligne.EtapeId}, {ligne.CourrierId}, {destinataire}, {now})
                ON CONFLICT (etape_id, destinataire) DO NOTHING
                """,
                cancellationToken);
        }

        db.Journal.Record(
            "echeances.relances", "RelanceTransmise", $"etape:{etape}", ligne.CourrierId, now,
            avant: ligne.Destinataire, apres: next.Count == 0 ? "personne à prévenir" : string.Join(", ", next));
    }

    private static string Subject(List<CourrierARelancer> rows, DateOnly today)
    {
        var late = rows.Count(r => r.DueOn < today);
        return (late > 0 ? $"{late} en retard, " : "") + $"{rows.Count} courrier{(rows.Count > 1 ? "s" : "")} à suivre";
    }

    private static IEnumerable<(string Titre, List<CourrierARelancer> Rows)> Groups(List<CourrierARelancer> rows, DateOnly today) =>
        new[]
        {
            ("En retard", rows.Where(r => r.DueOn < today).ToList()),
            ("À répondre aujourd’hui", rows.Where(r => r.DueOn == today).ToList()),
            ("À répondre bientôt", rows.Where(r => r.DueOn > today).ToList()),
        }.Where(g => g.Item2.Count > 0);

    private const string Closing =
        "Un courrier n’est plus relancé dès qu’une réponse sur le fond est enregistrée. S’il n’est pas pour vous, réaffectez-le : son délai ne change pas.";

    private string Text(List<CourrierARelancer> rows, DateOnly today)
    {
        var text = new StringBuilder("Bonjour,\n\nVoici ce qui attend une réponse, le plus urgent d’abord.\n");
        foreach (var (titre, group) in Groups(rows, today))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n{titre}\n");
            foreach (var row in group)
            {
                text.Append(CultureInfo.InvariantCulture, $"- {Line(row, today)}\n");
                if (Link(row) is { } link)
                {
                    text.Append(CultureInfo.InvariantCulture, $"  {link}\n");
                }
            }
        }

        return text.Append(CultureInfo.InvariantCulture, $"\n{Closing}\n").ToString();
    }

    private string Html(List<CourrierARelancer> rows, DateOnly today)
    {
        var html = new StringBuilder("<!DOCTYPE html><html lang=\"fr\"><head><meta charset=\"utf-8\"><title>Relances</title></head><body><p>Bonjour,</p>")
            .Append("<p>Voici ce qui attend une réponse, le plus urgent d’abord.</p>");
        foreach (var (titre, group) in Groups(rows, today))
        {
            html.Append(CultureInfo.InvariantCulture, $"<h2>{WebUtility.HtmlEncode(titre)}</h2><ul>");
            foreach (var row in group)
            {
                var line = WebUtility.HtmlEncode(Line(row, today));
                html.Append(Link(row) is { } link
                    ? $"<li><a href=\"{WebUtility.HtmlEncode(link.ToString())}\">{line}</a></li>"
                    : $"<li>{line}</li>");
            }

            html.Append("</ul>");
        }

        return html.Append(CultureInfo.InvariantCulture, $"<p>{WebUtility.HtmlEncode(Closing)}</p></body></html>").ToString();
    }

    private static string Line(CourrierARelancer row, DateOnly today)
    {
        var late = today.DayNumber - row.DueOn.DayNumber;
        var lateness = late > 0 ? $", en retard de {late} jour{(late > 1 ? "s" : "")}" : "";
        var service = row.ServiceCode is null ? "" : $", {row.ServiceCode}";
        return $"{row.NumeroChrono} : à répondre avant le {DatesEnFrancais.DateComplete(row.DueOn)}{lateness}{service}";
    }

    private Uri? Link(CourrierARelancer row) =>
        options.Value.AdressePortail is { } portail ? new Uri(portail, $"/courriers/{row.CourrierId}") : null;

    private sealed record CourrierARelancer(Guid CourrierId, string NumeroChrono, string? ServiceCode, DateOnly DueOn);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Reminder {CourrielId}: its recipient has no address any more; its lines go to the next in line")]
    private partial void LogRecipientGone(Guid courrielId);

    [LoggerMessage(Level = LogLevel.Error, Message = "Courrier {CourrierId}: a reminder has nobody left to go to: create a supervisor's account")]
    private partial void LogNobodyLeft(Guid courrierId);
}
