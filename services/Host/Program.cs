using SuiviCourrier.Host;
using SuiviCourrier.ServiceDefaults;
using SuiviCourrier.ServiceDefaults.Data;
using SuiviCourrier.ServiceDefaults.Schemas;

var connectionStrings = new ConnectionStrings(Environment.GetEnvironmentVariable("ConnectionStrings__Courrier") ?? "Host=127.0.0.1");
var app = CourrierApplication.Build(args, connectionStrings, ServiceRoles.All);
await app.Services.GetRequiredService<SchemaMigrator>().MigrateAsync(CancellationToken.None);
await app.RunAsync();
