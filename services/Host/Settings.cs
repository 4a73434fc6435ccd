using System.Globalization;
using Npgsql;
using SuiviCourrier.Echeances.Relances;
using SuiviCourrier.Ingestion.BoitesFonctionnelles;
using SuiviCourrier.Ingestion.Formulaires;
using SuiviCourrier.ServiceDefaults;
using SuiviCourrier.ServiceDefaults.Courriels;
using SuiviCourrier.ServiceDefaults.Health;
using SuiviCourrier.ServiceDefaults.Messages;
using SuiviCourrier.ServiceDefaults.Messages.RabbitMq;

namespace SuiviCourrier.Host;

/// <summary>What the operator has set, read before anything starts: everything wrong here is said in one sentence.</summary>
internal sealed class Settings
{
    /// <summary>Sections of the configuration, as they will be read.</summary>
    private static readonly (string Section, Type Options)[] s_sections =
    [
        ("Messages", typeof(MessagesOptions)),
        ("Courriel", typeof(CourrielOptions)),
        ("Releve", typeof(ReleveOptions)),
        ("Relances", typeof(RelancesOptions)),
        ("Sante", typeof(SanteOptions)),
        ("Formulaire", typeof(FormulaireOptions)),
    ];

    private Settings(IConfigurationRoot configuration, string environment)
    {
        Configuration = configuration;
        IsDevelopment = environment == Environments.Development;
        Folder = Path.GetFullPath(configuration["Donnees:Dossier"] ?? DefaultFolder());
    }

    public IConfigurationRoot Configuration { get; }

    public bool IsDevelopment { get; }

    /// <summary>Files, dropped and outgoing mail; with the embedded default, the database too.</summary>
    public string Folder { get; }

    public bool IsEmbedded => string.IsNullOrWhiteSpace(Configuration["ConnectionStrings:Courrier"]);

    public bool IsOnRabbitMq => Configuration["Messages:Transport"] == RabbitMqBus.TransportName;

    public string? Server => Configuration["ConnectionStrings:Courrier"];

    public string? ServerForMigration => Configuration["ConnectionStrings:CourrierMigration"];

    /// <exception cref="RefusedException">A setting is wrong.</exception>
    public static Settings Read()
    {
        var environment = Environment.GetEnvironmentVariable("ASPNETCORE_ENVIRONMENT") ?? Environment.GetEnvironmentVariable("DOTNET_ENVIRONMENT") ?? Environments.Production;
        IConfigurationRoot configuration;
        try
        {
            configuration = new ConfigurationBuilder()
                .SetBasePath(AppContext.BaseDirectory)
                .AddJsonFile("appsettings.json", optional: true)
                .AddJsonFile($"appsettings.{environment}.json", optional: true)
                .AddEnvironmentVariables()
                .AddSecretFiles()
                .Build();
        }
        catch (InvalidDataException wrong)
        {
            throw new RefusedException($"Un fichier de configuration est illisible : {wrong.InnerException?.Message ?? wrong.Message}");
        }

        var settings = new Settings(configuration, environment);
        settings.RefuseWrongValues();
        return settings;
    }

    /// <summary>The data folder, made if absent, in which we can write.</summary>
    public void PrepareFolder()
    {
        var probe = Path.Combine(Folder, $".essai-{Environment.ProcessId}");
        try
        {
            PrivateFiles.CreateFolder(Folder);
            File.WriteAllText(probe, "");
            File.Delete(probe);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new RefusedException($"Le dossier des données « {Folder} » n’est pas accessible en écriture : changez ses droits, ou indiquez un autre dossier par Donnees:Dossier.");
        }
    }

