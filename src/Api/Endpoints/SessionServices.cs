using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using Parley.Api.Auth;
using Parley.Api.Http;
using Parley.Api.Problems;
using Parley.Domain.Sessions;
using Parley.Grains.Abstractions;
using Parley.Ingest;
using Parley.Ports;
using Parley.Ports.Gateways;

namespace Parley.Api.Endpoints;

/// <summary>What the endpoints of sessions need.</summary>
internal sealed record SessionServices(
    [FromServices] ISessionStore Store,
    [FromServices] IGatewayStore GatewayStore,
    [FromServices] Gateways Gateways,
    [FromServices] SessionVault Vault,
    [FromServices] SessionTokens Tokens,
    [FromServices] IGrainFactory Grains,
    [FromServices] Work Work,
    [FromServices] IOptions<ApiOptions> Options,
    [FromServices] TimeProvider Time)
{
    /// <exception cref="ProblemException">There is no such session, or its tenant deleted it.</exception>
    public async Task<SessionEntry> Read(HttpContext context, string sessionId, CancellationToken cancellationToken) =>
        await Store.ReadEntry(context.Tenant(), PathText.Unescape(sessionId), cancellationToken) is { Session.DeletedByTenant: false } entry
            ? entry
            : throw new ProblemException(Problem.Of(ProblemCode.SessionNotFound));

    /// <summary>The session and the gateway that runs it, for what is asked of an open line.</summary>
    /// <exception cref="ProblemException">There is none, or it is not open.</exception>
    public async Task<(Session Session, OpenGateway Gateway)> Open(HttpContext context, string sessionId, CancellationToken cancellationToken)
    {
        var session = (await Read(context, sessionId, cancellationToken)).Session;
        if (session.GatewayId is not { } gatewayId)
        {
            throw new ProblemException(Problem.Of(ProblemCode.SessionNotRun));
        }

        if (session.Status != SessionStatus.Open)
        {
            throw new ProblemException(Problem.Of(ProblemCode.SessionNotOpen));
        }

        return (session, await Gateways.Open(gatewayId, cancellationToken)
            ?? throw new ProblemException(Problem.Of(ProblemCode.GatewayUnreachable, "The session's gateway is not known any more.")));
    }

    /// <summary>The gateway of a new session.</summary>
    /// <exception cref="ProblemException">It is named wrongly, or must be named.</exception>
    public async Task<OpenGateway> Choose(string? gatewayId, CancellationToken cancellationToken)
    {
        if (gatewayId is null)
        {
            var known = await GatewayStore.ListGateways(new PageRequest(2), cancellationToken);
            gatewayId = known.Rows.Count == 1
                ? known.Rows[0].GatewayId
                : throw new ProblemException(Problem.OfBody(
                    ProblemCode.GatewayRequired, "#/gatewayId", "It can be left out only where there is exactly one gateway."));
        }

        return (TenantId.IsValid(gatewayId) ? await Gateways.Open(gatewayId, cancellationToken) : null)
            ?? throw new ProblemException(Problem.OfBody(ProblemCode.GatewayNotFound, "#/gatewayId", "There is no such gateway."));
    }

    /// <summary>Gives a command to the session's owner and wakes its keeper.</summary>
    /// <returns>The session as it now is.</returns>
    /// <exception cref="ProblemException">It cannot be done.</exception>
    public async Task<Session> Command(HttpContext context, string sessionId, SessionCommand command)
    {
        var id = PathText.Unescape(sessionId);
        var reply = await Grains.GetGrain<ISessionGrain>(GrainKey.Of(context.Tenant(), id)).Command(command);
        var session = reply.Outcome switch
        {
            SessionOutcome.Done => reply.Session!,
            SessionOutcome.NotRun => throw new ProblemException(Problem.Of(ProblemCode.SessionNotRun)),
            _ => throw new ProblemException(Problem.Of(ProblemCode.SessionNotFound)),
        };
        if (session.Task is not null)
        {
            await Work.Wake(context.Tenant());
        }

        return session;
    }
}
