using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using Parley.Api.Auth;
using Parley.Api.OpenApi;
using Parley.Api.Paging;
using Parley.Api.Problems;
using Parley.Api.Resources;
using Parley.Ports;

namespace Parley.Api.Endpoints;

/// <summary>Tenants with their keys and webhook tokens, for the administrator.</summary>
internal static class TenantEndpoints
{
    /// <summary>Two of a kind are valid at once, so that one can be put in the other's place without a gap.</summary>
    private const int AtMost = 2;

    public static void MapTenants(this RouteGroupBuilder admin)
    {
        var group = admin.MapGroup("/tenants").WithTags("Tenants");
        group.MapPost("", Create).Operation("createTenant", "Create a tenant with its first key and webhook token")
            .Example(new CreateTenantRequest("acme", "Acme Ltd."))
            .Answers(201, "The tenant; its key and token are shown this once.", Examples.CreatedTenant)
            .CarriesLocation(201)
            .Fails(ProblemCode.MalformedJson, ProblemCode.TenantExists, ProblemCode.UnsupportedMediaType, ProblemCode.BodyTooLarge, ProblemCode.RequestTimeout);
        group.MapGet("", List).Operation("listTenants", "List the tenants")
            .Takes(PageCall.Parameters)
            .Answers(200, "A page of tenants.", Examples.Page(Examples.Tenant))
            .Fails(ProblemCode.BadCursor);
        group.MapGet("/{tenantId}", Get).Operation("getTenant", "Read a tenant and which keys and tokens it has")
            .Answers(200, "The tenant.", Examples.TenantDetails)
            .Fails(ProblemCode.TenantNotFound);
        group.MapDelete("/{tenantId}", Delete).Operation(
                "deleteTenant", "Delete a tenant", "Its credentials and lines end at once, its data is no longer served, its id is not given again.")
            .AnswersEmpty(204, "It is deleted.")
            .Fails(ProblemCode.TenantNotFound);
        group.MapPost("/{tenantId}/keys", AddKey).Operation("createKey", "Make a second API key, to put it in the first one's place")
            .Example(new CreateKeyRequest([KeyScope.Read, KeyScope.Send]))
            .Answers(201, "The key; it is shown this once.", Examples.CreatedKey)
            .CarriesLocation(201)
            .Fails(
                ProblemCode.MalformedJson,
                ProblemCode.TenantNotFound,
                ProblemCode.TooManyKeys,
                ProblemCode.UnsupportedMediaType,
                ProblemCode.BodyTooLarge, ProblemCode.RequestTimeout);
        group.MapDelete("/{tenantId}/keys/{keyId}", DeleteKey).Operation("deleteKey", "End an API key")
            .AnswersEmpty(204, "It is no longer valid: at once on this node, within three seconds on others.")
            .Fails(ProblemCode.TenantNotFound, ProblemCode.CredentialNotFound);
        group.MapPost("/{tenantId}/webhook-tokens", AddToken)
            .Operation("createWebhookToken", "Make a second webhook token, to put it in the first one's place")
            .Answers(201, "The token; it is shown this once.", Examples.CreatedToken)
            .CarriesLocation(201)
            .Fails(ProblemCode.TenantNotFound, ProblemCode.TooManyTokens);
        group.MapDelete("/{tenantId}/webhook-tokens", DeleteOldTokens)
            .Operation("deleteOldWebhookTokens", "End all webhook tokens but the newest: the last step of putting one in another's place")
            .AnswersEmpty(204, "Only the newest is valid.")
            .Fails(ProblemCode.TenantNotFound);
        group.MapDelete("/{tenantId}/webhook-tokens/{tokenId}", DeleteToken).Operation("deleteWebhookToken", "End a webhook token")
            .AnswersEmpty(204, "It is no longer valid: at once on this node, within three seconds on others.")
            .Fails(ProblemCode.TenantNotFound, ProblemCode.CredentialNotFound);
    }

