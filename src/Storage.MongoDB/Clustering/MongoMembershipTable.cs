using Microsoft.Extensions.Options;
using MongoDB.Bson;
using MongoDB.Driver;
using Orleans.Configuration;

namespace Parley.Storage.MongoDB.Clustering;

/// <summary>Orleans' membership table as one document.</summary>
/// <remarks>Every change names the etags that it was made from, in the filter of one update: the server applies all of it or nothing.
/// Failures of the server go to Orleans, which reads again and decides anew; a lost answer is told apart by the driver's retry (the server
/// knows an update that it has made) or by that reading.</remarks>
internal sealed class MongoMembershipTable(ClusterCollection clusters, IOptions<ClusterOptions> cluster) : IMembershipTable
{
    private const string Row = $"{ClusterDocument.MembersField}.$";

    private static readonly FilterDefinitionBuilder<ClusterDocument> Where = Builders<ClusterDocument>.Filter;
    private static readonly FilterDefinitionBuilder<MemberRow> WhereRow = Builders<MemberRow>.Filter;
    private static readonly UpdateDefinitionBuilder<ClusterDocument> Change = Builders<ClusterDocument>.Update;

    private readonly string _clusterId = cluster.Value.ClusterId;

    private FilterDefinition<ClusterDocument> ThisCluster => Where.Eq(static c => c.Id, _clusterId);

    public async Task InitializeMembershipTableAsync(bool tryInitTableVersion, CancellationToken cancellationToken = default)
    {
        if (!tryInitTableVersion)
        {
            return;
        }

        var first = Change
            .SetOnInsert(static c => c.Version, 0)
            .SetOnInsert(static c => c.Etag, NewEtag())
            .SetOnInsert(static c => c.Members, []);
        try
        {
            await clusters.Call((documents, ct) => documents.UpdateOneAsync(ThisCluster, first, new UpdateOptions { IsUpsert = true }, ct), cancellationToken);
        }
        catch (MongoWriteException e) when (e.WriteError.Category == ServerErrorCategory.DuplicateKey)
        {
            // Another silo began the table at the same moment.
        }
    }

    public Task DeleteMembershipTableEntriesAsync(string clusterId, CancellationToken cancellationToken = default) =>
        clusters.Call((documents, ct) => documents.DeleteOneAsync(Where.Eq(static c => c.Id, clusterId), ct), cancellationToken);

    /// <summary>Dead rows only, and only those of which nothing was heard since.</summary>
    public Task CleanupDefunctSiloEntriesAsync(DateTimeOffset beforeDate, CancellationToken cancellationToken = default)
    {
        var before = beforeDate.UtcDateTime;
        var defunct = WhereRow.Eq(static m => m.Status, (int)SiloStatus.Dead)
            & WhereRow.Lt(static m => m.StartedAt, before)
            & WhereRow.Lt(static m => m.AliveAt, before)
            & WhereRow.Not(WhereRow.ElemMatch(static m => m.Votes, Builders<VoteRow>.Filter.Gte(static v => v.At, before)));
        return Update(ThisCluster, Change.PullFilter(static c => c.Members, defunct), cancellationToken);
    }

    public async Task<MembershipTableData> ReadRowAsync(SiloAddress key, CancellationToken cancellationToken = default)
    {
        var all = await ReadAllAsync(cancellationToken);
        return all.TryGet(key) is { } row ? new MembershipTableData(row, all.Version) : new MembershipTableData(all.Version);
    }

    public async Task<MembershipTableData> ReadAllAsync(CancellationToken cancellationToken = default)
    {
        var found = await clusters.Find(_clusterId, cancellationToken);

        // Not begun, or deleted: empty, and with an etag that no change can name.
        return found is null
            ? new MembershipTableData(new TableVersion(0, ""))
            : new MembershipTableData(
                [.. found.Members.Select(static row => Tuple.Create(row.ToEntry(), row.Etag))], new TableVersion(found.Version, found.Etag));
    }

