using System.Text.Json.Nodes;
using Parley.Domain.Addresses;
using Parley.Domain.Messages;
using Parley.Domain.Sessions;
using Parley.Gateways.Evolution.Webhooks;
using Parley.Ports;
using Parley.Ports.Gateways;

namespace Parley.Gateways.Evolution.Rest;

/// <summary>
/// Evolution API, 1.x and 2.x, over REST (the gateway notes name the sections and rules that the types of this folder refer to).
/// </summary>
/// <remarks>Safe for concurrent use: there is one.</remarks>
internal sealed class EvolutionGateway(RestClient rest, Dialects dialects, EvolutionGatewayOptions options, TimeProvider time) : IGateway
{
    /// <summary>How long the other side sees that somebody types. The gateway holds the call as long.</summary>
    private const int PresenceMs = 3000;

    /// <inheritdoc/>
    public string Kind => "evolution";

    /// <inheritdoc/>
    public Task<string> ReadVersion(GatewayAccess gateway, CancellationToken cancellationToken) =>
        dialects.ReadVersion(gateway, cancellationToken);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<GatewayInstance>> ListInstances(GatewayAccess gateway, CancellationToken cancellationToken)
    {
        // Not prompt: one dead socket blocks the list of a whole v1 gateway (gateway notes, 2.4).
        var call = new RestCall(HttpMethod.Get, "instance/fetchInstances", null, options.ReadTimeout) { Reads = true };
        try
        {
            var answer = await rest.Ask(gateway, call, cancellationToken);
            return InstanceAnswers.List(answer.Json) ?? throw Faults.Unreadable(call, "the answer is no list of instances");
        }
        catch (GatewayException e) when (e.Fault == GatewayFault.InstanceMissing)
        {
            return [];
        }
    }

    /// <inheritdoc/>
    public async Task<InstanceWebhook?> Create(GatewayAccess gateway, InstanceOrder order, CancellationToken cancellationToken)
    {
        var dialect = await dialects.Of(gateway, cancellationToken);
        var call = new RestCall(HttpMethod.Post, "instance/create", null, options.CreateTimeout)
        {
            Body = dialect.Create(order),
            Secrets = [order.Token, .. SecretsOf(order.Webhook)],
        };
        var answer = await rest.Ask(gateway, call, cancellationToken);
        if (!answer.Json.Get("instance"u8).IsObject())
        {
            throw Faults.Unreadable(call, "the answer names no instance");
        }

        return await Afterwards(() => Complete(gateway, order, cancellationToken));
    }

