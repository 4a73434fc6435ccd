using System.Diagnostics;
using Microsoft.AspNetCore.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Portail.Data;
using SuiviCourrier.ServiceDefaults;
using SuiviCourrier.ServiceDefaults.Messages;

[assembly: HostingStartup(typeof(SuiviCourrier.PoisonConsumer.PoisonStartup))]

namespace SuiviCourrier.PoisonConsumer;

/// <summary>Adds to a Host, from outside, a consumer whose process dies on one courrier, named by <c>COURRIER_TESTS_POISON</c>.</summary>
public sealed class PoisonStartup : IHostingStartup
{
    public const string Name = "portail.poison";

    public void Configure(IWebHostBuilder builder) =>
        builder.ConfigureServices(services => services.AddConsumer<Poison, CourrierQualified, PortailDbContext>(Name, ServiceRoles.Portail));
}

/// <summary>Slow enough that its neighbours are at work when the process dies.</summary>
public sealed class Poison(PortailDbContext db) : IHandle<CourrierQualified>
{
    private static readonly Guid s_culprit = Guid.Parse(Environment.GetEnvironmentVariable("COURRIER_TESTS_POISON")!);

    public async Task HandleAsync(CourrierQualified fact, CancellationToken cancellationToken)
    {
        if (fact.CourrierId == s_culprit)
        {
            using var self = Process.GetCurrentProcess();
            self.Kill();
        }

        await db.Database.ExecuteSqlAsync($"SELECT pg_sleep(0.3)", cancellationToken);
    }
}
