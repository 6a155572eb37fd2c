using MongoDB.Bson;
using MongoDB.Driver;
using Parley.Domain.Sessions;
using Parley.Ports;
using Parley.Ports.Rows;
using Parley.Storage.MongoDB.Rows;
using Parley.Storage.MongoDB.Schema;
using SortKey = Parley.Ports.SortKey;

namespace Parley.Storage.MongoDB.Reading;

/// <summary>Sessions of one tenant or of all, in the order of (tenant, id).</summary>
internal sealed class SessionList(
    Collections collections, IClientSessionHandle session, UnreadableRows unreadable, CancellationToken cancellationToken)
{
    /// <summary>Stands between tenant and id in a key; no tenant's id has it.</summary>
    private const char Separator = '/';

    private const int MostOwners = 10;

    public async Task<Page<SessionEntry>> Read(string? tenantId, SessionFilter filter, PageRequest page)
    {
        long? total = tenantId is not null && filter == new SessionFilter()
            ? await Counts.Read(collections, session, tenantId, Field.Sessions, cancellationToken)
            : null;
        return await Keyset.Read((from, backwards) => Scan(tenantId, filter, from, backwards), page, total);
    }

    public async Task<SessionEntry?> ReadOne(string tenantId, string sessionId)
    {
        var row = await collections.Sessions.Find(session, new BsonDocument(Field.Id, TenantKey.Of(tenantId, sessionId)))
            .FirstOrDefaultAsync(cancellationToken);
        return row is null ? null : Entry(row, await Received([row]));
    }

    /// <returns>The sessions of all tenants whose instance has this name: the living before the destroyed (the last status), then the
    /// latest.</returns>
    /// <remarks>One that cannot be read is not passed over: the instance would go to whoever comes after it.</remarks>
    public async Task<IReadOnlyList<SessionEntry>> ReadOwners(string instanceName)
    {
        var rows = await collections.Sessions
            .Find(session, new BsonDocument(Field.Instance, instanceName), new FindOptions { Hint = Indexes.SessionOwner })
            .Sort(new BsonDocument { { Field.Status, 1 }, { Field.Created, -1 } })
            .Limit(MostOwners)
            .ToListAsync(cancellationToken);
        var received = await Received(rows);
        return [.. rows.Select(row => Entry(row, received))];
    }

    private async IAsyncEnumerable<(SortKey Key, SessionEntry? Row)> Scan(string? tenantId, SessionFilter filter, SortKey? from, bool backwards)
    {
        var place = new BsonDocument();
        if (tenantId is not null)
        {
            place.Add(Field.Tenant, tenantId);
        }

        if (from is not null)
        {
            var (tenant, name) = Split(from);
            var compare = backwards ? "$lt" : "$gt";
            if (tenantId is not null)
            {
                place.Add(Field.Name, new BsonDocument(compare, name));
            }
            else
            {
                place.AddRange(Scans.Beyond(Field.Tenant, tenant, Field.Name, name, descending: backwards));
            }
        }

        var sort = Scans.Sort(backwards, Field.Tenant, Field.Name);
        await foreach (var batch in Scans.Batches(collections.Sessions, session, place, sort, Indexes.SessionName, null, cancellationToken))
        {
            var received = await Received([.. batch.Where(row => Matches(row, filter))]);
            foreach (var row in batch)
            {
                yield return (
                    new SortKey(0, row.Text(Field.Tenant) + Separator + row.Text(Field.Name)),
                    Matches(row, filter) && Read(row, received) is { Session.DeletedByTenant: false } entry ? entry : null);
            }
        }

        SessionEntry? Read(BsonDocument row, Dictionary<string, DateTimeOffset?> received) => filter.Whole ? Entry(row, received)
            : unreadable.TryRead(
                RowOf.Session,
                row,
                row => Entry(row, received),
                static row => row.Text(Field.Tenant) + Separator + row.Text(Field.Name),
                out var entry) ? entry
            : null;
    }

    private static bool Matches(BsonDocument row, SessionFilter filter) =>
        (filter.Status is not { } status || row[Field.Status].AsInt32 == (int)status)
        && (filter.NeedsAttention is not { } attention || row[Field.Attention].AsBoolean == attention);

    private static (string Tenant, string Name) Split(SortKey key)
    {
        var at = key.Tie.IndexOf(Separator, StringComparison.Ordinal);
        return at < 0 ? (key.Tie, "") : (key.Tie[..at], key.Tie[(at + 1)..]);
    }

    private static SessionEntry Entry(BsonDocument row, Dictionary<string, DateTimeOffset?> received) => new(
        row.Text(Field.Tenant), StoreJson.Read<Session>(row.Text(Field.Body)), received.GetValueOrDefault(row.Text(Field.Id)));

    /// <returns>When their last webhooks came, by their rows' ids.</returns>
    private async Task<Dictionary<string, DateTimeOffset?>> Received(List<BsonDocument> rows)
    {
        if (rows.Count == 0)
        {
            return [];
        }

        var seen = await collections.SessionsSeen
            .Find(session, new BsonDocument(Field.Id, new BsonDocument("$in", new BsonArray(rows.Select(static row => row[Field.Id])))))
            .Project(new BsonDocument(Field.Received, 1))
            .ToListAsync(cancellationToken);
        return seen.ToDictionary(static row => row.Text(Field.Id), static row => row.MaybeTime(Field.Received), StringComparer.Ordinal);
    }
}
