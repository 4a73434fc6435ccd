using Microsoft.Extensions.DependencyInjection;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Ingestion.Courriers;
using SuiviCourrier.Ingestion.Courriers.Register;
using SuiviCourrier.TestSupport;

namespace SuiviCourrier.Ingestion.Tests.Courriers;

/// <summary>Registrations as the tests of this service make them.</summary>
internal static class Demandes
{
    /// <summary>A letter of an individual with both addresses, arrived on Monday 2 November 2026; change what the case is about.</summary>
    public static RegisterCourrier.Demande Lettre() => new()
    {
        Acteur = "test",
        Origine = OrigineEnregistrement.Saisie,
        CleIdempotence = $"test:{Guid.NewGuid()}",
        Canal = Canal.Lettre,
        RecuLe = new DateOnly(2026, 11, 2),
        DateCourrier = new DateOnly(2026, 10, 29),
        Objet = "Demande de rendez-vous",
        Nom = "Claire Martin",
        Categorie = CategorieExpediteur.Particulier,
        Courriel = "claire.martin@exemple.invalid",
        Adresse = "3 rue des Lilas\n37000 TOURS",
    };

    public static async Task<RegisterCourrier.Outcome> RegisterAsync(
        this RunningCourrier courrier, RegisterCourrier.Demande demande, Action<Courrier>? alongside = null)
    {
        await using var scope = courrier.Scope();
        return await scope.ServiceProvider.GetRequiredService<RegisterCourrier>().ExecuteAsync(demande, CancellationToken.None, alongside);
    }

    public static async Task<RegisterCourrier.Outcome.Registered> RegisteredAsync(this RunningCourrier courrier, RegisterCourrier.Demande demande) =>
        await courrier.RegisterAsync(demande) is RegisterCourrier.Outcome.Registered registered
            ? registered
            : throw new AssertionException("The registration was refused");
}
