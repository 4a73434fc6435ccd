using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Portail.Annuaire;
using SuiviCourrier.Portail.Data;
using SuiviCourrier.Presentation.Rights;

namespace SuiviCourrier.Portail.Comptes;

/// <summary>Creates an account: by an administrator on the page, or by the verb <c>compte creer</c> for the first one.</summary>
public sealed class CreateCompte(PortailDbContext db, UserManager<Compte> users, ServicesPrefecture services, TimeProvider clock)
{
    /// <param name="Id">The new account; null when it was refused.</param>
    /// <param name="Refus">Sentences in French, one per reason.</param>
    public sealed record Result(Guid? Id, IReadOnlyList<string> Refus);

    /// <param name="acteur">Account identifier of the administrator, or <c>commande</c>.</param>
    public Task<Result> ExecuteAsync(
        string acteur, string courriel, string nom, RoleAgent role, string serviceCode, string motDePasse, CancellationToken cancellationToken) =>
        CreateAsync(acteur, courriel, nom, role, serviceCode, motDePasse, isDemonstration: false, cancellationToken);

    internal async Task<Result> CreateAsync(
        string acteur, string courriel, string nom, RoleAgent role, string serviceCode, string motDePasse, bool isDemonstration, CancellationToken cancellationToken)
    {
        courriel = courriel.Trim();
        nom = nom.Trim();
        if (nom.Length is 0 or > 200 || nom.Contains('\0', StringComparison.Ordinal))
        {
            return Refused("Le nom doit compter de 1 à 200 caractères");
        }

        if (courriel.Length > 200 || courriel.Any(char.IsControl))
        {
            return Refused("Cette adresse n’est pas une adresse électronique");
        }

        if (!await services.ExistsAsync(serviceCode, cancellationToken))
        {
            return Refused($"Le service « {serviceCode} » n’existe pas : chargez d’abord les services avec la commande « seed », ou choisissez-en un autre");
        }

        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var compte = new Compte
        {
            Nom = nom,
            Role = role,
            ServiceCode = serviceCode,
            UserName = courriel,
            Email = courriel,
            EmailConfirmed = true,
            IsDemonstration = isDemonstration,
        };
        db.Journal.Record(acteur, nameof(CreateCompte), $"compte:{compte.Id}", null, clock.GetUtcNow(), apres: $"{role}, {serviceCode}");
        var created = await SaveAsync(compte, motDePasse);
        if (!created.Succeeded)
        {
            return new Result(null, [.. created.Errors.Select(e => e.Description).Distinct()]);
        }

        await transaction.CommitAsync(cancellationToken);
        return new Result(compte.Id, []);
    }

    private async Task<IdentityResult> SaveAsync(Compte compte, string motDePasse)
    {
        try
        {
            return await users.CreateAsync(compte, motDePasse);
        }
        catch (DbUpdateException duplicate) when (duplicate.InnerException is Npgsql.PostgresException { SqlState: Npgsql.PostgresErrorCodes.UniqueViolation })
        {
            // Two administrators at once: the unique index is the truth.
            return IdentityResult.Failed(users.ErrorDescriber.DuplicateEmail(compte.Email!));
        }
    }

    private static Result Refused(string sentence) => new(null, [sentence]);
}
