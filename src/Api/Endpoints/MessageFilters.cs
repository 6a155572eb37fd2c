using Parley.Api.Http;
using Parley.Domain.Messages;

namespace Parley.Api.Endpoints;

/// <summary>Filters that both lists of messages take.</summary>
internal static class MessageFilters
{
    public static readonly QueryParameter<DateTimeOffset?> Since =
        QueryParameter.Time("since", "Messages whose gateway's time is not before this.");

    public static readonly QueryParameter<DateTimeOffset?> Until =
        QueryParameter.Time("until", "Messages whose gateway's time is before this.");

    public static readonly QueryParameter<Direction?> Direction =
        QueryParameter.Word<Direction>("direction", "Messages that came in, or went out.");

    public static readonly QueryParameter<MessageType?> Type = QueryParameter.Word<MessageType>("type", "Messages of this type.");
}
