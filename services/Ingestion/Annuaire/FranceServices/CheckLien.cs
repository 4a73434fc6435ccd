using System.Net;
using System.Net.Sockets;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.ServiceDefaults.Time;

namespace SuiviCourrier.Ingestion.Annuaire.FranceServices;

/// <summary>How links are opened.</summary>
public sealed class LiensOptions
{
    public const string Section = "Liens";

    /// <summary>Lets the button open addresses of the internal network: without it they are refused, so that nobody explores it from here.</summary>
    public bool ReseauInterne { get; set; }

    /// <summary>How long one page may take.</summary>
    public TimeSpan Delai { get; set; } = TimeSpan.FromSeconds(10);
}

/// <summary>Opens the link of one département, and keeps the day and the result: only its status is read, nothing of the page.</summary>
public sealed class CheckLien(IngestionDbContext db, IHttpClientFactory clients, IOptions<LiensOptions> options, SiteCourant siteCourant, TimeProvider clock)
{
    /// <summary>Name of the <see cref="HttpClient"/>: it follows redirections, keeps no cookie, and uses the proxy of the machine.</summary>
    public const string Client = "france-services";

    public enum Outcome
    {
        Reached,
        Failed,
        NotFound,
    }

    public async Task<Outcome> ExecuteAsync(string acteur, string departement, CancellationToken cancellationToken)
    {
        var url = await db.LiensFranceServices.Where(l => l.Departement == departement).Select(l => l.Url).SingleOrDefaultAsync(cancellationToken);
        if (url is null)
        {
            return Outcome.NotFound;
        }

        var echec = await TryAsync(new Uri(url), cancellationToken);
        var now = clock.GetUtcNow();
        var lien = await db.LiensFranceServices.SingleAsync(l => l.Departement == departement, cancellationToken);
        if (lien.Url == url)
        {
            (lien.EssayeLe, lien.Echec) = (now, echec);
            lien.VerifieLe = echec is null ? (await siteCourant.GetAsync(cancellationToken)).DayOf(now) : lien.VerifieLe;
            db.Journal.Record(acteur, nameof(CheckLien), $"france-services:{departement}", null, now, apres: echec ?? "Le lien répond");
            await db.TrySaveChangesAsync(cancellationToken);
        }

        return echec is null ? Outcome.Reached : Outcome.Failed;
    }

    /// <returns>Null when the page answers; else why not, in French.</returns>
    private async Task<string?> TryAsync(Uri url, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.Value.Delai);
        try
        {
            if (!options.Value.ReseauInterne && await IsInternalAsync(url, limit.Token))
            {
                return "Cette adresse est celle d’une machine du réseau interne : le public ne peut pas l’ouvrir";
            }

            using var client = clients.CreateClient(Client);
            using var response = await client.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            return response.IsSuccessStatusCode ? null : $"Le site répond {(int)response.StatusCode} : la page n’est pas là";
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"Le site n’a pas répondu en {options.Value.Delai.TotalSeconds:0} secondes";
        }
        catch (Exception exception) when (exception is HttpRequestException or SocketException)
        {
            return "Le site est injoignable";
        }
    }

    private static async Task<bool> IsInternalAsync(Uri url, CancellationToken cancellationToken)
    {
        var addresses = IPAddress.TryParse(url.Host.Trim('[', ']'), out var literal) ? [literal] : await Dns.GetHostAddressesAsync(url.Host, cancellationToken);
        return addresses.Any(IsInternal);
    }

    private static bool IsInternal(IPAddress address)
    {
        var bytes = (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).GetAddressBytes();
        return IPAddress.IsLoopback(address) || address.IsIPv6LinkLocal || address.IsIPv6UniqueLocal || address.IsIPv6SiteLocal
            || (bytes.Length == 4 && bytes is [0 or 10 or 127, ..] or [169, 254, ..] or [192, 168, ..] or [172, >= 16 and <= 31, ..]);
    }
}
