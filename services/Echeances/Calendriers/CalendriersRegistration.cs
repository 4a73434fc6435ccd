using Microsoft.Extensions.DependencyInjection;
using SuiviCourrier.ServiceDefaults.Jobs;

namespace SuiviCourrier.Echeances.Calendriers;

public static class CalendriersRegistration
{
    public static IServiceCollection AddCalendriers(this IServiceCollection services) => services
        .AddSingleton<CalendrierCourant>()
        .AddScoped<ChangeCalendrier>()
        .AddScoped<RecalculJob>()
        .AddSingleton(new RecurringJob(
            "echeances.recalcul", "Recalcul des échéances après un changement de calendrier ou de règle", "* * * * *", typeof(RecalculJob)));
}
