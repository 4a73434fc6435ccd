using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using SuiviCourrier.Contracts;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Contracts.Echeances;
using SuiviCourrier.Echeances.Clocks;
using SuiviCourrier.Echeances.Data;
using SuiviCourrier.Echeances.Relances;
using SuiviCourrier.ServiceDefaults;
using SuiviCourrier.ServiceDefaults.Messages;
using SuiviCourrier.TestSupport;

namespace SuiviCourrier.Echeances.Tests;

/// <summary>The application with a clock we set and no worker running: facts go in one by one, sweeps run when the test says so.</summary>
public sealed class Banc : IAsyncDisposable
{
    private readonly Dictionary<(Guid, string), int> _versions = [];

    private Banc(RunningCourrier courrier, FakeTimeProvider clock)
    {
        Courrier = courrier;
        Clock = clock;
    }

    public RunningCourrier Courrier { get; }
    public FakeTimeProvider Clock { get; }
    public TestDatabase Database => Courrier.Database;

    /// <param name="now">Local time in Paris: <c>2026-05-06 09:00</c>.</param>
    public static async Task<Banc> StartAsync(string now, ServiceRoles roles = ServiceRoles.None, IReadOnlyDictionary<string, string?>? settings = null)
    {
        var clock = new FakeTimeProvider(Paris(now));
        var courrier = await RunningCourrier.StartAsync(
            settings, builder => builder.Services.AddSingleton<TimeProvider>(clock), roles);
        var banc = new Banc(courrier, clock);
        await banc.AddAccountsAsync();
        return banc;
    }

    public static DateTimeOffset Paris(string local)
    {
        var time = DateTime.Parse(local, CultureInfo.InvariantCulture);
        return new DateTimeOffset(time, TimeZoneInfo.FindSystemTimeZoneById("Europe/Paris").GetUtcOffset(time)).ToUniversalTime();
    }

    public static DateOnly Day(string day) => DateOnly.Parse(day, CultureInfo.InvariantCulture);

    public void SetNow(string local) => Clock.AdjustTime(Paris(local));

    public ValueTask DisposeAsync() => Courrier.DisposeAsync();

    /// <summary>Gives one fact to its consumer, as the bus does.</summary>
    public async Task DeliverAsync(IFact fact, Guid? messageId = null)
    {
        var dispatcher = Courrier.App.Services.GetRequiredService<ConsumerDispatcher>();
        var consumer = dispatcher.ConsumersOf(FactJson.NameOf(fact.GetType())).Single(c => c.Role == ServiceRoles.Echeances);
        await dispatcher.DispatchAsync(consumer, messageId ?? Guid.CreateVersion7(), FactJson.Write(fact), null, CancellationToken.None);
        if (RunningCourrier.AreDeliveriesShuffled)
        {
            // Under another identifier, as a message replayed long after the inbox has forgotten it: only its version says that it is old.
            await dispatcher.DispatchAsync(consumer, Guid.CreateVersion7(), FactJson.Write(fact), null, CancellationToken.None);
        }
    }

    /// <summary>A registration, delivered.</summary>
    public async Task<Guid> RegisterAsync(
        string recuLe, Canal canal = Canal.Lettre, NatureCourrier? nature = null, string? type = null,
        CategorieExpediteur categorie = CategorieExpediteur.Particulier, string? service = "DCL-ETR", bool isPourInformation = false, Guid? id = null)
    {
        var courrierId = id ?? Guid.CreateVersion7();
        await DeliverAsync(new CourrierRegistered
        {
            Source = "ingestion",
            CourrierId = courrierId,
            Version = NextVersion(courrierId, "ingestion"),
            Etat = Enregistrement(Day(recuLe), canal, nature, type, categorie, service, isPourInformation),
        });
        return courrierId;
    }

    public Task CorrectAsync(Guid courrierId, EtatEnregistrement etat) => DeliverAsync(new CourrierCorrected
    {
        Source = "ingestion",
        CourrierId = courrierId,
        Version = NextVersion(courrierId, "ingestion"),
        Etat = etat,
    });

    public Task AnnulAsync(Guid courrierId, EtatEnregistrement etat) => DeliverAsync(new CourrierAnnulled
    {
        Source = "ingestion",
        CourrierId = courrierId,
        Version = NextVersion(courrierId, "ingestion"),
        Etat = etat with { IsAnnule = true },
    });

    public Task QualifyAsync(Guid courrierId, NatureCourrier nature, string? type = null, string service = "DCL-ETR") => DeliverAsync(new CourrierQualified
    {
        Source = "portail",
        CourrierId = courrierId,
        Version = NextVersion(courrierId, "portail"),
        Etat = new EtatDossier { Etat = EtatCourrier.EnInstruction, IsQualifie = true, Nature = nature, TypeCode = type, ServiceInstructeurCode = service },
    });

    public Task AssignAsync(Guid courrierId, string service, Guid? agentId = null) => DeliverAsync(new CourrierAssigned
    {
        Source = "portail",
        CourrierId = courrierId,
        Version = NextVersion(courrierId, "portail"),
        Etat = new EtatDossier { Etat = EtatCourrier.Affecte, ServiceInstructeurCode = service, AgentId = agentId },
        ServiceInstructeurCode = service,
        AssignedAt = Clock.GetUtcNow(),
    });

