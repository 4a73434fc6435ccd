using System.CommandLine;
using System.CommandLine.Help;
using SuiviCourrier.Host.Embedded;
using SuiviCourrier.Host.Sauvegardes;
using SuiviCourrier.Host.Scripts;
using SuiviCourrier.Host.Serve;
using SuiviCourrier.Ingestion.BoitesFonctionnelles.Secrets;
using SuiviCourrier.Portail.Comptes;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.ServiceDefaults;
using SuiviCourrier.ServiceDefaults.Data;
using SuiviCourrier.ServiceDefaults.Fichiers;
using SuiviCourrier.ServiceDefaults.Schemas;

namespace SuiviCourrier.Host;

/// <summary>The commands of the program. Every one but <c>serve</c> uses the database that runs, or starts it and stops it, and runs no worker.</summary>
internal static class Verbs
{
    private const string PasswordVariable = "COURRIER_MOTDEPASSE";

    public static RootCommand All()
    {
        var roles = new Option<string[]>("--roles") { Description = "Ce que fait ce processus : ingestion, echeances, portail (par défaut, tout).", AllowMultipleArgumentsPerToken = true };
        var urls = new Option<string>("--urls") { Description = "Adresse des pages, par exemple http://0.0.0.0:8080 (par défaut http://127.0.0.1:5080, ou le port libre suivant)." };
        Task<int> ServeAsync(ParseResult parsed, CancellationToken cancellationToken) =>
            ServeVerb.RunAsync(Settings.Read(), Settings.ParseRoles(parsed.GetValue(roles) ?? []), parsed.GetValue(urls), cancellationToken);

        var root = new RootCommand("Courrier : le registre du courrier d’une préfecture. Sans commande : serve.") { roles, urls };
        root.SetAction(ServeAsync);
        root.Options.OfType<HelpOption>().Single().Description = "Montre cette aide.";
        var serve = new Command("serve", "Lance l’application.") { roles, urls };
        serve.SetAction(ServeAsync);
        root.Subcommands.Add(serve);

        root.Subcommands.Add(Verb("migrate", "Met la base de données au niveau de cette version.", async (app, _, _, cancellationToken) =>
        {
            await app.Services.GetRequiredService<SchemaMigrator>().MigrateAsync(cancellationToken);
            Console.WriteLine("La base de données est à jour.");
        }));
        root.Subcommands.Add(Verb("seed", "Charge les données de référence (site, services, types, régimes, jours fériés…).", async (app, settings, _, cancellationToken) =>
        {
            await PrepareAsync(app, settings, cancellationToken);
            await app.Services.GetRequiredService<SeedRunner>().SeedAsync(SeedRunner.DefaultFolder, cancellationToken);
            Console.WriteLine("Les données de référence sont chargées.");
        }));

        var target = new Argument<string>("DOSSIER") { Description = "Dossier neuf où écrire la sauvegarde." };
        root.Subcommands.Add(Verb("exporter", "Sauvegarde la base de données et les fichiers dans un dossier.", async (app, settings, parsed, cancellationToken) =>
        {
            await PrepareAsync(app, settings, cancellationToken);
            var folder = Path.GetFullPath(parsed.GetValue(target)!);
            var manifest = await BackupOf(app, settings).ExportAsync(folder, cancellationToken);
            Console.WriteLine($"Sauvegarde écrite dans {folder} : {manifest.Tables.Count} tables, {manifest.Tables.Sum(t => t.Rows)} lignes, {manifest.Files.Count} fichiers.");
            if (app.Services.GetRequiredService<Coffre>() is { IsKeptInFile: true } coffre)
            {
                Console.WriteLine($"La clé des mots de passe des boîtes n’y est pas, exprès : gardez une copie de {Path.GetFullPath(coffre.Fichier)} ailleurs. Sans elle, ces mots de passe sont à retaper.");
            }
        }, target));

        var source = new Argument<string>("DOSSIER") { Description = "Dossier d’une sauvegarde faite par « exporter »." };
        root.Subcommands.Add(Verb("restaurer", "Remet une sauvegarde dans une base et un dossier neufs.", async (app, settings, parsed, cancellationToken) =>
        {
            var folder = Path.GetFullPath(parsed.GetValue(source)!);
            await app.Services.GetRequiredService<SchemaMigrator>().MigrateAsync(cancellationToken);
            var manifest = await BackupOf(app, settings).RestoreAsync(folder, cancellationToken);
            File.Delete(Path.Combine(settings.Folder, EmbeddedPostgres.NewMarkerName));
            await using var scope = app.Services.CreateAsyncScope();
            var deactivated = await scope.ServiceProvider.GetRequiredService<DemoComptes>().DeactivateAsync(cancellationToken);
            if (deactivated > 0)
            {
                Console.WriteLine($"Les {deactivated} comptes de démonstration que contenait la sauvegarde sont désactivés : créez un premier compte par « compte creer ».");
            }

            Console.WriteLine($"Sauvegarde restaurée : {manifest.Tables.Sum(t => t.Rows)} lignes, {manifest.Files.Count} fichiers, vérifiés.");
        }, source));
        root.Subcommands.Add(Compte());
        root.Subcommands.Add(ClesVerbs.Create());
        var importerEml = Verb("importer-eml", "Prend chaque fichier d’un dossier comme un message d’une boîte ; une ligne JSON par fichier.", async (app, settings, parsed, cancellationToken) =>
        {
            await PrepareAsync(app, settings, cancellationToken);
            await ImporterEmlVerb.RunAsync(app, settings, parsed, cancellationToken);
        }, ImporterEmlVerb.Folder);
        importerEml.Options.Add(ImporterEmlVerb.Boite);
        importerEml.Options.Add(ImporterEmlVerb.Plafonds);
        root.Subcommands.Add(importerEml);
        var importerStock = Verb("importer-stock", "Reprend le courrier en cours d’un ancien système ; sans --executer, un essai.", async (app, settings, parsed, cancellationToken) =>
        {
            await PrepareAsync(app, settings, cancellationToken);
            await ImporterStockVerb.RunAsync(app, parsed, cancellationToken);
        }, ImporterStockVerb.Fichier);
        importerStock.Options.Add(ImporterStockVerb.Essai);
        importerStock.Options.Add(ImporterStockVerb.Executer);
        importerStock.Options.Add(ImporterStockVerb.Accuser);
        root.Subcommands.Add(importerStock);
        root.Subcommands.Add(DelaiVerb.Create());
        root.Subcommands.Add(LireMessageVerb.Create());
        root.Subcommands.Add(LirePieceVerb.Create());
        return root;
    }

