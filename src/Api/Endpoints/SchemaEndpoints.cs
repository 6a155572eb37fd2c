using System.Collections.Concurrent;
using Parley.Api.Events;
using Parley.Api.Http;
using Parley.Api.OpenApi;
using Parley.Api.Problems;
using Parley.Api.Resources;

namespace Parley.Api.Endpoints;

/// <summary>The types of events and their JSON schemas. They tell nothing of anybody, so they need no key.</summary>
internal static class SchemaEndpoints
{
    private const string SchemaType = "application/schema+json";

    private static readonly ConcurrentDictionary<EventKind, string> Schemas = [];

    public static void MapSchemas(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/schemas/events").WithTags("Events").AllowAnonymous();
        group.MapGet("", List).Operation("listEventTypes", "List the types of events")
            .Answers(200, "Every type.", new EventTypesResource([Show(EventCatalogue.All[0])]))
            .Fails(ProblemCode.InternalError, ProblemCode.Overloaded);
        group.MapGet("/{type}", Get).Operation("getEventSchema", "Read the JSON schema of a type of event")
            .AnswersAs(200, "JSON schema, draft 2020-12.", SchemaType, static () => Schema(EventCatalogue.All[0]))
            .Fails(ProblemCode.EventTypeNotFound, ProblemCode.InternalError, ProblemCode.Overloaded);
    }

    private static Ok<EventTypesResource> List() => TypedResults.Ok(new EventTypesResource([.. EventCatalogue.All.Select(Show)]));

    private static IResult Get(string type) => EventCatalogue.Find(type) is { } kind
        ? TypedResults.Text(Schema(kind), SchemaType)
        : Problem.Of(ProblemCode.EventTypeNotFound);

    private static string Schema(EventKind kind) => Schemas.GetOrAdd(kind, static kind => EventSchemas.Of(kind).ToJsonString(Json.Options));

    private static EventTypeResource Show(EventKind kind) => new(kind.Type, kind.Description, EventSchemas.PathOf(kind));
}
