using Microsoft.AspNetCore.Identity;

namespace SuiviCourrier.Portail.Comptes;

/// <summary>What Identity refuses, said in French.</summary>
internal sealed class IdentityErrorsEnFrancais : IdentityErrorDescriber
{
    public override IdentityError DefaultError() => Say(nameof(DefaultError), "Le compte n’a pas pu être enregistré");

    public override IdentityError ConcurrencyFailure() =>
        Say(nameof(ConcurrencyFailure), "Quelqu’un vient de modifier ce compte : rechargez la page et recommencez");

    public override IdentityError DuplicateEmail(string email) => Say(nameof(DuplicateEmail), "Un compte existe déjà avec cette adresse");

    public override IdentityError DuplicateUserName(string userName) => Say(nameof(DuplicateUserName), "Un compte existe déjà avec cette adresse");

    public override IdentityError InvalidEmail(string? email) => Say(nameof(InvalidEmail), "Cette adresse n’est pas une adresse électronique");

    public override IdentityError InvalidUserName(string? userName) =>
        Say(nameof(InvalidUserName), "Cette adresse contient des caractères que les comptes n’acceptent pas");

    public override IdentityError PasswordTooShort(int length) =>
        Say(nameof(PasswordTooShort), $"Le mot de passe doit compter au moins {length} caractères");

    public override IdentityError PasswordRequiresUniqueChars(int uniqueChars) =>
        Say(nameof(PasswordRequiresUniqueChars), $"Le mot de passe doit contenir au moins {uniqueChars} caractères différents");

    private static IdentityError Say(string code, string sentence) => new() { Code = code, Description = sentence };
}
