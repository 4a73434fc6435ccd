using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using SuiviCourrier.Host.Embedded;
using SuiviCourrier.ServiceDefaults;
using SuiviCourrier.ServiceDefaults.Demonstration;
using SuiviCourrier.ServiceDefaults.Schemas;

namespace SuiviCourrier.Host.Serve;

/// <summary>The verb <c>serve</c>: everything that must be right before the first request, in the order in which it can be said.</summary>
internal static partial class ServeVerb
{
    private const string DemoLoadedMarkerName = "demonstration-chargee";

    public static async Task<int> RunAsync(Settings settings, ServiceRoles roles, string? urls, CancellationToken cancellationToken)
    {
        if (roles != ServiceRoles.All && !settings.IsOnRabbitMq)
        {
            throw new RefusedException("Le transport « interne » demande tous les rôles dans un seul processus : retirez --roles, ou mettez « rabbitmq » dans Messages:Transport.");
        }

        if (roles != ServiceRoles.All && settings.IsEmbedded)
        {
            throw new RefusedException("La base de données embarquée ne sert qu’un processus, avec tous les rôles : retirez --roles, ou indiquez un serveur par ConnectionStrings:Courrier.");
        }

        var addresses = Addresses.Parse(urls ?? settings.Configuration["urls"] ?? settings.Configuration["ASPNETCORE_URLS"]);
        addresses?.RefuseIfTaken();
        settings.PrepareFolder();
        using var onlyServe = !settings.IsEmbedded ? null : FolderLock.TryTake(Path.Combine(settings.Folder, "serve.verrou"))
            ?? throw new RefusedException($"Courrier est déjà lancé sur les données de « {settings.Folder} » : arrêtez-le d’abord, ou indiquez un autre dossier par Donnees:Dossier.");

        if (settings.IsEmbedded)
        {
            RefuseDemoOutsideLoopback(settings, addresses);
            Console.WriteLine("Préparation de la base de données…");
        }

        await using var database = await Database.OpenAsync(settings, cancellationToken);
        await using var transport = await TransportLock.TryTakeAsync(database.ConnectionStrings, isShared: settings.IsOnRabbitMq, cancellationToken)
            ?? throw new RefusedException(settings.IsOnRabbitMq
                ? "Un processus de Courrier avec le transport « interne » utilise déjà cette base de données : arrêtez-le, ou mettez « rabbitmq » dans ses réglages aussi."
                : "Un autre processus de Courrier utilise déjà cette base de données : avec le transport « interne », un seul peut la servir.");

        await using var app = await StartAsync(settings, database, addresses, roles, cancellationToken);
        await LoadDemoAsync(app, settings, cancellationToken);
        Announce(app, settings, database);
        using var watching = CancellationTokenSource.CreateLinkedTokenSource(app.Lifetime.ApplicationStopping);
        var watches = new[] { StopWhenLockIsLostAsync(transport, app, watching.Token), StopWhenDatabaseIsLostAsync(database, app, watching.Token) };
        await app.WaitForShutdownAsync(cancellationToken);
        await watching.CancelAsync();
        await Task.WhenAll(watches);
        return 0;
    }

    private static async Task<WebApplication> StartAsync(
        Settings settings, Database database, Addresses? explicitAddresses, ServiceRoles roles, CancellationToken cancellationToken)
    {
        var addresses = explicitAddresses ?? Addresses.NextFree();
        var isMigrated = false;
        while (true)
        {
            var app = CourrierApplication.Build([], database.ConnectionStrings, roles, builder =>
            {
                builder.WebHost.UseUrls(addresses.Joined);
                builder.Configuration["Donnees:Dossier"] = settings.Folder;
                builder.Configuration["Demonstration:Active"] = settings.IsEmbedded && addresses.AreLoopback ? "true" : "false";
            });
            try
            {
                if (!isMigrated)
                {
                    RefuseWithoutAssets(app);
                    await MigrateOrRefuseAsync(app, settings, database.Embedded?.IsNew ?? false, cancellationToken);
                    isMigrated = true;
                }

                await app.StartAsync(cancellationToken);
                return app;
            }
            catch (IOException taken) when (taken.InnerException is AddressInUseException && !addresses.IsExplicit)
            {
                // Another clone took it between our look and our listening.
                await app.DisposeAsync();
                addresses = Addresses.NextFree(addresses.Urls[0].Port + 1);
            }
            catch (IOException taken) when (taken.InnerException is AddressInUseException)
            {
                await app.DisposeAsync();
                throw Addresses.Taken(addresses.Urls[0]);
            }
            catch
            {
                await app.DisposeAsync();
                throw;
            }
        }
    }

    /// <summary>The accounts of the demonstration have roles nobody was given: they stay on this machine.</summary>
    private static void RefuseDemoOutsideLoopback(Settings settings, Addresses? addresses)
    {
        if (addresses is null or { AreLoopback: true })
        {
            return;
        }

        if (File.Exists(Path.Combine(settings.Folder, DemoLoadedMarkerName)))
        {
            throw new RefusedException($"Les données de « {settings.Folder} » sont celles de la démonstration, avec ses comptes : elles ne s’ouvrent que sur 127.0.0.1. Indiquez un dossier neuf par Donnees:Dossier.");
        }
    }

