using System.CommandLine;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Portail.Comptes.ClesApi;
using SuiviCourrier.Portail.Data;
using SuiviCourrier.Presentation.Api;

namespace SuiviCourrier.Host;

/// <summary>The verbs <c>cle creer|revoquer|lister</c>: keys of the API from a terminal or an installation script.</summary>
internal static class ClesVerbs
{
    private const string Acteur = "commande";

    public static Command Create() => new("cle", "Les clés de l’API.") { Creer(), Revoquer(), Lister() };

    /// <summary>The key alone goes to standard output, so that a script takes it from there.</summary>
    private static Command Creer()
    {
        var nom = new Option<string>("--nom") { Description = "Le programme qui l’utilisera.", Required = true };
        var operations = new Option<string[]>("--operation")
        {
            Description = $"Opération permise, autant de fois qu’il en faut : {string.Join(", ", OperationApi.Toutes.Select(o => o.Nom))}.",
            Required = true,
            AllowMultipleArgumentsPerToken = true,
        };
        var services = new Option<string[]>("--service")
        {
            Description = "Code d’un service auquel la clé est limitée, avec ceux qui en dépendent (par défaut, tous les services).",
            AllowMultipleArgumentsPerToken = true,
        };
        var create = Verbs.Verb("creer", "Crée une clé ; elle est écrite une seule fois, sur la sortie standard.", async (app, settings, parsed, cancellationToken) =>
        {
            await Verbs.PrepareAsync(app, settings, cancellationToken);
            await using var scope = app.Services.CreateAsyncScope();
            var created = await scope.ServiceProvider.GetRequiredService<CreateCle>().ExecuteAsync(
                Acteur, parsed.GetValue(nom), parsed.GetValue(operations) ?? [], parsed.GetValue(services) ?? [], cancellationToken);
            if (created.Secret is null)
            {
                throw new RefusedException($"La clé n’a pas été créée : {string.Join(" ; ", created.Refus.Select(r => r.Phrase))}.");
            }

            await Console.Error.WriteLineAsync($"La clé {created.Id} est créée : copiez-la maintenant, elle ne sera plus montrée.");
            Console.WriteLine(created.Secret);
        });
        foreach (var option in new Option[] { nom, operations, services })
        {
            create.Options.Add(option);
        }

        return create;
    }

    private static Command Revoquer()
    {
        var id = new Argument<string>("CLE") { Description = "Identifiant de la clé, comme « cle lister » le donne." };
        return Verbs.Verb("revoquer", "Met fin à une clé, tout de suite.", async (app, settings, parsed, cancellationToken) =>
        {
            if (!Guid.TryParse(parsed.GetValue(id), out var cle))
            {
                throw new RefusedException("Donnez l’identifiant de la clé, comme « cle lister » le donne ; jamais la clé elle-même.");
            }

            await Verbs.PrepareAsync(app, settings, cancellationToken);
            await using var scope = app.Services.CreateAsyncScope();
            Console.WriteLine(await scope.ServiceProvider.GetRequiredService<RevokeCle>().ExecuteAsync(Acteur, cle, cancellationToken) switch
            {
                RevokeCle.Outcome.Revoked => "La clé est révoquée.",
                RevokeCle.Outcome.AlreadyRevoked => "La clé était déjà révoquée.",
                RevokeCle.Outcome.NotFound => throw new RefusedException("Aucune clé n’a cet identifiant : « cle lister » les donne."),
            });
        }, id);
    }

    private static Command Lister() =>
        Verbs.Verb("lister", "Liste les clés, une ligne JSON par clé.", async (app, settings, _, cancellationToken) =>
        {
            await Verbs.PrepareAsync(app, settings, cancellationToken);
            await using var scope = app.Services.CreateAsyncScope();
            var cles = scope.ServiceProvider.GetRequiredService<PortailDbContext>().ClesApi.AsNoTracking().OrderBy(c => c.Id);
            await foreach (var cle in cles.AsAsyncEnumerable().WithCancellation(cancellationToken))
            {
                Console.WriteLine(JsonSerializer.Serialize(
                    new { cle.Id, cle.Nom, cle.Operations, cle.Services, creee_le = cle.CreatedAt, dernier_usage = cle.LastUsedAt, revoquee_le = cle.RevokedAt }, JsonApi.Options));
            }
        });
}
