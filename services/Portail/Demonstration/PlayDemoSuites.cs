using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SuiviCourrier.Portail.Annuaire;
using SuiviCourrier.Portail.Data;
using SuiviCourrier.Portail.Dossiers.Answer;
using SuiviCourrier.Portail.Dossiers.Assign;
using SuiviCourrier.Portail.Listes;
using SuiviCourrier.Portail.Reponses;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.ServiceDefaults.Demonstration;
using SuiviCourrier.ServiceDefaults.Time;

namespace SuiviCourrier.Portail.Demonstration;

/// <summary>Does what people would have done since with the letters of <c>seeds/demo/courriers.json</c>: assign them, answer some. May run again.</summary>
public sealed class PlayDemoSuites(PortailDbContext db, IServiceScopeFactory scopes, ServicesPrefecture services, CalendrierDuSite calendriers, SiteCourant site)
    : IDemoLoader
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    public int Order => 30;

    public async Task LoadAsync(string seedsFolder, CancellationToken cancellationToken)
    {
        await using var file = File.OpenRead(Path.Combine(seedsFolder, "demo", "courriers.json"));
        foreach (var lettre in await JsonSerializer.DeserializeAsync<List<Lettre>>(file, s_json, cancellationToken) ?? [])
        {
            var courrierId = (await db.Database.SqlQuery<Guid>(
                $"""SELECT courrier_id AS "Value" FROM ingestion.lecture_courriers WHERE objet = {lettre.Objet}""").ToListAsync(cancellationToken)).Single();
            foreach (var (suite, rang) in lettre.Suites.Select((s, i) => (s, i)))
            {
                // Each in its own scope, as the requests of people are: facts change the dossier in between.
                await using var scope = scopes.CreateAsyncScope();
                await PlayAsync(scope.ServiceProvider, suite, courrierId, $"{lettre.Cle}:{rang}", cancellationToken);
            }
        }
    }

    private async Task PlayAsync(IServiceProvider scoped, Suite suite, Guid courrierId, string cle, CancellationToken cancellationToken)
    {
        if (suite.Action == "Affecter")
        {
            var bureauOrdre = await AgentOfAsync("lucie.garnier@indre-et-loire.invalid", cancellationToken);
            var agentId = suite.Agent is { } courriel ? (await AgentOfAsync(courriel, cancellationToken)).Id : (Guid?)null;
            var outcome = await scoped.GetRequiredService<AssignCourrier>()
                .ExecuteAsync(bureauOrdre, courrierId, suite.Service!, agentId, "Démonstration", null, cancellationToken);
            Demand(outcome is AssignCourrier.Outcome.Assigned or AssignCourrier.Outcome.Unchanged or AssignCourrier.Outcome.AlreadyClosed, cle, outcome);
            return;
        }

        var calendrier = await calendriers.GetAsync(cancellationToken);
        var today = calendrier.JourOuvreAuPlusTard(await site.TodayAsync(cancellationToken));
        var saisie = new AnswerCourrier.Saisie(
            new Guid(SHA256.HashData(Encoding.UTF8.GetBytes("demonstration:" + cle)).AsSpan(0, 16)),
            suite.Mode ?? ModeReponse.Lettre,
            IsSurLeFond: suite.Action == "Repondre",
            suite.IlYA is > 0 and { } jours ? calendrier.AddJoursOuvres(today, -jours) : today)
        {
            Texte = suite.Texte,
            Personne = suite.Mode is ModeReponse.Telephone or ModeReponse.Entretien ? suite.Personne ?? "la personne qui a écrit" : null,
        };
        var answered = await scoped.GetRequiredService<AnswerCourrier>()
            .ExecuteAsync(await AgentOfAsync(suite.Auteur!, cancellationToken), courrierId, saisie, null, cancellationToken);
        Demand(answered is AnswerCourrier.Outcome.Answered or AnswerCourrier.Outcome.AlreadyClosed, cle, answered);
    }

    private async Task<Agent> AgentOfAsync(string courriel, CancellationToken cancellationToken)
    {
        var compte = await db.Comptes.SingleAsync(c => c.Email == courriel, cancellationToken);
        return new Agent(compte.Id, compte.Nom, compte.Role, compte.ServiceCode, [.. await services.BelowAsync(compte.ServiceCode, cancellationToken)]);
    }

    private static void Demand(bool isAsExpected, string cle, Enum outcome)
    {
        if (!isAsExpected)
        {
            throw new InvalidDataException($"seeds/demo/courriers.json, {cle} : {outcome}");
        }
    }

    private sealed record Lettre(string Cle, string Objet, List<Suite> Suites);

    private sealed record Suite(string Action, string? Service, string? Agent, int? IlYA, ModeReponse? Mode, string? Auteur, string? Texte, string? Personne);
}
