using SuiviCourrier.Delais;
using SuiviCourrier.Echeances.Calendriers;
using SuiviCourrier.Echeances.Data;
using SuiviCourrier.Echeances.Regles;
using SuiviCourrier.ServiceDefaults;

namespace SuiviCourrier.Host.Scripts;

/// <summary>The rules and the calendar of the site: opens the database at the first request that names a rule, and not before.</summary>
internal sealed class ReglesDuSite : IAsyncDisposable
{
    private Database? _database;
    private WebApplication? _app;

    /// <param name="zone">Null: the site's, with its own entries.</param>
    /// <returns>The calendar, and the delay; null when this rule expects no answer.</returns>
    /// <exception cref="DemandeRefuseeException">There is no such rule for a courrier received on that day.</exception>
    public async ValueTask<(Calendrier Calendrier, Delai? Delai)> FindAsync(string code, DateOnly recu, Zone? zone, CancellationToken cancellationToken)
    {
        var app = _app ??= await OpenAsync(cancellationToken);
        await using var scope = app.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<EcheancesDbContext>();
        var regimes = (await app.Services.GetRequiredService<RegimesCourants>().GetAsync(db, cancellationToken)).Regimes.Tous;
        var versions = regimes.Where(r => r.Code == code).ToList();
        if (versions.Count == 0)
        {
            throw new DemandeRefuseeException($"« regime » : « {code} » n’est pas connu ; les règles sont {string.Join(", ", regimes.Select(r => r.Code).Distinct())}.");
        }

        var regime = versions.Find(r => r.IsValidOn(recu))
            ?? throw new DemandeRefuseeException($"« regime » : « {code} » ne s’appliquait pas le {DatesEnFrancais.DateComplete(recu)}.");
        var calendrier = zone is { } other
            ? new Calendrier(other)
            : await app.Services.GetRequiredService<CalendrierCourant>().GetAsync(db, cancellationToken);
        return (calendrier, regime.Delai);
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }

        if (_database is not null)
        {
            await _database.DisposeAsync();
        }
    }

    private async Task<WebApplication> OpenAsync(CancellationToken cancellationToken)
    {
        var settings = Settings.Read();
        settings.PrepareFolder();
        _database = await Database.OpenAsync(settings, cancellationToken);
        return CourrierApplication.Build([], _database.ConnectionStrings, ServiceRoles.None, builder => builder.Configuration["Donnees:Dossier"] = settings.Folder);
    }
}