    public async Task<bool> InsertRowAsync(MembershipEntry entry, TableVersion tableVersion, CancellationToken cancellationToken = default)
    {
        var row = MemberRow.Of(entry, NewEtag());
        var expected = ThisCluster
            & Where.Eq(static c => c.Etag, tableVersion.VersionEtag)
            & Where.Not(Where.ElemMatch(static c => c.Members, WhereRow.Eq(static m => m.Silo, row.Silo)));
        return await Apply(expected, Change.Push(static c => c.Members, row), tableVersion, cancellationToken);
    }

    public async Task<bool> UpdateRowAsync(MembershipEntry entry, string etag, TableVersion tableVersion, CancellationToken cancellationToken = default)
    {
        var row = MemberRow.Of(entry, NewEtag());
        var expected = ThisCluster
            & Where.Eq(static c => c.Etag, tableVersion.VersionEtag)
            & Where.ElemMatch(static c => c.Members, WhereRow.Eq(static m => m.Silo, row.Silo) & WhereRow.Eq(static m => m.Etag, etag));
        return await Apply(expected, Change.Set(Row, row), tableVersion, cancellationToken);
    }

    /// <summary>Moves neither the table's version nor an etag: a change made from tokens that were read before still succeeds.</summary>
    public Task UpdateIAmAliveAsync(MembershipEntry entry, CancellationToken cancellationToken = default)
    {
        var silo = entry.SiloAddress.ToParsableString();
        return Update(
            ThisCluster & Where.ElemMatch(static c => c.Members, WhereRow.Eq(static m => m.Silo, silo)),
            Change.Set($"{Row}.{MemberRow.AliveAtField}", MemberRow.Utc(entry.IAmAliveTime)),
            cancellationToken);
    }

    // The older half of the interface. Orleans calls the methods above.
    public Task InitializeMembershipTable(bool tryInitTableVersion) => InitializeMembershipTableAsync(tryInitTableVersion, CancellationToken.None);

    public Task DeleteMembershipTableEntries(string clusterId) => DeleteMembershipTableEntriesAsync(clusterId, CancellationToken.None);

    public Task CleanupDefunctSiloEntries(DateTimeOffset beforeDate) => CleanupDefunctSiloEntriesAsync(beforeDate, CancellationToken.None);

    public Task<MembershipTableData> ReadRow(SiloAddress key) => ReadRowAsync(key, CancellationToken.None);

    public Task<MembershipTableData> ReadAll() => ReadAllAsync(CancellationToken.None);

    public Task<bool> InsertRow(MembershipEntry entry, TableVersion tableVersion) => InsertRowAsync(entry, tableVersion, CancellationToken.None);

    public Task<bool> UpdateRow(MembershipEntry entry, string etag, TableVersion tableVersion) =>
        UpdateRowAsync(entry, etag, tableVersion, CancellationToken.None);

    public Task UpdateIAmAlive(MembershipEntry entry) => UpdateIAmAliveAsync(entry, CancellationToken.None);

    private async Task<bool> Apply(
        FilterDefinition<ClusterDocument> expected,
        UpdateDefinition<ClusterDocument> change,
        TableVersion tableVersion,
        CancellationToken cancellationToken)
    {
        var moved = Change.Combine(change, Change.Set(static c => c.Version, tableVersion.Version), Change.Set(static c => c.Etag, NewEtag()));
        return (await Update(expected, moved, cancellationToken)).MatchedCount == 1;
    }

    private Task<UpdateResult> Update(
        FilterDefinition<ClusterDocument> where, UpdateDefinition<ClusterDocument> change, CancellationToken cancellationToken) =>
        clusters.Call((documents, ct) => documents.UpdateOneAsync(where, change, cancellationToken: ct), cancellationToken);

    /// <summary>Never given twice, also not by a table that was deleted and begun again.</summary>
    private static string NewEtag() => ObjectId.GenerateNewId().ToString();
}
