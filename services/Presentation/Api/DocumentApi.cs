using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;
using DataAnnotations = System.ComponentModel.DataAnnotations;

namespace SuiviCourrier.Presentation.Api;

/// <summary>The OpenAPI document, made from the descriptions of the operations and from the types they read and write.</summary>
public static class DocumentApi
{
    public const string Chemin = "/openapi/v1.json";

    private const string CleApi = "cle_api";
    private const string ProblemJson = "application/problem+json";
    private const string Json = "application/json";
    private const string Nom = "v1";

    public static IServiceCollection AddDocumentApi(this IServiceCollection services) =>
        services.AddOpenApi(Nom, options =>
        {
            options.ShouldInclude = endpoint => DescriptionOf(endpoint.ActionDescriptor.EndpointMetadata) is not null;
            options.AddSchemaTransformer(RequireAsync);
            options.AddOperationTransformer(DescribeAsync);
            options.AddDocumentTransformer(PresentAsync);
        });

    /// <summary>Public: it says what may be asked, and nothing of what is here.</summary>
    public static IEndpointRouteBuilder MapDocumentApi(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapOpenApi("/openapi/{documentName}.json").AllowAnonymous();
        return endpoints;
    }

    private static DescriptionOperation? DescriptionOf(IEnumerable<object> metadata) => metadata.OfType<DescriptionOperation>().SingleOrDefault();

    /// <summary>Fields to be given, or always there: those marked so, whatever the reader itself accepts.</summary>
    private static Task RequireAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        if (schema.Properties is not null)
        {
            var required = context.JsonTypeInfo.Properties
                .Where(p => p.AttributeProvider?.IsDefined(typeof(DataAnnotations.RequiredAttribute), inherit: true) is true)
                .Select(p => p.Name);
            schema.Required = required.ToHashSet();
            schema.AdditionalPropertiesAllowed = false;
        }