    private static async Task<Results<Created<CreatedTenantResource>, Problem>> Create(
        CreateTenantRequest request, [AsParameters] TenantServices services, CancellationToken cancellationToken)
    {
        if (!TenantId.IsValid(request.TenantId))
        {
            return Problem.OfBody(
                ProblemCode.InvalidRequest, "#/tenantId", "An id has 1 to 63 of a-z, 0-9, _ and -, and begins with a letter or digit.");
        }

        if (request.Name is { Length: 0 or > 200 })
        {
            return Problem.OfBody(ProblemCode.InvalidRequest, "#/name", "A name has 1 to 200 characters.");
        }

        var (key, token) = (ApiSecret.NewKey(), ApiSecret.NewToken());
        var now = services.Time.GetUtcNow();
        var created = await services.Store.Create(
            new Tenant(request.TenantId, request.Name ?? request.TenantId, now),
            Make(request.TenantId, CredentialKind.ApiKey, key, now),
            Make(request.TenantId, CredentialKind.WebhookToken, token, now),
            cancellationToken);
        return created
            ? TypedResults.Created(
                $"/admin/tenants/{request.TenantId}",
                new CreatedTenantResource(request.TenantId, key, token, services.Options.Value.WebhookUrl(token)))
            : Problem.Of(ProblemCode.TenantExists);
    }

    private static async Task<Ok<ListAnswer<TenantResource>>> List(
        HttpContext context, [AsParameters] TenantServices services, CancellationToken cancellationToken)
    {
        var call = PageCall.Read(context, "tenants", null);
        var page = await services.Store.ListTenants(call.Request, cancellationToken);
        return TypedResults.Ok(call.Answer(page, [.. page.Rows.Select(t => new TenantResource(t.TenantId, t.Name, t.CreatedAt))]));
    }

    private static async Task<Results<Ok<TenantDetailsResource>, Problem>> Get(
        string tenantId, [AsParameters] TenantServices services, CancellationToken cancellationToken)
    {
        if (await services.Find(tenantId, cancellationToken) is not { } found)
        {
            return Problem.Of(ProblemCode.TenantNotFound);
        }

        return TypedResults.Ok(new TenantDetailsResource(
            found.Tenant.TenantId,
            found.Tenant.Name,
            found.Tenant.CreatedAt,
            [.. OfKind(found, CredentialKind.ApiKey).Select(c => new KeyResource(c.CredentialId, c.Hint, Shown(c.Scopes), c.CreatedAt))],
            [.. OfKind(found, CredentialKind.WebhookToken).Select(c => new TokenResource(c.CredentialId, c.Hint, c.CreatedAt))]));
    }

    private static async Task<Results<NoContent, Problem>> Delete(
        string tenantId,
        [AsParameters] TenantServices services,
        [FromServices] TenantSessions sessions,
        [FromServices] WebhooksOut webhooks,
        CancellationToken cancellationToken)
    {
        if (!TenantId.IsValid(tenantId))
        {
            return Problem.Of(ProblemCode.TenantNotFound);
        }

        // While its tokens still count, and also where an earlier request came no further than to delete it.
        await sessions.EndAll(tenantId, cancellationToken);
        var endpoints = await webhooks.List(tenantId, cancellationToken);
        var deleted = await services.Store.DeleteTenant(tenantId, services.Time.GetUtcNow(), cancellationToken);
        services.Credentials.Forget(tenantId);
        if (deleted)
        {
            // What was made meanwhile, with keys that counted until now.
            await sessions.EndAll(tenantId, cancellationToken);
            await webhooks.TellDeleted(tenantId, endpoints);
        }

        return deleted ? TypedResults.NoContent() : Problem.Of(ProblemCode.TenantNotFound);
    }

    private static async Task<Results<Created<CreatedKeyResource>, Problem>> AddKey(
        string tenantId, CreateKeyRequest? request, [AsParameters] TenantServices services, CancellationToken cancellationToken)
    {
        if (request?.Scopes is { Count: 0 })
        {
            return Problem.OfBody(ProblemCode.InvalidRequest, "#/scopes", "A key needs one scope at least.");
        }

        if (await services.Find(tenantId, cancellationToken) is null)
        {
            return Problem.Of(ProblemCode.TenantNotFound);
        }

        var key = ApiSecret.NewKey();
        var made = Make(tenantId, CredentialKind.ApiKey, key, services.Time.GetUtcNow()) with { Scopes = Kept(request?.Scopes) };
        return await services.Store.AddCredential(made, AtMost, cancellationToken)
            ? TypedResults.Created($"/admin/tenants/{tenantId}", new CreatedKeyResource(made.CredentialId, key, Shown(made.Scopes), made.CreatedAt))
            : Problem.Of(ProblemCode.TooManyKeys, "Delete one before you make another.");
    }

