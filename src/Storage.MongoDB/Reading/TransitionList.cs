using MongoDB.Bson;
using MongoDB.Driver;
using Parley.Domain.Sessions;
using Parley.Ports;
using Parley.Ports.Rows;
using Parley.Storage.MongoDB.Rows;
using Parley.Storage.MongoDB.Schema;
using SortKey = Parley.Ports.SortKey;

namespace Parley.Storage.MongoDB.Reading;

/// <summary>What happened to a session, newest first.</summary>
internal sealed class TransitionList(Collections collections, IClientSessionHandle session, string id, CancellationToken cancellationToken)
{
    public async Task<Page<SessionTransition>> Read(PageRequest page)
    {
        var row = await collections.Sessions.Find(session, new BsonDocument(Field.Id, id)).FirstOrDefaultAsync(cancellationToken);
        return row is null
            ? new Page<SessionTransition>([], null, null, false, false, 0)
            : await Keyset.Read<SessionTransition>(Scan, page, StoreJson.Read<Session>(row.Text(Field.Body)).TransitionCount);
    }

    private async IAsyncEnumerable<(SortKey Key, SessionTransition? Row)> Scan(SortKey? from, bool backwards)
    {
        var low = backwards && from is not null ? from.Value : 0;
        var high = !backwards && from is not null ? from.Value : long.MaxValue;
        var range = new BsonDocument(
            Field.Id, new BsonDocument { { "$gt", MessageId.Of(id, low) }, { "$lt", MessageId.Of(id, high) } });
        await foreach (var batch in Scans.Batches(
            collections.Transitions, session, range, Scans.Sort(!backwards, Field.Id), "_id_", null, cancellationToken))
        {
            foreach (var row in batch)
            {
                yield return (new SortKey(MessageId.Sequence(row)), StoreJson.Read<SessionTransition>(row.Text(Field.Body)));
            }
        }
    }
}
