using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Echeances.Calendriers;
using SuiviCourrier.Echeances.Regles;
using SuiviCourrier.Host;
using SuiviCourrier.Ingestion.Courriers.Register;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.ServiceDefaults;
using SuiviCourrier.ServiceDefaults.Schemas;
using SuiviCourrier.TestSupport;
using static SuiviCourrier.EndToEnd.Api.ApiTests;

namespace SuiviCourrier.EndToEnd.Api;

/// <summary>
/// Rules and calendar are kept by each process under their version: what changes them holds for the next registration, here and in a process that
/// knows nothing of the change but what the database says. A letter of Wednesday 6 May 2026, ten working days: Friday 22 May.
/// </summary>
public sealed class EcheanceAnnonceeTests
{
    private static readonly Agent s_administrator = new(Guid.CreateVersion7(), "Yann Guillou", RoleAgent.Administrateur, "SIDSIC", ["SIDSIC"]);

    private RunningCourrier _courrier = null!;
    private WebApplication _other = null!;
    private HttpClient[] _programs = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _courrier = await RunningCourrier.StartAsync(roles: ServiceRoles.Portail, transport: "interne");
        _other = CourrierApplication.Build([], _courrier.Database.ConnectionStrings, ServiceRoles.Portail, builder =>
        {
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            builder.Configuration["Donnees:Dossier"] = _courrier.Folder;
        });
        await _other.StartAsync();
        var key = await ApiKey.CreateAsync(_courrier);
        _programs = [key.Client(_courrier.BaseAddress), key.Client(new Uri(_other.Urls.Single()))];
    }

    [TearDown]
    public async Task StopAsync()
    {
        Array.ForEach(_programs, http => http.Dispose());
        await _other.StopAsync();
        await _other.DisposeAsync();
        await _courrier.DisposeAsync();
    }

    [Test]
    public async Task Calendar_ChangedByAnAgent_HoldsForTheNextRegistrationOfEveryProcess()
    {
        await AssertAnnouncedAsync("2026-05-22");

        await ChangeAsync(KindEntree.JourAjoute, "2026-05-18");
        await AssertAnnouncedAsync("2026-05-26"); // Monday 25 is Whit Monday

        await ChangeAsync(KindEntree.LundiPentecoteTravaille, null);
        await AssertAnnouncedAsync("2026-05-25");
    }

    [Test]
    public async Task Rules_SeededAgain_HoldForTheNextRegistrationOfEveryProcess()
    {
        await AssertAnnouncedAsync("2026-05-22");

        await using (var scope = _courrier.Scope())
        {
            await scope.ServiceProvider.GetServices<ISeeder>().OfType<SeedRegles>().Single().SeedAsync(WithTwelveDays(), CancellationToken.None);
        }

        await AssertAnnouncedAsync("2026-05-27");
    }

    /// <summary>In both processes, by the answer of a registration and by the sentence of the form.</summary>
    private async Task AssertAnnouncedAsync(string dueOn)
    {
        foreach (var http in _programs)
        {
            using var response = await RegisterAsync(http, """{"canal":"lettre","recu_le":"2026-05-06","objet":"Essai","expediteur_nom":"Essai","service":"DCL"}""");
            var body = await response.Content.ReadAsStringAsync();
            Assert.That(JsonDocument.Parse(body).RootElement.GetProperty("echeance").GetString(), Is.EqualTo(dueOn), body);
        }

        foreach (var services in (IServiceProvider[])[_courrier.App.Services, _other.Services])
        {
            await using var scope = services.CreateAsyncScope();
            var sentence = await scope.ServiceProvider.GetRequiredService<DelaiAnnonce>().DireAsync(
                new DelaiAnnonce.Saisie(new DateOnly(2026, 5, 6), Canal.Lettre, null, null, "DCL", null, IsPourInformation: false, IsAnonyme: false), CancellationToken.None);
            Assert.That(sentence, Does.Contain(Delais.DatesEnFrancais.DateComplete(DateOnly.Parse(dueOn, System.Globalization.CultureInfo.InvariantCulture))));
        }
    }

    private async Task ChangeAsync(KindEntree kind, string? du)
    {
        await using var scope = _courrier.Scope();
        var outcome = await scope.ServiceProvider.GetRequiredService<ChangeCalendrier>().AddAsync(
            s_administrator,
            version => new EntreeCalendrier
            {
                Kind = kind,
                Du = du is null ? null : DateOnly.Parse(du, System.Globalization.CultureInfo.InvariantCulture),
                Libelle = "Essai",
                DepuisVersion = version,
            },
            CancellationToken.None);
        Assert.That(outcome, Is.EqualTo(ChangeCalendrier.Outcome.Changed));
    }

    private static string WithTwelveDays()
    {
        var reference = Directory.CreateDirectory(Path.Combine(Directory.CreateTempSubdirectory("courrier-seeds-").FullName, "reference")).FullName;
        var seeds = Path.Combine(SeedRunner.DefaultFolder, "reference");
        foreach (var file in Directory.GetFiles(seeds, "*.json"))
        {
            File.Copy(file, Path.Combine(reference, Path.GetFileName(file)));
        }

        var rules = File.ReadAllText(Path.Combine(seeds, "regimes.json"));
        const string Ten = "\"longueur\": 10, \"unite\": \"JoursOuvres\"";
        Assert.That(rules, Does.Contain(Ten));
        File.WriteAllText(Path.Combine(reference, "regimes.json"), rules.Replace(Ten, "\"longueur\": 12, \"unite\": \"JoursOuvres\"", StringComparison.Ordinal));
        return Path.GetDirectoryName(reference)!;
    }
}
