using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using SuiviCourrier.Ingestion.SuiviPublic;

namespace SuiviCourrier.Ingestion.Formulaires;

public static class FormulairesRegistration
{
    /// <summary>The pages open to everyone: writing to the préfecture, and following what was written.</summary>
    public static IHostApplicationBuilder AddFormulaires(this IHostApplicationBuilder builder)
    {
        builder.Services.Configure<FormulaireOptions>(builder.Configuration.GetSection("Formulaire"));
        builder.Services.AddSingleton<DebitPublic>();
        builder.Services.AddSingleton<LienSuivi>();
        builder.Services.AddScoped<SubmitMessage>();
        builder.Services.AddScoped<PiecesDuFormulaire>();
        builder.Services.AddScoped<LireSuivi>();
        return builder;
    }
}
