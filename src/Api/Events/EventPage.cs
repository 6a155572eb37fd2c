using Parley.Api.Resources;
using Parley.Domain.Events;
using Parley.Ports;

namespace Parley.Api.Events;

/// <summary>The log page by page.</summary>
internal static class EventPage
{
    private const int ReadSize = 200;

    /// <summary>How many events one page may look at where the filter leaves most of them out.</summary>
    private const int MostSeen = 5000;

    public static async Task<EventPageResource> Read(
        EventStreams streams, IEventFeed feed, EventFilter filter, string after, string parameter, int limit, CancellationToken cancellationToken)
    {
        var bounds = await feed.Bounds(cancellationToken);
        var start = EventStart.Read(after, parameter, bounds);
        var place = start.Place.ToArray();
        var reset = start.Reset;
        var wanted = new List<LoggedEvent>();

        // Of several logs each has its turn, so that a busy one does not keep the others from ever being read.
        var share = (limit + place.Length - 1) / place.Length;
        var seen = 0;
        var moved = true;
        while (moved && wanted.Count < limit && seen < MostSeen)
        {
            moved = false;
            for (var track = 0; track < place.Length && wanted.Count < limit; track++)
            {
                var most = Math.Min(limit, wanted.Count + share);
                var read = await feed.Read(track, place[track], ReadSize, cancellationToken);
                if (read.Count > 0 && feed.Number(read[0]) > place[track] + 1)
                {
                    // Dropped since the bounds were read. Said before the first event only: else the page ends here, and the next one says it.
                    if (seen > 0)
                    {
                        return await Page();
                    }

                    place[track] = feed.Number(read[0]) - 1;
                    reset = new EventResetResource(EventStart.Oldest(place));
                }

                foreach (var e in read)
                {
                    if (wanted.Count == most)
                    {
                        break;
                    }

                    moved = true;
                    seen++;
                    place[track] = feed.Number(e);
                    if (filter.Wants(e.Subject, e.Facts))
                    {
                        wanted.Add(e);
                    }
                }
            }
        }

        return await Page();

        async Task<EventPageResource> Page()
        {
            var events = await streams.Render(wanted, cancellationToken);
            var hasMore = place.Where((number, track) => number < bounds[track].Last).Any();
            return new EventPageResource(
                [.. events.Select(CloudEventResource.Of)], new EventPaginationResource(limit, hasMore, EventPlace.Write(place)), reset);
        }
    }
}