    private static void RefuseWithoutAssets(WebApplication app)
    {
        if (!app.Environment.WebRootFileProvider.GetFileInfo("dsfr/dsfr.min.css").Exists)
        {
            throw new RefusedException("Les ressources des pages (système de design de l’État) manquent : relancez « dotnet build services/Host » sur une machine où npm est installé.");
        }
    }

    private static async Task MigrateOrRefuseAsync(WebApplication app, Settings settings, bool isNew, CancellationToken cancellationToken)
    {
        var migrator = app.Services.GetRequiredService<SchemaMigrator>();
        if (!settings.IsEmbedded)
        {
            var pending = await migrator.PendingAsync(cancellationToken);
            if (pending.Count > 0)
            {
                throw new RefusedException($"La base de données n’est pas à jour pour cette version ({pending.Count} migration(s) en attente, dont {pending[0]}) : lancez d’abord la commande « migrate ».");
            }

            return;
        }

        var stamp = new InstalledVersion(settings.Folder);
        if (isNew || !stamp.IsCurrent)
        {
            await migrator.MigrateAsync(cancellationToken);
            await app.Services.GetRequiredService<SeedRunner>().SeedAsync(SeedRunner.DefaultFolder, cancellationToken);
            stamp.Write();
        }
    }

    private static void Announce(WebApplication app, Settings settings, Database database)
    {
        var listening = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        Console.WriteLine($"Courrier est prêt : {string.Join(", ", listening)}");
        Console.WriteLine($"Données : {settings.Folder}");
        if (database.Embedded is { } embedded)
        {
            Console.WriteLine($"Base de données embarquée : {embedded.Folder} (PostgreSQL, port {embedded.Port})");
            Console.WriteLine("Cette installation sert à essayer, former et développer. Pour passer à un serveur : « exporter DOSSIER », puis, avec ConnectionStrings:Courrier, « restaurer DOSSIER ».");
        }

        if (app.Configuration.GetValue<bool>("Demonstration:Active"))
        {
            using var scope = app.Services.CreateScope();
            foreach (var announcement in scope.ServiceProvider.GetServices<IDemoLoader>().OrderBy(d => d.Order).Select(d => d.Announcement).OfType<string>())
            {
                Console.WriteLine(announcement);
            }
        }

        Console.WriteLine("Pour arrêter : Ctrl+C.");
    }

    /// <summary>After the doors are open, because demonstration content comes in through them. A first attempt that was cut is made again.</summary>
    private static async Task LoadDemoAsync(WebApplication app, Settings settings, CancellationToken cancellationToken)
    {
        var demoMarker = Path.Combine(settings.Folder, EmbeddedPostgres.NewMarkerName);
        if (!File.Exists(demoMarker) || !app.Configuration.GetValue<bool>("Demonstration:Active"))
        {
            return;
        }

        Console.WriteLine("Chargement de la démonstration…");
        await File.WriteAllTextAsync(Path.Combine(settings.Folder, DemoLoadedMarkerName), "", cancellationToken);
        try
        {
            await using var listing = app.Services.CreateAsyncScope();
            foreach (var type in listing.ServiceProvider.GetServices<IDemoLoader>().OrderBy(d => d.Order).Select(d => d.GetType()).ToList())
            {
                await using var scope = app.Services.CreateAsyncScope();
                await scope.ServiceProvider.GetServices<IDemoLoader>().Single(d => d.GetType() == type).LoadAsync(SeedRunner.DefaultFolder, cancellationToken);
            }

            File.Delete(demoMarker);
        }
#pragma warning disable CA1031 // A demonstration that does not load must not keep anyone from the pages; the log says why.
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            app.Logger.LogDemoFailed(failure);
            await Console.Error.WriteLineAsync("La démonstration n’a pas pu être chargée entièrement ; elle le sera au prochain démarrage.");
        }
    }

    private static async Task StopWhenLockIsLostAsync(TransportLock transport, WebApplication app, CancellationToken cancellationToken)
    {
        try
        {
            await transport.KeepAsync(cancellationToken);
            await Console.Error.WriteLineAsync("Un autre processus de Courrier a pris cette base de données : celui-ci s’arrête.");
            app.Lifetime.StopApplication();
        }
        catch (OperationCanceledException)
        {
            // The application stops.
        }
    }

    private static async Task StopWhenDatabaseIsLostAsync(Database database, WebApplication app, CancellationToken cancellationToken)
    {
        try
        {
            if (database.Embedded is { } embedded)
            {
                await embedded.WatchAsync(cancellationToken);
            }
        }
        catch (RefusedException lost)
        {
            await Console.Error.WriteLineAsync(lost.Message);
            app.Lifetime.StopApplication();
        }
        catch (OperationCanceledException)
        {
            // The application stops.
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The demonstration could not be loaded; the next start tries again")]
    private static partial void LogDemoFailed(this ILogger logger, Exception failure);
}
