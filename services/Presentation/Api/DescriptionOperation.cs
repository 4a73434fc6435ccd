using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace SuiviCourrier.Presentation.Api;

/// <summary>What a program must know of an operation to call it: the OpenAPI document and the page of the API are made from it.</summary>
public sealed record DescriptionOperation(OperationApi Operation, string Resume, string Explication)
{
    public IReadOnlyList<ParametreApi> Parametres { get; init; } = [];

    /// <summary>Null when the request has no body.</summary>
    public CorpsApi? Corps { get; init; }

    public required ReponseApi Reponse { get; init; }

    /// <summary>Beside those that any request may get (<see cref="Probleme.PourTous"/>).</summary>
    public required IReadOnlyList<Probleme> Problemes { get; init; }

    /// <summary>Its effect happens once, however often it is sent (header <c>Idempotency-Key</c>).</summary>
    public bool IsUnique => Corps is not null;
}

/// <param name="Type">What is read of the JSON.</param>
/// <param name="Partie">Name of the JSON part in a multipart body, whose other parts are <paramref name="Fichiers"/>.</param>
/// <param name="AccepteJson">The JSON may also come alone.</param>
public sealed record CorpsApi(Type Type, object Exemple, string? Partie = null, bool AccepteJson = true)
{
    public IReadOnlyList<FichierAttendu> Fichiers { get; init; } = [];
}

/// <param name="Type">Null for the content of a file.</param>
public sealed record ReponseApi(int Statut, string Description, Type? Type, object? Exemple = null);

public static class OperationsApi
{
    /// <summary>An endpoint for programs: behind the key, described, under the name of its operation.</summary>
    public static RouteHandlerBuilder MapOperation(
        this IEndpointRouteBuilder endpoints, string method, string pattern, Delegate handler, DescriptionOperation description) =>
        endpoints.MapMethods(pattern, [method], handler)
            .RequireAuthorization(PorteApi.PolicyOf(description.Operation))
            .WithName(description.Operation.Nom)
            .WithTags("courriers")
            .WithMetadata(description);
}
