using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Parley.Domain.Messages;
using Parley.Domain.Sessions;
using Parley.Grains.Abstractions;
using Parley.Ingest;
using Parley.Ports;
using Parley.Ports.Gateways;

namespace Parley.Grains;

/// <summary>Asks a gateway for the bytes of one message's media.</summary>
/// <remarks>What it finds is a change of the message. One that dies leaves nothing behind: whoever asks next sets off another.</remarks>
[Reentrant]
public sealed partial class MediaFetcherGrain(
    IGrainContext context,
    IConversationStore store,
    ISessionStore sessions,
    IMediaStore media,
    Gateways gateways,
    ChangeRouter changes,
    TimeProvider time,
    ILogger<MediaFetcherGrain> logger) : IGrainBase, IMediaFetcherGrain
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    private readonly (string TenantId, string MessageId) _key = GrainKey.Parse(context.GrainId.Key.ToString()!);
    private Task _running = Task.CompletedTask;
    private TimeSpan _pause;
    private DateTimeOffset _resumesAt;

    public IGrainContext GrainContext => context;

    public Task Fetch()
    {
        // A gateway that could not tell is not asked by every reader anew.
        if (_running.IsCompleted && time.GetUtcNow() >= _resumesAt)
        {
            _running = FetchNow();
        }

        return Task.CompletedTask;
    }

    public async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken token) =>
        await _running.WaitAsync(token);

    private async Task FetchNow()
    {
        TenantContext.Set(_key.TenantId);
        try
        {
            if (await store.FindById(_key.TenantId, Guid.Parse(_key.MessageId), CancellationToken.None)
                is not { Message: { Content.Media: { Status: MediaStatus.Pending } wanted, DeletedAt: null } message })
            {
                return;
            }

            if (await sessions.ReadSession(_key.TenantId, message.SessionId, CancellationToken.None)
                    is { Status: SessionStatus.Open, GatewayId: { } gatewayId } session
                && await gateways.Open(gatewayId, CancellationToken.None) is { } gateway)
            {
                await Ask(gateway, session, message, wanted);
            }
        }
        catch (Exception e)
        {
            _pause = _pause == TimeSpan.Zero ? FirstPause : _pause * 2 < LongestPause ? _pause * 2 : LongestPause;
            _resumesAt = time.GetUtcNow() + _pause;
            LogLater(logger, e.Message);
        }
    }

    private async Task Ask(OpenGateway gateway, Session session, Message message, Media wanted)
    {
        Media found;
        try
        {
            var isOut = message.Direction == Direction.Out;
            var reference = new MessageReference(
                message.ExternalId, isOut ? message.To : message.From, isOut, message.Author?.Best, message.Content.Text);
            var fetched = await gateway.Gateway.ReadMedia(
                gateway.Access, session.InstanceName, reference, ct => media.Create(_key.TenantId, ct), CancellationToken.None);
            found = wanted with
            {
                Status = MediaStatus.Stored,
                Sha256 = fetched.Stored.Sha256,
                Size = fetched.Stored.Size,
                MimeType = wanted.MimeType ?? fetched.MimeType,
                FileName = wanted.FileName ?? fetched.FileName,
            };
        }
        catch (GatewayException e) when (e.Fault == GatewayFault.Gone)
        {
            found = wanted with { Status = MediaStatus.Expired };
        }
        catch (GatewayException e) when (e.Fault == GatewayFault.TooLarge)
        {
            found = wanted with { Status = MediaStatus.TooLarge };
        }

        var change = new MediaChange
        {
            TargetId = message.ExternalId,
            Stamp = new ChangeStamp(null, null, session.SessionId),
            At = time.GetUtcNow(),
            Line = session.Line,
            Media = found,
        };
        await changes.Route(_key.TenantId, session.SessionId, [change], CancellationToken.None);
    }

    [LoggerMessage(2401, LogLevel.Information, "Media could not be fetched now: {Reason}")]
    private static partial void LogLater(ILogger logger, string reason);
}
