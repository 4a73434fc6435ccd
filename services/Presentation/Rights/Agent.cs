using System.Security.Claims;

namespace SuiviCourrier.Presentation.Rights;

public enum RoleAgent
{
    BureauOrdre,
    Agent,
    ChefService,
    Superviseur,
    Administrateur,
}

/// <summary>Who acts: the signed-in person as every page and command needs it.</summary>
/// <param name="Perimetre">Codes of the services whose courriers the person works on, sub-services included.</param>
public sealed record Agent(Guid Id, string Nom, RoleAgent Role, string ServiceCode, IReadOnlyList<string> Perimetre);

public static class AgentClaims
{
    public const string Role = "courrier:role";
    public const string Service = "courrier:service";
    public const string Perimetre = "courrier:perimetre";

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