    /// <summary>The password comes from the environment or from the keyboard: the arguments of a process are read by everyone on its machine.</summary>
    private static Command Compte()
    {
        var courriel = new Option<string>("--courriel") { Description = "Adresse électronique : l’identifiant de connexion.", Required = true };
        var nom = new Option<string>("--nom") { Description = "Prénom et nom.", Required = true };
        var role = new Option<string>("--role") { Description = "bureau-ordre, agent, chef-service, superviseur ou administrateur.", DefaultValueFactory = _ => "administrateur" };
        var service = new Option<string>("--service") { Description = "Code du service.", Required = true };
        var create = Verb("creer", $"Crée un compte ; le mot de passe est lu dans {PasswordVariable}, sinon sur l’entrée standard.", async (app, settings, parsed, cancellationToken) =>
        {
            var roleAgent = parsed.GetValue(role) switch
            {
                "bureau-ordre" => RoleAgent.BureauOrdre,
                "agent" => RoleAgent.Agent,
                "chef-service" => RoleAgent.ChefService,
                "superviseur" => RoleAgent.Superviseur,
                "administrateur" => RoleAgent.Administrateur,
                var other => throw new RefusedException($"Le rôle « {other} » n’est pas connu : les rôles sont bureau-ordre, agent, chef-service, superviseur et administrateur."),
            };
            await PrepareAsync(app, settings, cancellationToken);
            var password = Environment.GetEnvironmentVariable(PasswordVariable) ?? await ReadPasswordAsync(cancellationToken);
            await using var scope = app.Services.CreateAsyncScope();
            var created = await scope.ServiceProvider.GetRequiredService<CreateCompte>().ExecuteAsync(
                "commande", parsed.GetValue(courriel)!, parsed.GetValue(nom)!, roleAgent, parsed.GetValue(service)!, password, cancellationToken);
            if (created.Id is null)
            {
                throw new RefusedException($"Le compte n’a pas été créé : {string.Join(" ; ", created.Refus)}.");
            }

            Console.WriteLine($"Le compte {parsed.GetValue(courriel)} est créé.");
        });
        foreach (var option in new Option[] { courriel, nom, role, service })
        {
            create.Options.Add(option);
        }

        return new Command("compte", "Les comptes des agents.") { create };
    }

