using System.Globalization;
using Parley.Domain.Messages;
using Parley.Ports;
using SortKey = Parley.Ports.SortKey;

namespace Parley.Api.Endpoints;

/// <summary>The places of messages in their lists, as the queries sort them.</summary>
internal static class SortKeys
{
    public static SortKey ByTime(DateTimeOffset time, long sequence) =>
        new(time.ToUnixTimeMilliseconds(), sequence.ToString(CultureInfo.InvariantCulture));

    /// <summary>The place of a message among those of a tenant; those of one conversation follow its own order.</summary>
    public static SortKey Of(Message message, MessagesFilter filter)
    {
        var id = message.Id.ToString("D");
        return filter switch
        {
            { ConversationId: not null, ExternalId: null, UpdatedSince: null } => filter is { Since: null, Until: null }
                ? new SortKey(message.Sequence)
                : ByTime(message.Timestamp, message.Sequence),
            { UpdatedSince: not null } => new SortKey(message.UpdatedAt.ToUnixTimeMilliseconds(), id),
            { Since: not null } or { Until: not null } => new SortKey(message.Timestamp.ToUnixTimeMilliseconds(), id),
            _ => new SortKey(0, id),
        };
    }
}
