using Parley.Domain.Addresses;
using Parley.Domain.Conversations;
using Parley.Domain.Messages;
using Parley.Domain.Sends;
using Parley.Domain.Sessions;
using Parley.Domain.Work;
using Parley.Ports;

namespace Parley.Simulator.Stores;

// A caller's cancellation ends its wait, never what the store has begun.
public sealed partial class FaultyStore :
    IConversationStore, IAddressBook, IParkingLot, IWorkList, ISessionStore, IDirectory, IQuarantine, IMediaStore, IEventLog,
    ISendQueue, IIdempotencyStore, IUploadStore
{
    public Task<ConversationHead?> ReadHead(
        string tenantId, string conversationId, CancellationToken cancellationToken) =>
        Call(nameof(ReadHead), conversationId, () => store.ReadHead(tenantId, conversationId, CancellationToken.None), cancellationToken);

    public Task<MessageLookup> LookUp(
        string tenantId, IReadOnlyCollection<string> externalIds, CancellationToken cancellationToken) =>
        Call(nameof(LookUp), externalIds, () => store.LookUp(tenantId, externalIds, CancellationToken.None), cancellationToken);

    public Task<KeptMessage?> FindById(
        string tenantId, Guid messageId, CancellationToken cancellationToken) =>
        Call(nameof(FindById), messageId, () => store.FindById(tenantId, messageId, CancellationToken.None), cancellationToken);

    public Task<CommitResult> Commit(
        ConversationCommit commit, CancellationToken cancellationToken)
    {
        if (!faults.Happens(faults.Snapshots))
        {
            return Call(nameof(Commit), commit, () => Told(store.Commit(commit, CancellationToken.None), commit.TenantId), cancellationToken);
        }

        // As a store whose transactions look at a snapshot: it misses what passes them, and leaves the second look to the caller.
        var refused = store.RefuseSeen(commit);
        var unlooked = commit with { Unseen = [] };
        return Call(
            nameof(Commit),
            commit,
            () => refused is null ? Told(store.Commit(unlooked, CancellationToken.None), commit.TenantId) : Task.FromResult(refused),
            cancellationToken);
    }

    public Task<IReadOnlyList<KeptMessage>> ReadAfter(
        string tenantId, string conversationId, long after, int limit, CancellationToken cancellationToken) =>
        Call(nameof(ReadAfter), conversationId, () => store.ReadAfter(tenantId, conversationId, after, limit, CancellationToken.None), cancellationToken);

    public Task<long> CountUnread(
        string tenantId, string conversationId, long after, long upTo, CancellationToken cancellationToken) =>
        Call(nameof(CountUnread), conversationId, () => store.CountUnread(tenantId, conversationId, after, upTo, CancellationToken.None), cancellationToken);

    public Task<bool> NamesMedia(
        string tenantId, string sha256, CancellationToken cancellationToken) =>
        Call(nameof(NamesMedia), sha256, () => store.NamesMedia(tenantId, sha256, CancellationToken.None), cancellationToken);

    public Task<IReadOnlyDictionary<Address, Address>> FindPhones(
        string tenantId, IReadOnlyCollection<Address> lids, CancellationToken cancellationToken) =>
        Call(nameof(FindPhones), lids, () => store.FindPhones(tenantId, lids, CancellationToken.None), cancellationToken);

    public Task<IReadOnlyList<Address>> FindLids(
        string tenantId, Address phone, CancellationToken cancellationToken) =>
        Call(nameof(FindLids), phone, () => store.FindLids(tenantId, phone, CancellationToken.None), cancellationToken);

    public Task<bool> Learn(
        string tenantId, IReadOnlyCollection<LidPair> pairs, DateTimeOffset now, CancellationToken cancellationToken) =>
        Call(nameof(Learn), pairs, () => store.Learn(tenantId, pairs, now, CancellationToken.None), cancellationToken);

    public Task<IReadOnlyDictionary<AddressPair, string>> FindConversations(
        string tenantId, IReadOnlyCollection<AddressPair> pairs, CancellationToken cancellationToken) =>
        Call(nameof(FindConversations), pairs, () => store.FindConversations(tenantId, pairs, CancellationToken.None), cancellationToken);

    public Task<IReadOnlyList<(AddressPair Pair, string ConversationId)>> FindByParty(
        string tenantId, Address party, AddressPair? after, int limit, CancellationToken cancellationToken) =>
        Call(nameof(FindByParty), party, () => store.FindByParty(tenantId, party, after, limit, CancellationToken.None), cancellationToken);

    public Task<IReadOnlyList<(string TenantId, ConversationHead Head)>> FindHidden(
        (string TenantId, string ConversationId)? after, int limit, CancellationToken cancellationToken) =>
        Call(nameof(FindHidden), after, () => store.FindHidden(after, limit, CancellationToken.None), cancellationToken);

    public Task<IReadOnlyList<ParkedChange>> Park(
        string tenantId, string sessionId, IReadOnlyCollection<MessageChange> changes, int bound, DateTimeOffset now, CancellationToken cancellationToken) =>
        Call(nameof(Park), changes, () => store.Park(tenantId, sessionId, changes, bound, now, CancellationToken.None), cancellationToken);

    public Task Unpark(
        string tenantId, IReadOnlyCollection<long> ids, CancellationToken cancellationToken) =>
        Call(nameof(Unpark), ids, () => store.Unpark(tenantId, ids, CancellationToken.None), cancellationToken);

    public Task<IReadOnlyList<ParkedChange>> ListParked(
        long after, int limit, CancellationToken cancellationToken) =>
        Call(nameof(ListParked), after, () => store.ListParked(after, limit, CancellationToken.None), cancellationToken);

    public Task<IReadOnlyList<ParkedChange>> ListParked(
        string tenantId, string sessionId, int limit, CancellationToken cancellationToken) =>
        Call(nameof(ListParked), sessionId, () => store.ListParked(tenantId, sessionId, limit, CancellationToken.None), cancellationToken);

    public Task<int> ExpireParked(
        DateTimeOffset before, CancellationToken cancellationToken) =>
        Call(nameof(ExpireParked), before, () => store.ExpireParked(before, CancellationToken.None), cancellationToken);

    public Task Leave(
        string tenantId, IReadOnlyCollection<WorkItem> items, DateTimeOffset now, CancellationToken cancellationToken) =>
        Call(nameof(Leave), items, () => store.Leave(tenantId, items, now, CancellationToken.None), cancellationToken);

    public Task<IReadOnlyList<DueWork>> Due(
        string tenantId, int limit, DateTimeOffset now, CancellationToken cancellationToken) =>
        Call(nameof(Due), tenantId, () => store.Due(tenantId, limit, now, CancellationToken.None), cancellationToken);

    public Task Complete(
        string tenantId, DueWork work, CancellationToken cancellationToken) =>
        Call(nameof(Complete), work, () => store.Complete(tenantId, work, CancellationToken.None), cancellationToken);

    public Task Postpone(
        string tenantId, DueWork work, DateTimeOffset until, CancellationToken cancellationToken) =>
        Call(nameof(Postpone), work.Item.Key, () => store.Postpone(tenantId, work, until, CancellationToken.None), cancellationToken);

    public Task<IReadOnlyList<string>> TenantsWithWork(
        DateTimeOffset now, CancellationToken cancellationToken) =>
        Call(nameof(TenantsWithWork), now, () => store.TenantsWithWork(now, CancellationToken.None), cancellationToken);

    public Task<Session?> ReadSession(
        string tenantId, string sessionId, CancellationToken cancellationToken) =>
        Call(nameof(ReadSession), sessionId, () => store.ReadSession(tenantId, sessionId, CancellationToken.None), cancellationToken);

    public Task<Session?> FindByInstance(
        string tenantId, string instanceName, CancellationToken cancellationToken) =>
        Call(nameof(FindByInstance), instanceName, () => store.FindByInstance(tenantId, instanceName, CancellationToken.None), cancellationToken);

    public Task<IReadOnlyList<SessionEntry>> FindOwners(
        string instanceName, CancellationToken cancellationToken) =>
        Call(nameof(FindOwners), instanceName, () => store.FindOwners(instanceName, CancellationToken.None), cancellationToken);

    public Task<CommitResult> Commit(
        SessionCommit commit, CancellationToken cancellationToken) =>
        Call(nameof(Commit), commit, () => Told(store.Commit(commit, CancellationToken.None), commit.TenantId), cancellationToken);

    public Task Touch(
        string tenantId, string sessionId, DateTimeOffset receivedAt, CancellationToken cancellationToken) =>
        Call(nameof(Touch), sessionId, () => store.Touch(tenantId, sessionId, receivedAt, CancellationToken.None), cancellationToken);

    public Task PutQr(
        string tenantId, string sessionId, SessionQr qr, CancellationToken cancellationToken) =>
        Call(nameof(PutQr), sessionId, () => store.PutQr(tenantId, sessionId, qr, CancellationToken.None), cancellationToken);

    public Task VoidQr(
        string tenantId, string sessionId, DateTimeOffset upTo, CancellationToken cancellationToken) =>
        Call(nameof(VoidQr), sessionId, () => store.VoidQr(tenantId, sessionId, upTo, CancellationToken.None), cancellationToken);

    public Task<SessionQr?> ReadQr(
        string tenantId, string sessionId, DateTimeOffset now, CancellationToken cancellationToken) =>
        Call(nameof(ReadQr), sessionId, () => store.ReadQr(tenantId, sessionId, now, CancellationToken.None), cancellationToken);

    public Task<Page<SessionEntry>> ListSessions(
        string? tenantId, SessionFilter filter, PageRequest page, CancellationToken cancellationToken) =>
        Call(nameof(ListSessions), null, () => store.ListSessions(tenantId, filter, page, CancellationToken.None), cancellationToken);

    public Task<SessionEntry?> ReadEntry(
        string tenantId, string sessionId, CancellationToken cancellationToken) =>
        Call(nameof(ReadEntry), null, () => store.ReadEntry(tenantId, sessionId, CancellationToken.None), cancellationToken);

    public Task<Page<SessionTransition>> ListTransitions(
        string tenantId, string sessionId, PageRequest page, CancellationToken cancellationToken) =>
        Call(nameof(ListTransitions), null, () => store.ListTransitions(tenantId, sessionId, page, CancellationToken.None), cancellationToken);

    public Task Put(
        string tenantId, IReadOnlyCollection<DirectoryEntry> entries, CancellationToken cancellationToken) =>
        Call(nameof(Put), entries, () => store.Put(tenantId, entries, CancellationToken.None), cancellationToken);

    public Task<IReadOnlyDictionary<Address, DirectoryEntry>> Find(
        string tenantId, IReadOnlyCollection<Address> addresses, CancellationToken cancellationToken) =>
        Call(nameof(Find), addresses, () => store.Find(tenantId, addresses, CancellationToken.None), cancellationToken);

    public Task<Guid> Add(
        QuarantinedPayload payload, CancellationToken cancellationToken) =>
        Call(nameof(Add), payload, () => store.Add(payload, CancellationToken.None), cancellationToken);

    public Task<Page<QuarantinedPayload>> ListQuarantined(
        string tenantId, string? code, DateTimeOffset? since, PageRequest page, CancellationToken cancellationToken) =>
        Call(nameof(ListQuarantined), null, () => store.ListQuarantined(tenantId, code, since, page, CancellationToken.None), cancellationToken);

    public Task<QuarantinedPayload?> ReadQuarantined(
        string tenantId, Guid id, CancellationToken cancellationToken) =>
        Call(nameof(ReadQuarantined), null, () => store.ReadQuarantined(tenantId, id, CancellationToken.None), cancellationToken);

    public Task RemoveQuarantined(
        string tenantId, Guid id, CancellationToken cancellationToken) =>
        Call(nameof(RemoveQuarantined), null, () => store.RemoveQuarantined(tenantId, id, CancellationToken.None), cancellationToken);

    public Task<int> ExpireQuarantined(
        DateTimeOffset before, CancellationToken cancellationToken) =>
        Call(nameof(ExpireQuarantined), null, () => store.ExpireQuarantined(before, CancellationToken.None), cancellationToken);

    public Task<IMediaWriter> Create(
        string tenantId, CancellationToken cancellationToken) =>
        Call(nameof(Create), null, () => store.Create(tenantId, CancellationToken.None), cancellationToken);

    public Task<Stream?> Open(
        string tenantId, string sha256, CancellationToken cancellationToken) =>
        Call(nameof(Open), null, () => store.Open(tenantId, sha256, CancellationToken.None), cancellationToken);

    public Task<bool> Renew(
        string tenantId, string sha256, DateTimeOffset now, CancellationToken cancellationToken) =>
        Call(nameof(Renew), null, () => store.Renew(tenantId, sha256, now, CancellationToken.None), cancellationToken);

    public Task<IReadOnlyList<LoggedEvent>> ReadEvents(
        string tenantId, long after, int limit, CancellationToken cancellationToken) =>
        Call(nameof(ReadEvents), null, () => store.ReadEvents(tenantId, after, limit, CancellationToken.None), cancellationToken);

    public int Shards => store.Shards;

    public int ShardFor(string tenantId) => store.ShardFor(tenantId);

    public Task<IReadOnlyList<LoggedEvent>> ReadShard(
        int shard, long after, int limit, CancellationToken cancellationToken) =>
        Call(nameof(ReadShard), null, () => store.ReadShard(shard, after, limit, CancellationToken.None), cancellationToken);

    public Task<LogBounds> ReadBounds(
        string tenantId, CancellationToken cancellationToken) =>
        Call(nameof(ReadBounds), null, () => store.ReadBounds(tenantId, CancellationToken.None), cancellationToken);

    public Task<IReadOnlyList<LogBounds>> ReadShardBounds(
        CancellationToken cancellationToken) =>
        Call(nameof(ReadShardBounds), null, () => store.ReadShardBounds(CancellationToken.None), cancellationToken);

    public Task<IReadOnlyList<long>> ReadHeads(
        CancellationToken cancellationToken) =>
        Call(nameof(ReadHeads), null, () => store.ReadHeads(CancellationToken.None), cancellationToken);

    public Task<long> FindPosition(
        string tenantId, DateTimeOffset loggedBefore, CancellationToken cancellationToken) =>
        Call(nameof(FindPosition), null, () => store.FindPosition(tenantId, loggedBefore, CancellationToken.None), cancellationToken);

    public Task<long> FindRunning(
        int shard, DateTimeOffset loggedBefore, CancellationToken cancellationToken) =>
        Call(nameof(FindRunning), null, () => store.FindRunning(shard, loggedBefore, CancellationToken.None), cancellationToken);

    public Task WaitForNews(CancellationToken cancellationToken) => store.WaitForNews(cancellationToken);

    public Task<int> ExpireEvents(
        DateTimeOffset before, CancellationToken cancellationToken) =>
        Call(nameof(ExpireEvents), null, () => store.ExpireEvents(before, CancellationToken.None), cancellationToken);

    public Task<IReadOnlyList<QueuedSend>> ListSends(
        string tenantId, string sessionId, Guid? after, int limit, CancellationToken cancellationToken) =>
        Call(nameof(ListSends), sessionId, () => store.ListSends(tenantId, sessionId, after, limit, CancellationToken.None), cancellationToken);

    public Task<int> CountSends(
        string tenantId, string sessionId, int atMost, CancellationToken cancellationToken) =>
        Call(nameof(CountSends), sessionId, () => store.CountSends(tenantId, sessionId, atMost, CancellationToken.None), cancellationToken);

    public Task<IReadOnlyList<QueuedSend>> ListLeaving(
        string tenantId, Address line, CancellationToken cancellationToken) =>
        Call(nameof(ListLeaving), line, () => store.ListLeaving(tenantId, line, CancellationToken.None), cancellationToken);

    public Task<IReadOnlyList<(string TenantId, QueuedSend Send)>> ListLeaving(
        DateTimeOffset before, int limit, CancellationToken cancellationToken) =>
        Call(nameof(ListLeaving), before, () => store.ListLeaving(before, limit, CancellationToken.None), cancellationToken);

    public Task ParkEcho(
        string tenantId, ParkedEcho echo, CancellationToken cancellationToken) =>
        Call(nameof(ParkEcho), echo, () => store.ParkEcho(tenantId, echo, CancellationToken.None), cancellationToken);

    public Task<IReadOnlyList<(long Id, ParkedEcho Echo)>> ListEchoes(
        string tenantId, Address line, int limit, CancellationToken cancellationToken) =>
        Call(nameof(ListEchoes), line, () => store.ListEchoes(tenantId, line, limit, CancellationToken.None), cancellationToken);

    public Task<IReadOnlyList<(string TenantId, Address Line)>> LinesWithEchoes(
        DateTimeOffset before, int limit, CancellationToken cancellationToken) =>
        Call(nameof(LinesWithEchoes), before, () => store.LinesWithEchoes(before, limit, CancellationToken.None), cancellationToken);

    public Task RemoveEcho(
        string tenantId, long id, CancellationToken cancellationToken) =>
        Call(nameof(RemoveEcho), id, () => store.RemoveEcho(tenantId, id, CancellationToken.None), cancellationToken);

    public Task<IdempotencyRow?> BeginKey(
        string tenantId, IdempotencyRow row, CancellationToken cancellationToken) =>
        Call(nameof(BeginKey), row.Key, () => store.BeginKey(tenantId, row, CancellationToken.None), cancellationToken);

    public Task<bool> RenewKey(
        string tenantId, IdempotencyRow read, DateTimeOffset now, CancellationToken cancellationToken) =>
        Call(nameof(RenewKey), read.Key, () => store.RenewKey(tenantId, read, now, CancellationToken.None), cancellationToken);

    public Task RemoveKey(
        string tenantId, IdempotencyRow tried, CancellationToken cancellationToken) =>
        Call(nameof(RemoveKey), tried.Key, () => store.RemoveKey(tenantId, tried, CancellationToken.None), cancellationToken);

    public Task<int> ExpireKeys(
        DateTimeOffset before, CancellationToken cancellationToken) =>
        Call(nameof(ExpireKeys), null, () => store.ExpireKeys(before, CancellationToken.None), cancellationToken);

    public Task AddUpload(
        string tenantId, Upload upload, CancellationToken cancellationToken) =>
        Call(nameof(AddUpload), upload.MediaId, () => store.AddUpload(tenantId, upload, CancellationToken.None), cancellationToken);

    public Task<Upload?> FindUpload(
        string tenantId, string mediaId, DateTimeOffset now, CancellationToken cancellationToken) =>
        Call(nameof(FindUpload), mediaId, () => store.FindUpload(tenantId, mediaId, now, CancellationToken.None), cancellationToken);

    public Task<int> ExpireUploads(
        DateTimeOffset now, CancellationToken cancellationToken) =>
        Call(nameof(ExpireUploads), null, () => store.ExpireUploads(now, CancellationToken.None), cancellationToken);

    // Its question calls back into the caller's code, so it is no single call of the store.
    public Task<int> Sweep(DateTimeOffset before, Func<string, string, Task<bool>> isNamed, CancellationToken cancellationToken) =>
        store.Sweep(before, isNamed, cancellationToken);
}
