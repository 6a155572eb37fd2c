using Microsoft.AspNetCore.Mvc;
using Parley.Api.OpenApi;
using Parley.Api.Problems;
using Parley.Api.Resources;

namespace Parley.Api.Endpoints;

/// <summary>Adoption of instances that are there already.</summary>
internal static class AdoptionEndpoints
{
    private const int MostAtOnce = 100;

    public static void MapAdoptions(this RouteGroupBuilder admin) =>
        admin.MapPost("/gateways/{gatewayId}/adoptions", Adopt).WithTags("Gateways")
            .Operation(
                "adoptInstances",
                "Make sessions of instances that the gateway has",
                "Their pairing is not touched. What they posted to the gateway's global webhook before is taken in.")
            .Example(new AdoptionRequest([new AdoptedInstance("shop-line", "acme", "shop-1")], SetWebhook: true))
            .Answers(200, "One outcome per instance.", new AdoptionsResource([Examples.Adoption]))
            .Fails(ProblemCode.MalformedJson, ProblemCode.GatewayNotFound, ProblemCode.UnsupportedMediaType, ProblemCode.BodyTooLarge, ProblemCode.RequestTimeout)
            .Fails(GatewayProblems.All);

    private static async Task<Results<Ok<AdoptionsResource>, Problem>> Adopt(
        string gatewayId,
        AdoptionRequest request,
        [AsParameters] GatewayServices services,
        [FromServices] Adoption adoption,
        CancellationToken cancellationToken)
    {
        if (request.Instances.Count is 0 or > MostAtOnce)
        {
            return Problem.OfBody(ProblemCode.InvalidRequest, "#/instances", $"1 to {MostAtOnce} instances are adopted at once.");
        }

        if (request.Instances.Any(static i => i is null))
        {
            return Problem.OfBody(ProblemCode.InvalidRequest, "#/instances", "An instance is an object.");
        }

        var open = await services.Open(gatewayId, cancellationToken);
        var listed = await open.Gateway.ListInstances(open.Access, cancellationToken);
        var outcomes = new List<AdoptionResource>(request.Instances.Count);
        foreach (var wanted in request.Instances)
        {
            outcomes.Add(await adoption.Adopt(
                open,
                wanted,
                listed.FirstOrDefault(i => i.InstanceName == wanted.InstanceName),
                request.SetWebhook,
                request.HistorySince,
                cancellationToken));
        }

        return TypedResults.Ok(new AdoptionsResource(outcomes));
    }
}
