using System.Security.Claims;

namespace SuiviCourrier.Presentation.Rights;

public enum RoleAgent
{
    BureauOrdre,
    Agent,
    ChefService,
    Superviseur,
    Administrateur,

    /// <summary>A program with a key of the API: never the role of an account.</summary>
    Programme,
}

/// <summary>Who acts: the signed-in person, or the program with a key, as every page and command needs it.</summary>
/// <param name="Perimetre">
/// Codes of the services whose courriers the person works on, sub-services included. For a program, those its key is limited to; none
/// means every service.
/// </param>
public sealed record Agent(Guid Id, string Nom, RoleAgent Role, string ServiceCode, IReadOnlyList<string> Perimetre);

public static class AgentClaims
{
    public const string Role = "courrier:role";
    public const string Service = "courrier:service";
    public const string Perimetre = "courrier:perimetre";

    /// <summary>An operation of the API that the key allows; one claim each.</summary>
    public const string Operation = "courrier:operation";

    /// <exception cref="InvalidOperationException">Nobody is signed in: the page lacks its authorization.</exception>
    public static Agent AsAgent(this ClaimsPrincipal user) => new(
        Guid.Parse(Required(user, ClaimTypes.NameIdentifier)),
        Required(user, ClaimTypes.Name),
        Enum.Parse<RoleAgent>(Required(user, Role)),
        Required(user, Service),
        [.. user.FindAll(Perimetre).Select(c => c.Value)]);

    private static string Required(ClaimsPrincipal user, string type) =>
        user.FindFirstValue(type) ?? throw new InvalidOperationException($"The signed-in user has no claim {type}");
}
