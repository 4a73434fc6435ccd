using System.Text.RegularExpressions;
using SuiviCourrier.TestSupport;
using SuiviCourrier.TestSupport.Mail;
using SuiviCourrier.TestSupport.Processes;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace SuiviCourrier.Host.Tests.Livraison;

/// <summary>What is delivered to install with, as far as it can be checked without a container engine: deploy/README.md says what was not run.</summary>
public sealed partial class DeliveryFilesTests
{
    /// <summary>Read by the runtime or by a library of it, not by us.</summary>
    private static readonly string[] s_runtime = ["ASPNETCORE_URLS", "DOTNET_EnableDiagnostics", "Secrets__Dossier"];

    private static readonly Dictionary<string, object> s_compose = ReadCompose();
    private static readonly string s_sources = string.Concat(Repository.Files("services", "*.cs").Select(Repository.Read));

    private static IEnumerable<string> ServicesOfCompose => Map(s_compose, "services").Keys;

    private static IEnumerable<string> Scripts => Repository.Files("deploy").Where(f => f.EndsWith(".sh", StringComparison.Ordinal) || Path.GetFileName(f) == "sante");

    private static IEnumerable<string> EnvironmentFiles => Repository.Files("deploy/debian", "*.env");

    [TestCaseSource(nameof(ServicesOfCompose))]
    public void Compose_OfEveryService_IsHardened(string name)
    {
        var service = Map(Map(s_compose, "services"), name);

        Assert.Multiple(() =>
        {
            Assert.That(service["read_only"], Is.EqualTo("true"), "its root can be written");
            Assert.That(service["cap_drop"], Is.EqualTo(new[] { "ALL" }));
            Assert.That(service["security_opt"], Is.EqualTo(new[] { "no-new-privileges:true" }));
            Assert.That(service["user"], Does.Match("^[1-9][0-9]*:[0-9]+$"), "it must not be root, and say who it is");
            Assert.That(service["image"], Does.Contain(":").And.Not.EndsWith(":latest"));
            Assert.That(service.Keys, Has.None.AnyOf("privileged", "cap_add", "network_mode", "pid", "env_file"));
            Assert.That(Texts(service, "volumes"), Has.None.Contains("docker.sock"));
            Assert.That(Texts(service, "ports").Where(_ => name != "mandataire"), Has.All.StartsWith("127.0.0.1:"), "only the proxy is reached from outside");
            Assert.That(service.ContainsKey("healthcheck") || (string)service["restart"] == "no" || name is "mandataire" or "courriels", "nobody sees when it is ill");
        });
    }

    [Test]
    public void Compose_OfTheDatabaseAndTheBroker_StaysInside()
    {
        Assert.That(Map(Map(s_compose, "networks"), "interne")["internal"], Is.EqualTo("true"));
        foreach (var name in new[] { "postgres", "rabbitmq" })
        {
            Assert.That(Texts(Map(Map(s_compose, "services"), name), "networks"), Is.EqualTo(new[] { "interne" }), name);
        }
    }

    [Test]
    public void Compose_OfThePages_BelievesTheAddressOfItsProxy()
    {
        var proxy = (string)Map(Map(Map(Map(s_compose, "services"), "mandataire"), "networks"), "mandataire")["ipv4_address"];

        Assert.That(Map(Map(Map(s_compose, "services"), "portail"), "environment")["MandataireInverse__Adresses__0"], Is.EqualTo(proxy));
    }

    [Test]
    public void Settings_GivenByWhatIsDelivered_AreOurs()
    {
        var given = ServicesOfCompose.Select(name => Map(Map(s_compose, "services"), name))
            .Where(service => ((string)service["image"]).StartsWith("courrier:", StringComparison.Ordinal))
            .SelectMany(service => Map(service, "environment").Keys.Concat(Maps(service, "secrets").Select(s => (string)s["target"])))
            .Concat(EnvironmentFiles.SelectMany(file => EnvironmentName().Matches(Repository.Read(file)).Select(m => m.Groups[1].Value)))
            .Concat(Repository.Files("deploy/debian", "*.service").SelectMany(file => CredentialName().Matches(Repository.Read(file)).Select(m => m.Groups[1].Value)))
            .Distinct().Except(s_runtime).ToList();

        Assert.That(given, Has.Count.GreaterThan(12));
        Assert.That(given.Where(name => !IsOurs(name)), Is.Empty, "nobody reads these settings");
    }

    [Test]
    public void Secrets_StandInNoFileOfTheRepository()
    {
        var files = Repository.Files("deploy").Append("docker-compose.yml").Append("Dockerfile").ToList();

        Assert.That(files.Where(f => f.Contains("/secrets/", StringComparison.Ordinal) && !IsIgnored(f)), Is.Empty);
        foreach (var file in files.Where(f => !f.Contains("/secrets/", StringComparison.Ordinal)))
        {
            Assert.That(WrittenSecret().Matches(Repository.Read(file)).Select(m => m.Value), Is.Empty, file);
        }
    }

    [TestCaseSource(nameof(Scripts))]
    public async Task Script_IsSound(string script) => await ChildProcess.RunAsync("bash", "-n", Path.Combine(Repository.Root, script));