    private static async Task<string> ReadPasswordAsync(CancellationToken cancellationToken)
    {
        if (!Console.IsInputRedirected)
        {
            Console.Write("Mot de passe (12 caractères au moins, visible à l’écran) : ");
        }

        return await Console.In.ReadLineAsync(cancellationToken)
            ?? throw new RefusedException($"Aucun mot de passe n’a été donné : écrivez-le sur l’entrée standard ou dans {PasswordVariable}.");
    }

    /// <returns>The one sentence that says what is wrong with the settings; null for a defect of ours, which keeps its trace.</returns>
    public static string? SentenceFor(Exception failure) => failure switch
    {
        RefusedException or MissingRolesException => failure.Message,
        Npgsql.PostgresException { SqlState: Npgsql.PostgresErrorCodes.InsufficientPrivilege } refused =>
            $"Le compte de la base de données n’a pas les droits nécessaires ({refused.MessageText}) : indiquez un compte propriétaire par ConnectionStrings:CourrierMigration.",
        Npgsql.PostgresException when DisquePlein.IsCauseOf(failure) => "Le disque de la base de données est plein.",
        _ when DisquePlein.IsCauseOf(failure) => "Le disque est plein.",
        _ => null,
    };

    /// <summary>A command on the database, running or started for it, without any worker.</summary>
    public static Command Verb(
        string name, string description, Func<WebApplication, Settings, ParseResult, CancellationToken, Task> runAsync, Argument<string>? argument = null)
    {
        var verb = new Command(name, description);
        if (argument is not null)
        {
            verb.Arguments.Add(argument);
        }

        verb.SetAction(async (parsed, cancellationToken) =>
        {
            var settings = Settings.Read();
            settings.PrepareFolder();
            await using var database = await Database.OpenAsync(settings, cancellationToken);
            if (settings.ServerForMigration is { } migration && !settings.IsEmbedded)
            {
                await Database.CheckAsync(migration, cancellationToken);
            }

            await using var app = CourrierApplication.Build([], database.ConnectionStrings, ServiceRoles.None, builder =>
                builder.Configuration["Donnees:Dossier"] = settings.Folder);
            await runAsync(app, settings, parsed, cancellationToken);
            return 0;
        });
        return verb;
    }

    /// <summary>The schemas as this version needs them: brought to it when embedded, refused otherwise.</summary>
    public static async Task PrepareAsync(WebApplication app, Settings settings, CancellationToken cancellationToken)
    {
        var migrator = app.Services.GetRequiredService<SchemaMigrator>();
        if (settings.IsEmbedded)
        {
            await migrator.MigrateAsync(cancellationToken);
        }
        else if ((await migrator.PendingAsync(cancellationToken)).Count > 0)
        {
            throw new RefusedException("La base de données n’est pas à jour pour cette version : lancez d’abord la commande « migrate ».");
        }
    }

    private static Backup BackupOf(WebApplication app, Settings settings) =>
        new(
            app.Services.GetRequiredService<ConnectionStrings>(),
            app.Services.GetServices<OwnedSchema>(),
            app.Services.GetRequiredService<SchemaMigrator>().TablesWithRows(),
            settings.Folder);
}
