using Parley.Domain.Events;

namespace Parley.Ports;

/// <summary>Gives events the content that they do not carry: the messages as they are now.</summary>
public interface IEventRenderer
{
    /// <summary>Renders events of one tenant, in their order, with one read for all messages.</summary>
    /// <remarks>What cannot be shown because it is damaged is shown as that: it fails for nothing but a store that is away.</remarks>
    Task<IReadOnlyList<RenderedEvent>> Render(string tenantId, IReadOnlyList<LoggedEvent> events, CancellationToken cancellationToken);
}

/// <summary>An event as subscribers get it, by the attributes of CloudEvents 1.0.</summary>
/// <param name="Logged">The row of the log.</param>
/// <param name="Id">The same at every delivery; no other event of the installation has it.</param>
/// <param name="Source"><c>/tenants/{tenantId}</c></param>
/// <param name="Subject">The id of the message, conversation, session or endpoint that it is about.</param>
/// <param name="Sequence">The number of the event in its conversation (or session), padded with zeros so that texts compare as numbers.</param>
/// <param name="Data">JSON.</param>
public sealed record RenderedEvent(
    LoggedEvent Logged, string Id, string Source, string Subject, string Sequence, ReadOnlyMemory<byte> Data)
{
    public string TenantId => Logged.TenantId;

    /// <summary>That of the row, unless it cannot be shown as such a one: then <see cref="EventType.Unreadable"/>.</summary>
    public string Type { get; init; } = Logged.Facts.Type;

    public DateTimeOffset Time => Logged.Facts.At;
}