    [Test]
    public async Task Units_AreUnderstoodBySystemd()
    {
        var analyze = ProgramOrIgnore("systemd-analyze");
        using var folder = new Folder();
        foreach (var file in Repository.Files("deploy/debian").Where(f => f.EndsWith(".service", StringComparison.Ordinal) || f.EndsWith(".target", StringComparison.Ordinal)))
        {
            // The program is installed elsewhere on this machine.
            folder.Write(Path.GetFileName(file).Replace("@.", "@portail.", StringComparison.Ordinal), Repository.Read(file).Replace("/usr/bin/dotnet", "/bin/true", StringComparison.Ordinal));
        }

        string[] units = [.. Directory.EnumerateFiles(folder.Path).Order()];
        Assert.That(units, Has.Length.EqualTo(3));
        Assert.That(await ChildProcess.RunAsync(analyze, ["verify", .. units]), Is.Empty, "systemd warns");
        foreach (var service in units.Where(u => u.EndsWith(".service", StringComparison.Ordinal)))
        {
            Assert.That(await ChildProcess.RunAsync(analyze, "security", "--offline=true", "--threshold=25", service), Does.Contain("OK"));
        }
    }

    [TestCase("deploy/compose/nginx.conf")]
    [TestCase("deploy/debian/nginx-courrier.conf")]
    public async Task Proxy_IsUnderstoodByNginx(string path)
    {
        var nginx = ProgramOrIgnore("nginx");
        using var folder = new Folder();
        using var certificate = new TestCertificate();
        folder.Write("certificat.pem", certificate.CertificatePem);
        folder.Write("cle.pem", certificate.KeyPem);

        // Debian 12's nginx is older than the image's: it says http2 on the line that listens.
        var file = Repository.Read(path)
            .Replace("/run/secrets", folder.Path, StringComparison.Ordinal)
            .Replace("/etc/ssl/courrier", folder.Path, StringComparison.Ordinal)
            .Replace("/var/log/nginx", folder.Path, StringComparison.Ordinal)
            .Replace("/etc/nginx/courrier.conf", Path.Combine(Repository.Root, "deploy", "proxy", "courrier.conf"), StringComparison.Ordinal)
            .Replace("listen 8443 ssl;\n        http2 on;", "listen 8443 ssl http2;", StringComparison.Ordinal);
        folder.Write("nginx.conf", file.Contains("http {", StringComparison.Ordinal) ? file : $"pid {folder.Path}/pid;\nevents {{}}\nhttp {{\n{file}\n}}\n");

        Assert.That(await ChildProcess.RunAsync(nginx, "-t", "-e", "/dev/null", "-c", Path.Combine(folder.Path, "nginx.conf")), Does.Contain("successful").And.Not.Contain("warn"));
    }

    /// <summary>A setting is ours when its section is read by name and each further part is a property, or when it is read by its whole name.</summary>
    private static bool IsOurs(string name)
    {
        var parts = name.Split("__").Where(p => !p.All(char.IsAsciiDigit)).ToList();
        return s_sources.Contains($"\"{string.Join(':', parts)}\"", StringComparison.Ordinal)
            || (parts.Count > 1 && s_sources.Contains($"\"{parts[0]}\"", StringComparison.Ordinal)
                && parts[1..].All(p => Regex.IsMatch(s_sources, $@"public [\w.<>?]+ {Regex.Escape(p)} \{{ get;")));
    }

    private static bool IsIgnored(string path) => path.StartsWith("deploy/compose/secrets/", StringComparison.Ordinal) && Repository.Read("deploy/compose/.gitignore").Contains("/secrets/", StringComparison.Ordinal);

    private static string ProgramOrIgnore(string name)
    {
        foreach (var folder in new[] { "/usr/bin", "/usr/sbin", "/bin", "/sbin" }.Where(folder => File.Exists(Path.Combine(folder, name))))
        {
            return Path.Combine(folder, name);
        }

        Assert.Ignore($"{name} is not on this machine: not checked");
        return name;
    }

    private static Dictionary<string, object> ReadCompose()
    {
        var parser = new MergingParser(new Parser(new StringReader(Repository.Read("docker-compose.yml"))));
        return (Dictionary<string, object>)Tidy(new DeserializerBuilder().Build().Deserialize<object>(parser));
    }

    private static object Tidy(object? value) => value switch
    {
        IDictionary<object, object> map => map.ToDictionary(entry => (string)entry.Key, entry => Tidy(entry.Value)),
        IList<object> list => list.All(item => item is string) ? list.Cast<string>().ToArray() : list.Select(Tidy).ToArray(),
        _ => value ?? "",
    };

    private static Dictionary<string, object> Map(Dictionary<string, object> map, string key) => (Dictionary<string, object>)map[key];

    private static IEnumerable<Dictionary<string, object>> Maps(Dictionary<string, object> map, string key) =>
        map.TryGetValue(key, out var list) ? ((object[])list).OfType<Dictionary<string, object>>() : [];

    private static IEnumerable<string> Texts(Dictionary<string, object> map, string key) =>
        map.TryGetValue(key, out var list) ? list as string[] ?? ((object[])list).OfType<string>() : [];

    [GeneratedRegex(@"^#?([A-Z]\w+)=", RegexOptions.Multiline)]
    private static partial Regex EnvironmentName();

    [GeneratedRegex(@"^LoadCredential=(\w+):", RegexOptions.Multiline)]
    private static partial Regex CredentialName();

    /// <summary>A password with a value: not a path, not something asked of a file or of the environment.</summary>
    [GeneratedRegex(@"(?i)(password|motdepasse|passwd|default_pass)(?!_FILE)[ \t]*[=:][ \t]*(?!/|%|\$|""?%s|…)[^\s;'""]+")]
    private static partial Regex WrittenSecret();

    private sealed class Folder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("courrier-livraison-").FullName;

        public void Write(string name, string content) => File.WriteAllText(System.IO.Path.Combine(Path, name), content);

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
