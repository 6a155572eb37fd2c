using Parley.Api.Auth;
using Parley.Api.OpenApi;
using Parley.Api.Paging;
using Parley.Api.Problems;
using Parley.Api.Resources;
using Parley.Ingest;
using Parley.Ports;
using Parley.Ports.Gateways;

namespace Parley.Api.Endpoints;

/// <summary>The gateways of the installation, for the administrator.</summary>
internal static class GatewayEndpoints
{
    private const int LongestUrl = 1_000;
    private const int WebhooksAtOnce = 4;
    private const int PageSize = 200;

    public static void MapGateways(this RouteGroupBuilder admin)
    {
        var group = admin.MapGroup("/gateways").WithTags("Gateways");
        group.MapPost("", Create).Operation("createGateway", "Make a gateway known, with a token for its global webhook")
            .Example(new CreateGatewayRequest("main", "evolution", "https://evolution.example", "the-global-key"))
            .Answers(201, "The gateway; its token is shown this once.", Examples.CreatedGateway)
            .CarriesLocation(201)
            .Fails(ProblemCode.MalformedJson, ProblemCode.GatewayExists, ProblemCode.UnsupportedMediaType, ProblemCode.BodyTooLarge, ProblemCode.RequestTimeout);
        group.MapGet("", List).Operation("listGateways", "List the gateways")
            .Takes(PageCall.Parameters)
            .Answers(200, "A page of gateways.", Examples.Page(Examples.Gateway))
            .Fails(ProblemCode.BadCursor);
        group.MapGet("/{gatewayId}", Get).Operation("getGateway", "Read a gateway")
            .Answers(200, "The gateway.", Examples.Gateway)
            .Fails(ProblemCode.GatewayNotFound);
        group.MapPatch("/{gatewayId}", Update).Operation("updateGateway", "Change a gateway's address or key")
            .Example(new UpdateGatewayRequest(ApiKey: "the-new-key"))
            .Answers(200, "The gateway.", Examples.Gateway)
            .Fails(
                ProblemCode.MalformedJson,
                ProblemCode.GatewayNotFound,
                ProblemCode.Conflict,
                ProblemCode.UnsupportedMediaType,
                ProblemCode.BodyTooLarge, ProblemCode.RequestTimeout);
        group.MapDelete("/{gatewayId}", Delete).Operation("deleteGateway", "Forget a gateway on which no session runs")
            .AnswersEmpty(204, "It is forgotten; nothing is changed at the gateway itself.")
            .Fails(ProblemCode.GatewayNotFound, ProblemCode.GatewayInUse);
        group.MapGet("/{gatewayId}/instances", Instances).Operation("listInstances", "List what instances a gateway has, and whose they are")
            .Answers(200, "All of them.", new InstancesResource([Examples.Instance]))
            .Fails(ProblemCode.GatewayNotFound)
            .Fails(GatewayProblems.All);
    }

    private static async Task<Results<Created<CreatedGatewayResource>, Problem>> Create(
        CreateGatewayRequest request, [AsParameters] GatewayServices services, CancellationToken cancellationToken)
    {
        if (!TenantId.IsValid(request.GatewayId))
        {
            return Problem.OfBody(
                ProblemCode.InvalidRequest, "#/gatewayId", "An id has 1 to 63 of a-z, 0-9, _ and -, and begins with a letter or digit.");
        }

        if (services.Gateways.Kind(request.Kind) is null)
        {
            return Problem.OfBody(ProblemCode.InvalidRequest, "#/kind", "No gateway of this kind is known.");
        }

        if (Check(request.Url, request.ApiKey) is { } wrong)
        {
            return wrong;
        }

        var token = ApiSecret.NewToken();
        var now = services.Time.GetUtcNow();
        var gateway = new Gateway(
            request.GatewayId,
            request.Kind,
            request.Url.TrimEnd('/'),
            services.Gateways.Protect(request.ApiKey),
            ApiSecret.Hash(token),
            ApiSecret.Hint(token),
            now,
            now);
        return await services.Store.CreateGateway(gateway, cancellationToken)
            ? TypedResults.Created(
                $"/admin/gateways/{gateway.GatewayId}",
                new CreatedGatewayResource(gateway.GatewayId, token, services.Options.Value.WebhookUrl(token)))
            : Problem.Of(ProblemCode.GatewayExists);
    }

    private static async Task<Ok<ListAnswer<GatewayResource>>> List(
        HttpContext context, [AsParameters] GatewayServices services, CancellationToken cancellationToken)
    {
        var call = PageCall.Read(context, "gateways", null);
        var page = await services.Store.ListGateways(call.Request, cancellationToken);
        return TypedResults.Ok(call.Answer(page, [.. page.Rows.Select(Render)]));
    }