    private static async Task<Results<Created<CreatedTokenResource>, Problem>> AddToken(
        string tenantId, [AsParameters] TenantServices services, CancellationToken cancellationToken)
    {
        if (await services.Find(tenantId, cancellationToken) is null)
        {
            return Problem.Of(ProblemCode.TenantNotFound);
        }

        var token = ApiSecret.NewToken();
        var made = Make(tenantId, CredentialKind.WebhookToken, token, services.Time.GetUtcNow());
        return await services.Store.AddCredential(made, AtMost, cancellationToken)
            ? TypedResults.Created(
                $"/admin/tenants/{tenantId}",
                new CreatedTokenResource(made.CredentialId, token, services.Options.Value.WebhookUrl(token), made.CreatedAt))
            : Problem.Of(ProblemCode.TooManyTokens, "Delete one before you make another.");
    }

    private static Task<Results<NoContent, Problem>> DeleteKey(
        string tenantId, string keyId, [AsParameters] TenantServices services, CancellationToken cancellationToken) =>
        End(tenantId, CredentialKind.ApiKey, keyId, services, cancellationToken);

    private static Task<Results<NoContent, Problem>> DeleteToken(
        string tenantId, string tokenId, [AsParameters] TenantServices services, CancellationToken cancellationToken) =>
        End(tenantId, CredentialKind.WebhookToken, tokenId, services, cancellationToken);

    private static async Task<Results<NoContent, Problem>> DeleteOldTokens(
        string tenantId, [AsParameters] TenantServices services, CancellationToken cancellationToken)
    {
        if (await services.Find(tenantId, cancellationToken) is not { } found)
        {
            return Problem.Of(ProblemCode.TenantNotFound);
        }

        foreach (var token in OfKind(found, CredentialKind.WebhookToken).SkipLast(1))
        {
            await services.Store.DeleteCredential(tenantId, CredentialKind.WebhookToken, token.CredentialId, cancellationToken);
        }

        services.Credentials.Forget(tenantId);
        return TypedResults.NoContent();
    }

    private static async Task<Results<NoContent, Problem>> End(
        string tenantId, CredentialKind kind, string credentialId, TenantServices services, CancellationToken cancellationToken)
    {
        if (await services.Find(tenantId, cancellationToken) is null)
        {
            return Problem.Of(ProblemCode.TenantNotFound);
        }

        var ended = await services.Store.DeleteCredential(tenantId, kind, credentialId, cancellationToken);
        services.Credentials.Forget(tenantId);
        return ended ? TypedResults.NoContent() : Problem.Of(ProblemCode.CredentialNotFound);
    }

    private static Credential Make(string tenantId, CredentialKind kind, string secret, DateTimeOffset now) => new(
        Guid.CreateVersion7(now).ToString("N"), tenantId, kind, ApiSecret.Hash(secret), ApiSecret.Hint(secret), now);

    private static KeyScopes Kept(IReadOnlyList<KeyScope>? scopes) => scopes is null
        ? KeyScopes.All
        : scopes.Aggregate(KeyScopes.None, static (all, scope) => all | scope switch
        {
            KeyScope.Read => KeyScopes.Read,
            KeyScope.Send => KeyScopes.Send,
            _ => KeyScopes.Manage,
        });

    private static List<KeyScope> Shown(KeyScopes scopes) =>
    [
        .. Enum.GetValues<KeyScope>().Where(scope => (scopes & Kept([scope])) != KeyScopes.None),
    ];

    /// <summary>Oldest first: ids are made in the order of time.</summary>
    private static IEnumerable<Credential> OfKind(TenantDetails tenant, CredentialKind kind) =>
        tenant.Credentials.Where(c => c.Kind == kind).OrderBy(c => c.CreatedAt).ThenBy(c => c.CredentialId, StringComparer.Ordinal);
}

/// <summary>What the endpoints of tenants need.</summary>
internal sealed record TenantServices(
    [FromServices] ITenantStore Store,
    [FromServices] Credentials Credentials,
    [FromServices] IOptions<ApiOptions> Options,
    [FromServices] TimeProvider Time)
{
    /// <returns>Null when there is no such tenant, or no longer.</returns>
    public async Task<TenantDetails?> Find(string tenantId, CancellationToken cancellationToken) =>
        TenantId.IsValid(tenantId) && await Store.ReadTenant(tenantId, cancellationToken) is { Tenant.DeletedAt: null } found ? found : null;
}
