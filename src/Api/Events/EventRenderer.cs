using System.Globalization;
using System.Text.Json;
using Parley.Api.Auth;
using Parley.Api.Http;
using Parley.Api.Rendering;
using Parley.Api.Resources;
using Parley.Ports;

namespace Parley.Api.Events;

/// <summary>Gives events their content: the messages as the API shows them now.</summary>
/// <remarks>Whatever reads the log at whatever time gets what GET would give at that moment: a message that was deleted meanwhile has
/// nothing left to tell, one of a deleted tenant neither, one that went into another conversation is shown where it is.</remarks>
internal sealed class EventRenderer(IQueries queries, Renderer renderer, Credentials credentials) : IEventRenderer
{
    private static readonly byte[] Nothing = "{}"u8.ToArray();

    public async Task<IReadOnlyList<RenderedEvent>> Render(
        string tenantId, IReadOnlyList<LoggedEvent> events, CancellationToken cancellationToken)
    {
        var messages = await Messages(tenantId, events, cancellationToken);
        return [.. events.Select(e => Show(e, messages))];
    }

    /// <summary>An event as it is shown, with its message, if it has one that is there.</summary>
    public static RenderedEvent Show(LoggedEvent e, IReadOnlyDictionary<Guid, MessageResource> messages)
    {
        var facts = e.Facts;
        var messageId = EventKind.IsOfMessage(facts.Type) ? facts.MessageId : null;
        return new RenderedEvent(
            e,
            $"evt_{e.TenantId}_{e.Position.ToString(CultureInfo.InvariantCulture)}",
            $"/tenants/{e.TenantId}",
            messageId?.ToString() ?? e.Subject,
            facts.Number.ToString("D20", CultureInfo.InvariantCulture),
            EventCatalogue.Find(facts.Type) is { } kind
                ? JsonSerializer.SerializeToUtf8Bytes(kind.Show(e, messageId is { } id ? Message(e, id, messages) : null), kind.Data, Json.Options)
                : Nothing);
    }

    private static object Message(LoggedEvent e, Guid id, IReadOnlyDictionary<Guid, MessageResource> messages) =>
        messages.TryGetValue(id, out var message)
            ? message
            : new GoneMessageResource(id, e.Subject, e.Facts.SessionId, e.Facts.Sequence ?? 0, true);

    private async Task<IReadOnlyDictionary<Guid, MessageResource>> Messages(
        string tenantId, IReadOnlyList<LoggedEvent> events, CancellationToken cancellationToken)
    {
        var ids = events.Where(static e => EventKind.IsOfMessage(e.Facts.Type)).Select(static e => e.Facts.MessageId).OfType<Guid>().ToHashSet();
        if (ids.Count == 0 || !await credentials.TenantLives(tenantId, cancellationToken))
        {
            return new Dictionary<Guid, MessageResource>();
        }

        var found = await queries.FindMessages(tenantId, ids, cancellationToken);
        var shown = await renderer.Messages(tenantId, [.. found.Values], cancellationToken);
        return shown.ToDictionary(static message => message.Id);
    }
}
