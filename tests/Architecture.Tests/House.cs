using System.Reflection;
using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Contracts;
using SuiviCourrier.Delais;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.ServiceDefaults;
using SuiviCourrier.ServiceDefaults.Data;

namespace SuiviCourrier.Architecture.Tests;

/// <summary>The rooms of the house, as the rules below name them.</summary>
internal static class House
{
    public static readonly string[] Services = ["Ingestion", "Echeances", "Portail"];

    /// <summary>What a service may refer to.</summary>
    public static readonly string[] Shared = ["Contracts", "Delais", "Presentation", "ServiceDefaults"];

    public static readonly IReadOnlyDictionary<string, string> SchemaOf = new Dictionary<string, string>
    {
        ["Ingestion"] = "ingestion",
        ["Echeances"] = "echeances",
        ["Portail"] = "portail",
        ["ServiceDefaults"] = "messagerie",
    };

    public static readonly IReadOnlyDictionary<string, Assembly> Assemblies = new Dictionary<string, Assembly>
    {
        ["Contracts"] = typeof(IFact).Assembly,
        ["Delais"] = typeof(Calendrier).Assembly,
        ["Presentation"] = typeof(Agent).Assembly,
        ["ServiceDefaults"] = typeof(ServiceRoles).Assembly,
        ["Ingestion"] = typeof(SuiviCourrier.Ingestion.IngestionService).Assembly,
        ["Echeances"] = typeof(SuiviCourrier.Echeances.EcheancesService).Assembly,
        ["Portail"] = typeof(SuiviCourrier.Portail.PortailService).Assembly,
        ["Host"] = typeof(SuiviCourrier.Host.CourrierApplication).Assembly,
    };

    /// <summary>The contexts as the migrations see them, by the room that owns them.</summary>
    public static IReadOnlyDictionary<string, DbContext> Contexts() => new Dictionary<string, DbContext>
    {
        ["ServiceDefaults"] = new DesignTime().CreateDbContext([]),
        ["Ingestion"] = new SuiviCourrier.Ingestion.Data.DesignTime().CreateDbContext([]),
        ["Echeances"] = new SuiviCourrier.Echeances.Data.DesignTime().CreateDbContext([]),
        ["Portail"] = new SuiviCourrier.Portail.Data.DesignTime().CreateDbContext([]),
    };

    /// <summary>Room of a path below services/ or contracts/.</summary>
    public static string RoomOf(string path) => path.Split('/')[1];
}