    /// <inheritdoc/>
    public async Task<InstanceWebhook?> Complete(GatewayAccess gateway, InstanceOrder order, CancellationToken cancellationToken)
    {
        var dialect = await dialects.Of(gateway, cancellationToken);
        if (dialect.ForgetsAtCreate)
        {
            await PutWebhook(gateway, dialect, order.InstanceName, order.Webhook, cancellationToken);
            await Put(gateway, "settings/set", order.InstanceName, dialect.Settings(), [], cancellationToken);
        }

        return await ReadWebhook(gateway, order.InstanceName, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<ConnectAnswer> Connect(
        GatewayAccess gateway, string instanceName, string? phoneNumber, CancellationToken cancellationToken)
    {
        if (phoneNumber is not null && !NumberChecks.IsNumber(phoneNumber))
        {
            throw new GatewayException(GatewayFault.Refused, "The number to pair with is no number.");
        }

        var call = new RestCall(HttpMethod.Get, "instance/connect", instanceName, options.SessionTimeout)
        {
            Query = phoneNumber is null ? null : ("number", phoneNumber),
        };
        var answer = await AskSession(gateway, call, GatewayFault.Unknown, cancellationToken);
        return new(InstanceAnswers.State(answer.Json)?.Status, answer.Json.Get("pairingCode"u8).Words());
    }

    /// <inheritdoc/>
    public async Task<InstanceState> ReadState(GatewayAccess gateway, string instanceName, CancellationToken cancellationToken)
    {
        var call = new RestCall(HttpMethod.Get, "instance/connectionState", instanceName, options.ReadTimeout)
        {
            Reads = true,
            Prompt = true,
        };
        var answer = await rest.Ask(gateway, call, cancellationToken);
        return InstanceAnswers.State(answer.Json) ?? throw Faults.Unreadable(call, "the answer names no instance");
    }

    /// <inheritdoc/>
    public async Task Restart(GatewayAccess gateway, string instanceName, CancellationToken cancellationToken)
    {
        var dialect = await dialects.Of(gateway, cancellationToken);
        var call = new RestCall(dialect.Change, "instance/restart", instanceName, options.SessionTimeout);
        var answer = await AskSession(gateway, call, GatewayFault.NotConnected, cancellationToken);
        if (InstanceAnswers.State(answer.Json)?.Status == SessionStatus.Close)
        {
            // 1.x restarts only what is open, and answers how it stands (1.8.2/16).
            throw new GatewayException(GatewayFault.NotConnected, $"{call}: it is closed");
        }
    }

    /// <inheritdoc/>
    public async Task LogOut(GatewayAccess gateway, string instanceName, CancellationToken cancellationToken)
    {
        try
        {
            await rest.Ask(gateway, new(HttpMethod.Delete, "instance/logout", instanceName, options.SessionTimeout), cancellationToken);
        }
        catch (GatewayException e) when (e.Fault == GatewayFault.NotConnected)
        {
            // It is what was asked for.
        }
    }

    /// <inheritdoc/>
    public async Task Delete(GatewayAccess gateway, string instanceName, CancellationToken cancellationToken)
    {
        var dialect = await dialects.Of(gateway, cancellationToken);
        try
        {
            if (dialect.DeletesClosedOnly)
            {
                await LogOut(gateway, instanceName, cancellationToken);
            }

            await rest.Ask(gateway, new(HttpMethod.Delete, "instance/delete", instanceName, options.SessionTimeout), cancellationToken);
        }
        catch (GatewayException e) when (e.Fault == GatewayFault.InstanceMissing)
        {
            // It is what was asked for.
        }
    }

    /// <inheritdoc/>
    public async Task<InstanceWebhook?> ReadWebhook(GatewayAccess gateway, string instanceName, CancellationToken cancellationToken)
    {
        var call = new RestCall(HttpMethod.Get, "webhook/find", instanceName, options.ReadTimeout) { Reads = true, Prompt = true };
        return InstanceAnswers.Webhook((await rest.Ask(gateway, call, cancellationToken)).Json);
    }

    /// <inheritdoc/>
    public async Task<InstanceWebhook?> SetWebhook(
        GatewayAccess gateway, string instanceName, InstanceWebhook webhook, CancellationToken cancellationToken)
    {
        await PutWebhook(gateway, await dialects.Of(gateway, cancellationToken), instanceName, webhook, cancellationToken);
        return await Afterwards(() => ReadWebhook(gateway, instanceName, cancellationToken));
    }

    /// <inheritdoc/>
    public async Task<SendAnswer> Send(
        GatewayAccess gateway,
        string instanceName,
        OutgoingMessage message,
        Deadline leavesBy,
        TimeSpan timeout,
        CancellationToken cancellationToken)
    {
        var dialect = await dialects.Of(gateway, cancellationToken);
        var send = dialect.Send(message);
        await using var media = await MediaOf(message, cancellationToken);
        var call = new RestCall(HttpMethod.Post, $"message/{send.Call}", instanceName, timeout)
        {
            LeavesBy = leavesBy,
            Body = send.Body,
            Media = media,
            IsForm = dialect.WantsFiles && send.Call != Outgoing.Sticker && media is not (null or { CanSeek: true, Length: <= FormWithMedia.MostAsBase64 }),
        };
        return SendAnswers.Of(call, await rest.Ask(gateway, call, cancellationToken), gateway.ApiKey);
    }

    /// <inheritdoc/>
    public async Task<DateTimeOffset?> React(
        GatewayAccess gateway, string instanceName, MessageReference message, string? emoji, CancellationToken cancellationToken)
    {
        var dialect = await dialects.Of(gateway, cancellationToken);
        if (emoji is null && !dialect.TakesReactionsBack)
        {
            throw new GatewayException(GatewayFault.Unsupported, "This version of the gateway takes no reaction back.");
        }

        var call = new RestCall(HttpMethod.Post, "message/sendReaction", instanceName, options.LookupTimeout)
        {
            Body = dialect.Reaction(message, emoji ?? ""),
        };
        var answer = await rest.Ask(gateway, call, cancellationToken);
        SendAnswers.Of(call, answer, gateway.ApiKey);
        return Time(Reactions.TimeOf(answer.Json, answer.Json.Get("message"u8, "reactionMessage"u8)));
    }

    /// <inheritdoc/>
    public async Task<DateTimeOffset?> Edit(
        GatewayAccess gateway, string instanceName, MessageReference message, string text, CancellationToken cancellationToken)
    {
        var dialect = await dialects.Of(gateway, cancellationToken);
        var call = new RestCall(dialect.Change, "chat/updateMessage", instanceName, options.LookupTimeout)
        {
            Body = new() { ["number"] = Keys.Jid(message.Chat), ["key"] = Keys.Of(message), ["text"] = text },
        };
        var answer = await rest.Ask(gateway, call, cancellationToken);
        SendAnswers.Of(call, answer, gateway.ApiKey);
        return Time(Edits.TimeOf(answer.Json.Get("message"u8, "protocolMessage"u8)));
    }

    /// <inheritdoc/>
    public async Task Revoke(GatewayAccess gateway, string instanceName, MessageReference message, CancellationToken cancellationToken)
    {
        var call = new RestCall(HttpMethod.Delete, "chat/deleteMessageForEveryone", instanceName, options.LookupTimeout)
        {
            Body = Keys.Of(message),
        };
        SendAnswers.Of(call, await rest.Ask(gateway, call, cancellationToken), gateway.ApiKey);
    }

    /// <inheritdoc/>
    public async Task MarkRead(
        GatewayAccess gateway, string instanceName, IReadOnlyList<MessageReference> messages, CancellationToken cancellationToken)
    {
        if (messages.Count == 0)
        {
            return;
        }

        if (messages.Any(static message => message.Chat.Kind == AddressKind.Lid))
        {
            throw new GatewayException(GatewayFault.Refused, "A hidden id cannot be marked as read: the gateway drops it.");
        }

        var dialect = await dialects.Of(gateway, cancellationToken);
        var call = new RestCall(dialect.Change, "chat/markMessageAsRead", instanceName, options.ReadTimeout)
        {
            Body = dialect.MarkRead(messages),
        };
        await rest.Ask(gateway, call, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task SetPresence(GatewayAccess gateway, string instanceName, Address to, string state, CancellationToken cancellationToken)
    {
        switch (state)
        {
            case "available" or "unavailable":
                await Put(gateway, "instance/setPresence", instanceName, new() { ["presence"] = state }, [], cancellationToken);
                break;
            case "composing" or "recording" or "paused":
                var body = (await dialects.Of(gateway, cancellationToken)).Presence(Keys.Number(to), state, PresenceMs);
                await Put(gateway, "chat/sendPresence", instanceName, body, [], cancellationToken);
                break;
            default:
                throw new GatewayException(GatewayFault.Refused, "There is no such presence.");
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<NumberCheck>> CheckNumbers(
        GatewayAccess gateway, string instanceName, IReadOnlyList<string> numbers, CancellationToken cancellationToken)
    {
        var valid = numbers.Where(NumberChecks.IsNumber).Distinct(StringComparer.Ordinal);
        JsonNode[] asked = [.. valid.Select(static number => (JsonNode)number)];
        var call = new RestCall(HttpMethod.Post, "chat/whatsappNumbers", instanceName, options.LookupTimeout)
        {
            Reads = true,
            Body = new() { ["numbers"] = new JsonArray(asked) },
        };
        var answer = asked.Length == 0 ? default : (await rest.Ask(gateway, call, cancellationToken)).Json;
        return NumberChecks.Of(call, numbers, answer);
    }

    /// <inheritdoc/>
    public async Task<WebhookReading> ReadGroup(
        GatewayAccess gateway, string instanceName, Address group, CancellationToken cancellationToken)
    {
        var call = new RestCall(HttpMethod.Get, "group/findGroupInfos", instanceName, options.ReadTimeout)
        {
            Reads = true,
            Query = ("groupJid", Keys.Jid(group)),
        };
        var answer = await rest.Ask(gateway, call, cancellationToken);
        return AsWebhook.Read(EventNames.Groups, instanceName, [answer.Json], time.GetUtcNow());
    }

    /// <inheritdoc/>
    /// <remarks>
    /// 1.x has neither pages nor a filter by time: there the list is read up to <see cref="StoredMessages.MostUnpaged"/> messages.
    /// </remarks>
    public async Task<MessagesPage> ReadMessages(
        GatewayAccess gateway, string instanceName, MessagesQuery query, CancellationToken cancellationToken)
    {
        var dialect = await dialects.Of(gateway, cancellationToken);
        var position = StoredMessages.PositionOf(dialect, query.Cursor);
        var call = new RestCall(HttpMethod.Post, "chat/findMessages", instanceName, options.ReadTimeout)
        {
            Reads = true,
            Body = StoredMessages.Body(dialect, query, position),
        };
        var answer = await rest.Ask(gateway, call, cancellationToken);
        return StoredMessages.Page(call, instanceName, query, position, answer.Json, time.GetUtcNow());
    }

    /// <inheritdoc/>
    public async Task<FetchedMedia> ReadMedia(
        GatewayAccess gateway,
        string instanceName,
        MessageReference message,
        Func<CancellationToken, Task<IMediaWriter>> create,
        CancellationToken cancellationToken)
    {
        var call = new RestCall(HttpMethod.Post, "chat/getBase64FromMediaMessage", instanceName, options.MediaTimeout)
        {
            Reads = true,
            Store = create,
            Body = new() { ["message"] = new JsonObject { ["key"] = new JsonObject { ["id"] = message.ExternalId } } },
        };
        return await MediaAnswers.Of(call, await rest.Ask(gateway, call, cancellationToken), create, cancellationToken);
    }

    private static IEnumerable<string> SecretsOf(InstanceWebhook webhook) => [webhook.Url, .. webhook.Headers.Values];

    /// <summary>Steps after one that had its effect: whatever goes wrong in them, something was done.</summary>
    private static async Task<T> Afterwards<T>(Func<Task<T>> steps)
    {
        try
        {
            return await steps();
        }
        catch (GatewayException e) when (!e.MayHaveHappened)
        {
            throw new GatewayException(GatewayFault.Unknown, e.Message, e) { RetryAfter = e.RetryAfter };
        }
    }

    private static async Task<Stream?> MediaOf(OutgoingMessage message, CancellationToken cancellationToken)
    {
        var hasMedia = message.Content.Type is
            MessageType.Image or MessageType.Video or MessageType.Audio or MessageType.Document or MessageType.Sticker;
        if (!hasMedia)
        {
            return null;
        }

        return message.OpenMedia is { } open
            ? await open(cancellationToken)
            : throw new ArgumentException("A message of this type needs its media.", nameof(message));
    }

    private Task PutWebhook(
        GatewayAccess gateway, Dialect dialect, string instanceName, InstanceWebhook webhook, CancellationToken cancellationToken) =>
        Put(gateway, "webhook/set", instanceName, dialect.Webhook(webhook), [.. SecretsOf(webhook)], cancellationToken);

    private static DateTimeOffset? Time(long? ms) => ms is { } known ? DateTimeOffset.FromUnixTimeMilliseconds(known) : null;

    private async Task Put(
        GatewayAccess gateway, string path, string instanceName, JsonObject body, IReadOnlyList<string> secrets, CancellationToken cancellationToken)
    {
        var call = new RestCall(HttpMethod.Post, path, instanceName, options.SessionTimeout) { Body = body, Secrets = secrets };
        await rest.Ask(gateway, call, cancellationToken);
    }

    /// <summary>Connect and restart fail with 200: an error in the body, or no body (gateway notes, 1).</summary>
    /// <param name="failed">What the error means. Its text does not tell: of a restart of 2.x it is <c>[object Object]</c> (2.3.7/004).</param>
    private async Task<RestAnswer> AskSession(GatewayAccess gateway, RestCall call, GatewayFault failed, CancellationToken cancellationToken)
    {
        var answer = await rest.Ask(gateway, call, cancellationToken);
        if (answer.IsEmpty)
        {
            throw Faults.Unreadable(call, "the answer is empty");
        }

        if (!answer.Json.Get("error"u8).IsTrue())
        {
            return answer;
        }

        var fault = Faults.Of(call, answer, gateway.ApiKey);
        throw fault.Fault == GatewayFault.Unknown ? new GatewayException(failed, fault.Message) : fault;
    }
}