        return Task.CompletedTask;
    }

    private static async Task DescribeAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var description = DescriptionOf(context.Description.ActionDescriptor.EndpointMetadata)!;
        operation.OperationId = description.Operation.Nom;
        operation.Summary = description.Resume;
        operation.Description = description.Explication;
        operation.Parameters ??= [];
        foreach (var parameter in operation.Parameters.OfType<OpenApiParameter>())
        {
            parameter.Description = parameter.Name == "id" ? "Identifiant du courrier." : "Identifiant du fichier, dans la fiche du courrier.";
        }

        foreach (var parametre in description.Parametres)
        {
            operation.Parameters.Add(new OpenApiParameter
            {
                Name = parametre.Nom,
                In = ParameterLocation.Query,
                Description = parametre.Description,
                Schema = await context.GetOrCreateSchemaAsync(parametre.Type, null, cancellationToken),
                Example = parametre.Exemple is null ? null : NodeOf(parametre.Exemple),
            });
        }

        if (description.IsUnique)
        {
            operation.Parameters.Add(new OpenApiParameter
            {
                Name = EnvoiUnique.Header,
                In = ParameterLocation.Header,
                Required = true,
                Description = "Choisie par le programme pour cet envoi, et gardée s’il le refait : l’effet n’a lieu qu’une fois, et la même réponse revient. Gardée 90 jours.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = 200 },
                Example = "5f0c1c9e-6a53-4a5e-9b0e-2f6f3a1d7c11",
            });
        }

        if (description.Corps is { } corps)
        {
            operation.RequestBody = await BodyOfAsync(corps, context, cancellationToken);
        }

        operation.Responses = new OpenApiResponses();
        operation.Responses[description.Reponse.Statut.ToString(System.Globalization.CultureInfo.InvariantCulture)] =
            await SuccessOfAsync(description, context, cancellationToken);
        var problem = await ComponentAsync(typeof(ProblemeJson), context, cancellationToken);
        foreach (var problems in description.Problemes.Concat(Probleme.PourTous).Append(Probleme.ErreurInterne).Distinct().GroupBy(p => p.Statut).OrderBy(g => g.Key))
        {
            operation.Responses[problems.Key.ToString(System.Globalization.CultureInfo.InvariantCulture)] = RefusalOf([.. problems], problem);
        }
    }

    private static async Task<OpenApiRequestBody> BodyOfAsync(CorpsApi corps, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var body = new OpenApiRequestBody { Required = true, Content = new Dictionary<string, OpenApiMediaType>() };
        var schema = await ComponentAsync(corps.Type, context, cancellationToken);
        if (corps.AccepteJson)
        {
            body.Content[Json] = new OpenApiMediaType { Schema = schema, Example = NodeOf(corps.Exemple) };
        }

        if (corps.Partie is { } partie)
        {
            var parts = new OpenApiSchema { Type = JsonSchemaType.Object, Properties = new Dictionary<string, IOpenApiSchema> { [partie] = schema } };
            foreach (var fichier in corps.Fichiers)
            {
                var content = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary", Description = fichier.Description };
                parts.Properties[fichier.Champ] = fichier.Max == 1 ? content : new OpenApiSchema { Type = JsonSchemaType.Array, Items = content, MaxItems = fichier.Max, Description = fichier.Description };
            }

            body.Content["multipart/form-data"] = new OpenApiMediaType
            {
                Schema = parts,
                Encoding = new Dictionary<string, OpenApiEncoding> { [partie] = new() { ContentType = Json } },
            };
            body.Description = $"En multipart, les champs de la partie « {partie} » peuvent aussi être donnés un par un, comme ceux d’un formulaire.";
        }

        return body;
    }

    private static async Task<OpenApiResponse> SuccessOfAsync(DescriptionOperation description, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var (reponse, media) = (description.Reponse, new OpenApiMediaType());
        media.Schema = reponse.Type is { } type
            ? await ComponentAsync(type, context, cancellationToken)
            : new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" };
        media.Example = reponse.Exemple is { } exemple ? NodeOf(exemple) : null;
        var success = new OpenApiResponse
        {
            Description = reponse.Description,
            Content = new Dictionary<string, OpenApiMediaType> { [reponse.Type is null ? "application/octet-stream" : Json] = media },
        };
        if (description.IsUnique)
        {
            success.Headers = new Dictionary<string, IOpenApiHeader>
            {
                [EnvoiUnique.ReplayedHeader] = new OpenApiHeader
                {
                    Description = "true : la réponse est celle d’un envoi antérieur de la même demande.",
                    Schema = new OpenApiSchema { Type = JsonSchemaType.String },
                },
            };
            if (reponse.Statut == 201)
            {
                success.Headers["Location"] = new OpenApiHeader { Description = "Adresse du courrier.", Schema = new OpenApiSchema { Type = JsonSchemaType.String } };
            }
        }

        return success;
    }

    private static OpenApiResponse RefusalOf(IReadOnlyList<Probleme> problems, IOpenApiSchema schema) => new()
    {
        Description = string.Join(" ; ", problems.Select(p => $"{p.Titre} ({p.Code})")) + ".",
        Content = new Dictionary<string, OpenApiMediaType>
        {
            [ProblemJson] = new()
            {
                Schema = schema,
                Examples = problems.ToDictionary(p => p.Code, IOpenApiExample (p) => new OpenApiExample
                {
                    Summary = p.Titre,
                    Value = NodeOf(new ProblemeJson { Type = p.Type, Code = p.Code, Title = p.Titre, Status = p.Statut }),
                }),
            },
        },
    };

    private static Task PresentAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Courrier : API",
            Version = "1",
            Description =
                "Le registre du courrier d’une préfecture, pour les programmes : numériseurs, sites internet, autres applications. JSON en UTF-8 ; dates AAAA-MM-JJ ; "
                + "instants ISO 8601 avec leur décalage. Un champ inconnu est refusé. Chaque refus est un problème (RFC 9457) dont « code » est stable et dont "
                + "« erreurs » dit, champ par champ, ce qui était attendu.",
        };
        document.Servers = null;
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [CleApi] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "Clé donnée par l’administrateur, limitée à des opérations et à des services : « Authorization: Bearer courrier_… ».",
            },
        };
        document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(CleApi, document)] = [] }];
        return Task.CompletedTask;
    }

    /// <summary>A schema written once, and referred to.</summary>
    private static async Task<IOpenApiSchema> ComponentAsync(Type type, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var document = context.Document ?? throw new InvalidOperationException("The operation belongs to no document");
        if (document.Components?.Schemas?.ContainsKey(type.Name) is not true)
        {
            document.AddComponent(type.Name, await context.GetOrCreateSchemaAsync(type, null, cancellationToken));
        }

        return new OpenApiSchemaReference(type.Name, document);
    }

    private static JsonNode? NodeOf(object value)
    {
        var node = JsonSerializer.SerializeToNode(value, value.GetType(), JsonApi.Options);
        foreach (var empty in node is JsonObject written && value is not ProblemeJson ? written.Where(p => p.Value is null).Select(p => p.Key).ToList() : [])
        {
            ((JsonObject)node!).Remove(empty);
        }

        return node;
    }
}