    private static async Task<Ok<GatewayResource>> Get(
        string gatewayId, [AsParameters] GatewayServices services, CancellationToken cancellationToken) =>
        TypedResults.Ok(Render(await services.Read(gatewayId, cancellationToken)));

    private static async Task<Results<Ok<GatewayResource>, Problem>> Update(
        string gatewayId, UpdateGatewayRequest request, [AsParameters] GatewayServices services, CancellationToken cancellationToken)
    {
        var gateway = await services.Read(gatewayId, cancellationToken);
        if (Check(request.Url ?? gateway.Url, request.ApiKey ?? "-") is { } wrong)
        {
            return wrong;
        }

        var changed = gateway with
        {
            Url = request.Url?.TrimEnd('/') ?? gateway.Url,
            ProtectedKey = request.ApiKey is { } key ? services.Gateways.Protect(key) : gateway.ProtectedKey,
            UpdatedAt = services.Time.GetUtcNow(),
            Version = gateway.Version + 1,
        };
        return await services.Store.UpdateGateway(changed, cancellationToken)
            ? TypedResults.Ok(Render(changed))
            : Problem.Of(ProblemCode.Conflict);
    }

    private static async Task<Results<NoContent, Problem>> Delete(
        string gatewayId, [AsParameters] GatewayServices services, CancellationToken cancellationToken)
    {
        await services.Read(gatewayId, cancellationToken);
        SortKey? from = null;
        do
        {
            var page = await services.Sessions.ListSessions(null, new SessionFilter { Whole = true }, new PageRequest(PageSize, from), cancellationToken);
            if (page.Rows.Any(e => e.Session.GatewayId == gatewayId))
            {
                return Problem.Of(ProblemCode.GatewayInUse, "Delete its sessions first.");
            }

            from = page.HasMore ? page.Continue : null;
        }
        while (from is not null);
        var deleted = await services.Store.DeleteGateway(gatewayId, cancellationToken);
        services.Credentials.ForgetGateway(gatewayId);
        return deleted ? TypedResults.NoContent() : Problem.Of(ProblemCode.GatewayNotFound);
    }

    private static async Task<Ok<InstancesResource>> Instances(
        string gatewayId, [AsParameters] GatewayServices services, CancellationToken cancellationToken)
    {
        var open = await services.Open(gatewayId, cancellationToken);
        var instances = await open.Gateway.ListInstances(open.Access, cancellationToken);
        var rows = new InstanceResource[instances.Count];
        await Parallel.ForAsync(
            0,
            rows.Length,
            new ParallelOptions { MaxDegreeOfParallelism = WebhooksAtOnce, CancellationToken = cancellationToken },
            async (i, ct) =>
            {
                var instance = instances[i];
                var owner = Adoption.OwnerOf(await services.Sessions.FindOwners(instance.InstanceName, ct), gatewayId);
                rows[i] = new InstanceResource(
                    instance.InstanceName,
                    instance.State,
                    instance.PhoneNumber?.Value,
                    Shown(await WebhookUrl(open, instance.InstanceName, ct)),
                    owner?.TenantId,
                    owner?.Session.SessionId);
            });
        return TypedResults.Ok(new InstancesResource(rows));
    }

    /// <summary>One that cannot be told does not cost the list.</summary>
    private static async Task<string?> WebhookUrl(OpenGateway open, string instanceName, CancellationToken cancellationToken)
    {
        try
        {
            return await open.Gateway.ReadWebhook(open.Access, instanceName, cancellationToken) is { Enabled: true } webhook ? webhook.Url : null;
        }
        catch (GatewayException)
        {
            return null;
        }
    }

    /// <summary>Without what opens it: a token, whatever follows it, a user and a query.</summary>
    private static string? Shown(string? url) => Uri.TryCreate(url, UriKind.Absolute, out var uri)
        ? ApiSecret.MaskTokens(uri.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped))
        : null;

    private static Problem? Check(string url, string apiKey)
    {
        if (url.Length > LongestUrl
            || !Uri.TryCreate(url, UriKind.Absolute, out var uri)
            || uri is not { Scheme: "http" or "https", Query: "", Fragment: "", UserInfo: "" })
        {
            return Problem.OfBody(ProblemCode.InvalidRequest, "#/url", "It is an http or https address without user, query and fragment.");
        }

        return apiKey.Length is 0 or > LongestUrl || apiKey.Any(static c => c is < ' ' or > '~')
            ? Problem.OfBody(ProblemCode.InvalidRequest, "#/apiKey", "A key has 1 to 1,000 printable ASCII characters.")
            : null;
    }

    private static GatewayResource Render(Gateway gateway) => new(
        gateway.GatewayId, gateway.Kind, gateway.Url, gateway.TokenHint, gateway.CreatedAt, gateway.UpdatedAt);
}
