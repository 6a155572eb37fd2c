using Parley.Api.Auth;
using Parley.Api.Resources;
using Parley.Domain.Sessions;
using Parley.Grains.Abstractions;
using Parley.Ingest;
using Parley.Ports;
using Parley.Ports.Gateways;

namespace Parley.Api.Endpoints;

/// <summary>Takes over instances that a gateway has. Never creates, restarts, logs out or deletes one.</summary>
internal sealed class Adoption(
    ISessionStore sessions, Credentials credentials, SessionTokens tokens, SessionVault vault, IGrainFactory grains, Work work)
{
    /// <param name="owners">The sessions of instances of this name.</param>
    /// <returns>The session that runs the instance of a gateway; null when nobody's does.</returns>
    public static SessionEntry? OwnerOf(IEnumerable<SessionEntry> owners, string gatewayId) =>
        owners.FirstOrDefault(o => o.Session.GatewayId == gatewayId && !o.Session.DeletedByTenant);

    /// <param name="instance">As the gateway lists it; null = it does not.</param>
    public async Task<AdoptionResource> Adopt(
        OpenGateway open,
        AdoptedInstance wanted,
        GatewayInstance? instance,
        bool setWebhook,
        DateTimeOffset? historySince,
        CancellationToken cancellationToken)
    {
        AdoptionResource Ends(AdoptionOutcome outcome, string? sessionId = null, string? detail = null) =>
            new(wanted.InstanceName, sessionId, outcome, detail);

        if (instance is null)
        {
            return Ends(AdoptionOutcome.InstanceMissing);
        }

        if (!await credentials.TenantLives(wanted.TenantId, cancellationToken))
        {
            return Ends(AdoptionOutcome.TenantNotFound);
        }

        var gatewayId = open.Access.GatewayId;
        var owners = await sessions.FindOwners(instance.InstanceName, cancellationToken);
        var leaving = owners.FirstOrDefault(o => o.Session is { DeletedByTenant: true, Task: not null } && o.Session.GatewayId == gatewayId);
        if (leaving is not null)
        {
            // Its webhook is still Parley's own: what was there before would be lost.
            return leaving.TenantId == wanted.TenantId
                ? Ends(AdoptionOutcome.SessionExists, leaving.Session.SessionId, "The instance is still being detached or deleted. Try again in a moment.")
                : Ends(AdoptionOutcome.OwnedByAnother);
        }

        var owner = OwnerOf(owners, gatewayId);
        if (owner is not null && owner.TenantId != wanted.TenantId)
        {
            return Ends(AdoptionOutcome.OwnedByAnother);
        }

        // Its webhooks may have made a session of it before.
        var known = owner?.Session ?? await sessions.FindByInstance(wanted.TenantId, instance.InstanceName, cancellationToken);
        var sessionId = wanted.SessionId ?? known?.SessionId ?? instance.InstanceName;
        if (known?.SessionId != sessionId && !SessionEndpoints.IsId(sessionId))
        {
            return Ends(AdoptionOutcome.InvalidSessionId, sessionId, "Name a sessionId of 1 to 64 of A-Z, a-z, 0-9, '.', '_' and '-'.");
        }

        if (known is not null && known.SessionId != sessionId && !known.DeletedByTenant)
        {
            return Ends(AdoptionOutcome.SessionExists, known.SessionId, "The instance is another session of the tenant.");
        }

        if (owner is { Session: { IsAdopted: true } same } && (same.Secrets is not null || !setWebhook))
        {
            return Ends(AdoptionOutcome.AlreadyAdopted, sessionId);
        }

        TenantContext.Set(wanted.TenantId);
        try
        {
            return await Adopt(open, wanted.TenantId, sessionId, instance, setWebhook, historySince, cancellationToken);
        }
        catch (GatewayException e)
        {
            return Ends(AdoptionOutcome.GatewayFailed, sessionId, e.Message);
        }
        finally
        {
            TenantContext.Clear();
        }
    }

    private async Task<AdoptionResource> Adopt(
        OpenGateway open,
        string tenantId,
        string sessionId,
        GatewayInstance instance,
        bool setWebhook,
        DateTimeOffset? historySince,
        CancellationToken cancellationToken)
    {
        var plan = new SessionPlan
        {
            GatewayId = open.Access.GatewayId,
            InstanceName = instance.InstanceName,
            Status = (await open.Gateway.ReadState(open.Access, instance.InstanceName, cancellationToken)).Status ?? instance.State,
            Line = instance.PhoneNumber,
            IsUnacknowledged = !instance.Acknowledges,
            HistorySince = historySince,
        };
        SessionToken? token = null;
        if (setWebhook)
        {
            // What was there is kept before anything is put in its place.
            var former = await open.Gateway.ReadWebhook(open.Access, instance.InstanceName, cancellationToken);
            token = await tokens.Make(open, tenantId, sessionId, cancellationToken);
            plan = plan with
            {
                Secrets = vault.Protect(new SessionSecrets(token.Url, token.Header, null, former)),
                TokenId = token.Id,
                TokenHint = token.Hint,
            };
        }

        var reply = await grains.GetGrain<ISessionGrain>(GrainKey.Of(tenantId, sessionId)).Adopt(plan);
        if (token is not null && reply.Session?.TokenId != token.Id)
        {
            await tokens.Delete(tenantId, token.Id, cancellationToken);
        }

        if (reply.Outcome != SessionOutcome.Done)
        {
            return new AdoptionResource(instance.InstanceName, sessionId, AdoptionOutcome.SessionExists, "The id is or was another session's.");
        }

        await work.Wake(tenantId);
        return new AdoptionResource(instance.InstanceName, sessionId, AdoptionOutcome.Adopted, null);
    }
}