    public Task AnswerAsync(Guid courrierId, string le, bool surLeFond = true) => DeliverAsync(new CourrierAnswered
    {
        Source = "portail",
        CourrierId = courrierId,
        Version = NextVersion(courrierId, "portail"),
        Etat = surLeFond
            ? new EtatDossier { Etat = EtatCourrier.Repondu, ReponduLe = Day(le), ClosLe = Day(le), ServiceInstructeurCode = "DCL-ETR" }
            : new EtatDossier { Etat = EtatCourrier.EnInstruction, ServiceInstructeurCode = "DCL-ETR" },
        IsSurLeFond = surLeFond,
        ReponduLe = Day(le),
    });

    public Task ReopenAsync(Guid courrierId) => DeliverAsync(new CourrierReopened
    {
        Source = "portail",
        CourrierId = courrierId,
        Version = NextVersion(courrierId, "portail"),
        Etat = new EtatDossier { Etat = EtatCourrier.EnInstruction, ServiceInstructeurCode = "DCL-ETR" },
    });

    public static EtatEnregistrement Enregistrement(
        DateOnly recuLe, Canal canal = Canal.Lettre, NatureCourrier? nature = null, string? type = null,
        CategorieExpediteur categorie = CategorieExpediteur.Particulier, string? service = "DCL-ETR", bool isPourInformation = false) => new()
        {
            SiteCode = "37",
            NumeroChrono = $"ARR-{recuLe.Year}-{Random.Shared.Next(1, 99999):00000}",
            Sens = Sens.Arrivee,
            Canal = canal,
            RecuLe = recuLe,
            EnregistreLe = new DateTimeOffset(recuLe.ToDateTime(new TimeOnly(9, 0)), TimeSpan.Zero),
            Categorie = categorie,
            Nature = nature,
            TypeCode = type,
            ServiceCode = service,
            IsPourInformation = isPourInformation,
        };

    public int NextVersion(Guid courrierId, string source) =>
        _versions[(courrierId, source)] = _versions.GetValueOrDefault((courrierId, source)) + 1;

    public async Task<Horloge?> HorlogeAsync(Guid courrierId)
    {
        await using var scope = Courrier.Scope();
        var db = scope.ServiceProvider.GetRequiredService<EcheancesDbContext>();
        return await db.Horloges.AsNoTracking().Include(h => h.Etapes).SingleOrDefaultAsync(h => h.CourrierId == courrierId && h.Kind == KindEcheance.Reponse);
    }

    public async Task<List<LigneRelance>> LignesAsync(Guid courrierId)
    {
        await using var scope = Courrier.Scope();
        var db = scope.ServiceProvider.GetRequiredService<EcheancesDbContext>();
        return await db.LignesRelance.AsNoTracking().Where(l => l.CourrierId == courrierId).OrderBy(l => l.Id).ToListAsync();
    }

    /// <summary>Short names of the facts published about a courrier, in order.</summary>
    public async Task<List<string>> PublishedAsync(Guid courrierId)
    {
        await using var scope = Courrier.Scope();
        var db = scope.ServiceProvider.GetRequiredService<EcheancesDbContext>();
        var messages = await db.Set<OutboxMessage>().AsNoTracking().OrderBy(m => m.Id).ToListAsync();
        return [.. messages.Where(m => m.Payload.Contains(courrierId.ToString(), StringComparison.Ordinal)).Select(m => m.Type[(m.Type.LastIndexOf('.') + 1)..])];
    }

    public async Task SweepAsync()
    {
        await using var scope = Courrier.Scope();
        await scope.ServiceProvider.GetRequiredService<RelancesJob>().RunAsync(CancellationToken.None);
    }

    public async Task ExecuteAsync(string sql, params object[] values)
    {
        await using var connection = new NpgsqlConnection(Database.ConnectionStrings.Migration);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        await command.ExecuteNonQueryAsync();
    }

    public static readonly Guid Nadia = Guid.Parse("00000000-0000-4000-8000-000000000001");
    public static readonly Guid Martine = Guid.Parse("00000000-0000-4000-8000-000000000002");
    public static readonly Guid Marie = Guid.Parse("00000000-0000-4000-8000-000000000003");
    public static readonly Guid Claire = Guid.Parse("00000000-0000-4000-8000-000000000004");

    private Task AddAccountsAsync() => ExecuteAsync(
        $"""
        INSERT INTO portail.comptes
            (id, nom, email, role, service_code, is_actif, email_confirmed, phone_number_confirmed, two_factor_enabled, lockout_enabled, access_failed_count, is_demonstration)
        SELECT id::uuid, nom, courriel, role, service_code, true, true, false, false, true, 0, false FROM (VALUES
            ('{Nadia}', 'Nadia Belkacem', 'nadia.belkacem@indre-et-loire.invalid', 'Agent', 'DCL-ETR'),
            ('{Claire}', 'Claire Fontaine', 'claire.fontaine@indre-et-loire.invalid', 'Agent', 'DCL-NAT'),
            ('{Martine}', 'Martine Delorme', 'martine.delorme@indre-et-loire.invalid', 'ChefService', 'DCL'),
            ('{Marie}', 'Marie Castel', 'marie.castel@indre-et-loire.invalid', 'Superviseur', 'SG')
        ) AS comptes(id, nom, courriel, role, service_code)
        """);
}