    private void RefuseWrongValues()
    {
        var transport = Configuration["Messages:Transport"] ?? "interne";
        if (transport != "interne" && !IsOnRabbitMq)
        {
            throw new RefusedException($"Messages:Transport vaut « {transport} », qui n’est pas connu : les valeurs admises sont « interne » et « rabbitmq ».");
        }

        if (IsOnRabbitMq && Configuration["Messages:RabbitMq:Utilisateur"] == "guest")
        {
            throw new RefusedException("Messages:RabbitMq:Utilisateur vaut « guest », un compte que tout le monde connaît : créez un compte pour Courrier, avec ses seuls droits (deploy/rabbitmq).");
        }

        if (IsOnRabbitMq && string.IsNullOrEmpty(Configuration["Messages:RabbitMq:MotDePasse"]))
        {
            throw new RefusedException("Le mot de passe de RabbitMQ manque : indiquez-le par Messages:RabbitMq:MotDePasse.");
        }

        RefuseUnless<TimeSpan>("Horloge:Decalage", "une durée, comme « 1.00:00:00 » pour un jour", TimeSpan.TryParse);
        RefuseUnless<Uri>(
            "Site:UrlPublique", "une adresse complète, comme « https://courrier.prefecture.gouv.fr »",
            (string? value, IFormatProvider? _, out Uri result) => Uri.TryCreate(value, UriKind.Absolute, out result!) && result.Scheme == Uri.UriSchemeHttps);
        RefuseUnless<TimeSpan>("Messages:Poll", "une durée, comme « 00:00:01 »", TimeSpan.TryParse);
        RefuseUnless<int>("Messages:BatchSize", "un nombre entier", int.TryParse);
        RefuseUnless<bool>("Messages:MelangerEtDoubler", "« true » ou « false »", (string? value, IFormatProvider? _, out bool result) => bool.TryParse(value, out result));
        if (!IsDevelopment && TimeSpan.TryParse(Configuration["Horloge:Decalage"], CultureInfo.InvariantCulture, out var shift) && shift != TimeSpan.Zero)
        {
            throw new RefusedException("Horloge:Decalage déplace l’horloge et n’est admis qu’avec ASPNETCORE_ENVIRONMENT=Development : retirez ce réglage.");
        }

        foreach (var (section, options) in s_sections)
        {
            RefuseUnreadable(Configuration.GetSection(section), options);
        }

        ReverseProxy.Read(Configuration);

        // One by one: in a list the binder leaves out, without a word, what it cannot read.
        foreach (var boite in Configuration.GetSection("Boites").GetChildren())
        {
            RefuseUnreadable(boite, typeof(BoiteOptions));
        }

        foreach (var name in new[] { "Courrier", "CourrierMigration" })
        {
            try
            {
                var builder = new NpgsqlConnectionStringBuilder(Configuration[$"ConnectionStrings:{name}"] ?? "");
                if (builder.Count > 0 && string.IsNullOrEmpty(builder.Host))
                {
                    throw new RefusedException($"ConnectionStrings:{name} ne nomme pas de serveur : il y manque « Host=… ».");
                }

                if (builder.Count > 0 && string.IsNullOrEmpty(builder.Username))
                {
                    throw new RefusedException($"ConnectionStrings:{name} ne nomme pas de compte : il y manque « Username=… ».");
                }
            }
            catch (Exception wrong) when (wrong is ArgumentException or FormatException)
            {
                throw new RefusedException($"ConnectionStrings:{name} n’est pas une chaîne de connexion PostgreSQL : attendu « Host=…;Database=…;Username=…;Password=… ».");
            }
        }
    }

    private delegate bool TryParse<T>(string? value, IFormatProvider? culture, out T result);

    private static void RefuseUnreadable(IConfigurationSection section, Type options)
    {
        try
        {
            section.Get(options);
        }
        catch (InvalidOperationException wrong)
        {
            // The binder names the setting in its own sentence only.
            var setting = section.AsEnumerable().FirstOrDefault(s => s.Value is not null && wrong.Message.Contains($"'{s.Key}'", StringComparison.Ordinal));
            throw new RefusedException(setting.Key is null
                ? $"La section « {section.Key} » de la configuration est illisible : {wrong.Message}"
                : $"{setting.Key} vaut « {setting.Value} », qui n’est pas une valeur possible de ce réglage.");
        }
    }

    private void RefuseUnless<T>(string key, string expected, TryParse<T> tryParse)
    {
        if (Configuration[key] is { } value && !tryParse(value, CultureInfo.InvariantCulture, out _))
        {
            throw new RefusedException($"{key} vaut « {value} » : attendu {expected}.");
        }
    }

    /// <summary><c>.courrier</c> at the root of the clone; for a published program, in the current folder.</summary>
    private static string DefaultFolder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Courrier.sln")))
            {
                return Path.Combine(folder.FullName, ".courrier");
            }
        }

        return Path.Combine(Environment.CurrentDirectory, ".courrier");
    }

    /// <exception cref="RefusedException">A role is unknown.</exception>
    public static ServiceRoles ParseRoles(IReadOnlyList<string> names)
    {
        var roles = ServiceRoles.None;
        foreach (var name in names.SelectMany(n => n.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)))
        {
            roles |= name switch
            {
                "ingestion" => ServiceRoles.Ingestion,
                "echeances" => ServiceRoles.Echeances,
                "portail" => ServiceRoles.Portail,
                _ => throw new RefusedException($"Le rôle « {name} » n’est pas connu : les rôles sont ingestion, echeances et portail."),
            };
        }

        return roles == ServiceRoles.None ? ServiceRoles.All : roles;
    }
}
