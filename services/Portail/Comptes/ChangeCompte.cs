using Microsoft.AspNetCore.Identity;
using SuiviCourrier.Portail.Annuaire;
using SuiviCourrier.Portail.Data;
using SuiviCourrier.Presentation.Rights;

namespace SuiviCourrier.Portail.Comptes;

/// <summary>Changes the role or the service of an account, deactivates or reactivates it, or gives it a new password.</summary>
public sealed class ChangeCompte(PortailDbContext db, UserManager<Compte> users, ServicesPrefecture services, TimeProvider clock)
{
    public enum Outcome
    {
        Changed,
        NotFound,
        Forbidden,

        /// <summary>An administrator may not take away his own access.</summary>
        Oneself,
        UnknownService,
        PasswordRefused,
        ChangedMeanwhile,
    }

    /// <param name="motDePasse">New password; null leaves it.</param>
    public async Task<Outcome> ExecuteAsync(
        Agent actor, Guid id, RoleAgent role, string serviceCode, bool isActif, string? motDePasse, CancellationToken cancellationToken)
    {
        if (!actor.May(Action.ManageAccounts))
        {
            return Outcome.Forbidden;
        }

        if (id == actor.Id && (!isActif || role != RoleAgent.Administrateur))
        {
            return Outcome.Oneself;
        }

        if (!await services.ExistsAsync(serviceCode, cancellationToken))
        {
            return Outcome.UnknownService;
        }

        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var compte = await users.FindByIdAsync(id.ToString());
        if (compte is null)
        {
            return Outcome.NotFound;
        }

        db.Journal.Record(
            actor.Id.ToString(), nameof(ChangeCompte), $"compte:{id}", null, clock.GetUtcNow(),
            Describe(compte), $"{role}, {serviceCode}, {(isActif ? "actif" : "inactif")}{(motDePasse is null ? "" : ", nouveau mot de passe")}");
        (compte.Role, compte.ServiceCode, compte.IsActif) = (role, serviceCode, isActif);
        if (motDePasse is not null)
        {
            foreach (var validator in users.PasswordValidators)
            {
                if (!(await validator.ValidateAsync(users, compte, motDePasse)).Succeeded)
                {
                    return Outcome.PasswordRefused;
                }
            }

            compte.PasswordHash = users.PasswordHasher.HashPassword(compte, motDePasse);
        }

        // The new stamp ends the sessions opened under the former rights.
        if (!(await users.UpdateSecurityStampAsync(compte)).Succeeded)
        {
            return Outcome.ChangedMeanwhile;
        }

        await transaction.CommitAsync(cancellationToken);
        return Outcome.Changed;
    }

    private static string Describe(Compte compte) => $"{compte.Role}, {compte.ServiceCode}, {(compte.IsActif ? "actif" : "inactif")}";
}
