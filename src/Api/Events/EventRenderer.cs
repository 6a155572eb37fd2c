using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text.Json;
using Parley.Api.Auth;
using Parley.Api.Http;
using Parley.Api.Rendering;
using Parley.Api.Resources;
using Parley.Domain.Events;
using Parley.Ports;

namespace Parley.Api.Events;

/// <summary>Gives events their content: the messages as the API shows them now.</summary>
/// <remarks>Whatever reads the log at whatever time gets what GET would give at that moment: a message that was deleted meanwhile has
/// nothing left to tell, one of a deleted tenant neither, one that went into another conversation is shown where it is. What is damaged is
/// shown as that, so that those behind it are not held up.</remarks>
internal sealed partial class EventRenderer(IQueries queries, Renderer renderer, Credentials credentials, ILogger<EventRenderer> logger) : IEventRenderer
{
    private const string OfRow = "row";
    private const string OfMessage = "message";

    private static readonly byte[] Nothing = "{}"u8.ToArray();
    private static readonly Meter Meter = new("Parley.Api");

    private static readonly Counter<long> Unreadable = Meter.CreateCounter<long>(
        "parley.api.events_unreadable",
        "{event}",
        "Events that were shown without what they are about, because their row or their message is damaged; each time that they were shown.");

    public async Task<IReadOnlyList<RenderedEvent>> Render(
        string tenantId, IReadOnlyList<LoggedEvent> events, CancellationToken cancellationToken)
    {
        var messages = await Messages(tenantId, events, cancellationToken);
        return [.. events.Select(e => Watched(Show(e, messages), messages))];
    }

    /// <summary>An event as it is shown, with its message, if it has one that is there.</summary>
    /// <param name="messages">Null where one cannot be read.</param>
    public static RenderedEvent Show(LoggedEvent e, IReadOnlyDictionary<Guid, MessageResource?> messages)
    {
        try
        {
            return Rendered(e, messages, e.Facts.Type);
        }
        catch (Exception exception) when (RowFault.Is(exception))
        {
            return Rendered(e, messages, EventType.Unreadable);
        }
    }

    private static RenderedEvent Rendered(LoggedEvent e, IReadOnlyDictionary<Guid, MessageResource?> messages, string type)
    {
        var messageId = EventKind.IsOfMessage(type) ? e.Facts.MessageId : null;
        return new RenderedEvent(
            e,
            $"evt_{e.TenantId}_{e.Position.ToString(CultureInfo.InvariantCulture)}",
            $"/tenants/{e.TenantId}",
            messageId?.ToString() ?? e.Subject,
            e.Facts.Number.ToString("D20", CultureInfo.InvariantCulture),
            EventCatalogue.Find(type) is { } kind
                ? JsonSerializer.SerializeToUtf8Bytes(kind.Show(e, messageId is { } id ? Message(e, id, messages) : null), kind.Data, Json.Options)
                : Nothing)
        {
            Type = type,
        };
    }

    private static object Message(LoggedEvent e, Guid id, IReadOnlyDictionary<Guid, MessageResource?> messages) =>
        !messages.TryGetValue(id, out var message) ? new GoneMessageResource(id, e.Subject, e.Facts.SessionId, e.Facts.Sequence ?? 0, true)
        : message is null ? new UnreadableMessageResource(id, e.Subject, e.Facts.SessionId, e.Facts.Sequence ?? 0, true)
        : message;

    private async Task<IReadOnlyDictionary<Guid, MessageResource?>> Messages(
        string tenantId, IReadOnlyList<LoggedEvent> events, CancellationToken cancellationToken)
    {
        var ids = events.Where(static e => EventKind.IsOfMessage(e.Facts.Type)).Select(static e => e.Facts.MessageId).OfType<Guid>().ToHashSet();
        if (ids.Count == 0)
        {
            return new Dictionary<Guid, MessageResource?>();
        }

        try
        {
            return await Messages(tenantId, ids, cancellationToken);
        }
        catch (Exception exception) when (RowFault.Is(exception))
        {
            return await OneByOne(tenantId, ids, cancellationToken);
        }
    }

    private async Task<IReadOnlyDictionary<Guid, MessageResource?>> Messages(
        string tenantId, IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        if (!await credentials.TenantLives(tenantId, cancellationToken))
        {
            return new Dictionary<Guid, MessageResource?>();
        }

        var found = await queries.FindMessages(tenantId, ids, cancellationToken);
        var damaged = found.Values.Where(static entry => DamagedMessage.Is(entry.Message)).Select(static entry => entry.Message.Id).ToList();
        var shown = await renderer.Messages(tenantId, [.. found.Values.Where(entry => !damaged.Contains(entry.Message.Id))], cancellationToken);
        var messages = shown.ToDictionary(static message => message.Id, static message => (MessageResource?)message);
        foreach (var id in damaged)
        {
            LogMessage(logger, null, id, tenantId);
            messages[id] = null;
        }

        return messages;
    }

    /// <summary>One of them cannot be shown, whatever the store made of it: the others are, as ever.</summary>
    private async Task<IReadOnlyDictionary<Guid, MessageResource?>> OneByOne(
        string tenantId, IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        var messages = new Dictionary<Guid, MessageResource?>();
        foreach (var id in ids)
        {
            try
            {
                foreach (var (found, message) in await Messages(tenantId, [id], cancellationToken))
                {
                    messages[found] = message;
                }
            }
            catch (Exception exception) when (RowFault.Is(exception))
            {
                LogMessage(logger, exception, id, tenantId);
                messages[id] = null;
            }
        }

        return messages;
    }

    private RenderedEvent Watched(RenderedEvent e, IReadOnlyDictionary<Guid, MessageResource?> messages)
    {
        if (e.Type == EventType.Unreadable)
        {
            LogRow(logger, e.Logged.Position, e.TenantId, e.Logged.Facts.KnownType);
            Unreadable.Add(1, KeyValuePair.Create<string, object?>("what", OfRow));
        }
        else if (EventKind.IsOfMessage(e.Type) && e.Logged.Facts.MessageId is { } id && messages.TryGetValue(id, out var message) && message is null)
        {
            Unreadable.Add(1, KeyValuePair.Create<string, object?>("what", OfMessage));
        }

        return e;
    }

    [LoggerMessage(
        2111, LogLevel.Error, "The event at position {Position} of tenant {TenantId} cannot be shown: its row is damaged, or of a newer version ({Type}).")]
    private static partial void LogRow(ILogger logger, long position, string tenantId, string? type);

    [LoggerMessage(2112, LogLevel.Error, "Message {MessageId} of tenant {TenantId} cannot be read: its events are shown without it.")]
    private static partial void LogMessage(ILogger logger, Exception? exception, Guid messageId, string tenantId);
}
