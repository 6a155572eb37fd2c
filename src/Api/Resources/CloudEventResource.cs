using Parley.Api.Http;
using Parley.Ports;

namespace Parley.Api.Resources;

/// <summary>An event by CloudEvents 1.0.</summary>
/// <param name="Id">The same at every delivery; with the source it names the event.</param>
/// <param name="Subject">The id of the message, conversation, session or endpoint that it is about.</param>
/// <param name="Time">When it happened.</param>
/// <param name="Sequence">The number of the event in its conversation or session, in 20 digits.</param>
/// <param name="Position">The place in the tenant's log.</param>
internal sealed record CloudEventResource(
    string Specversion,
    string Id,
    string Source,
    string Type,
    string Subject,
    DateTimeOffset Time,
    string Tenantid,
    string Sequence,
    long Position,
    string Datacontenttype,
    RawJson Data)
{
    public static CloudEventResource Of(RenderedEvent e) => new(
        "1.0",
        e.Id,
        e.Source,
        e.Type,
        e.Subject,
        e.Time,
        e.TenantId,
        e.Sequence,
        e.Logged.Position,
        "application/json",
        new RawJson(e.Data, IsOurs: true));
}

/// <summary>A part of the log.</summary>
/// <param name="Reset">Only where events after the given place are no longer kept.</param>
internal sealed record EventPageResource(
    IReadOnlyList<CloudEventResource> Data, EventPaginationResource Pagination, EventResetResource? Reset = null);

/// <param name="HasMore">There are events after these; they may be such as the filters leave out.</param>
/// <param name="Next">The place after these: what to give as after, or as lastEventId of the stream, also where there is nothing more yet.</param>
internal sealed record EventPaginationResource(int Limit, bool HasMore, string Next);

/// <summary>Events after the reader's place are no longer kept: what comes next is the oldest that is.</summary>
/// <param name="Oldest">The oldest place that is kept.</param>
internal sealed record EventResetResource(string Oldest);

/// <param name="Ticket">For the query of GET /events.</param>
internal sealed record EventTicketResource(string Ticket, DateTimeOffset ExpiresAt);

/// <summary>One type of event.</summary>
/// <param name="Schema">Where its JSON schema is.</param>
internal sealed record EventTypeResource(string Type, string Description, string Schema);

internal sealed record EventTypesResource(IReadOnlyList<EventTypeResource> Data);
