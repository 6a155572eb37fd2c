using MongoDB.Bson;
using MongoDB.Driver;
using Parley.Domain.Addresses;
using Parley.Domain.Conversations;
using Parley.Domain.Messages;
using Parley.Domain.Sessions;
using Parley.Ports;
using Parley.Storage.MongoDB.Rows;

namespace Parley.Storage.MongoDB.Writing;

/// <summary>One caller's commit, made ready on the caller's thread: rows that can be written any number of times and happen once.</summary>
internal sealed class CommitJob
{
    private const int Waiting = 0;
    private const int Started = 1;
    private const int Withdrawn = 2;

    /// <summary>What MongoDB takes for a document, less what stands around a message in its row or its change.</summary>
    private const int LargestDocument = (16 << 20) - 1024;

    // A flusher must not run what its callers do next.
    private readonly TaskCompletionSource<CommitResult> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _state;

    public CommitJob(ConversationCommit commit, long nowMs)
    {
        var (tenant, id) = (commit.TenantId, commit.Head.ConversationId);
        TenantId = tenant;
        HeadId = TenantKey.Of(tenant, id);
        Version = commit.Head.Version;
        Head = HeadDocument.Of(tenant, commit.Head, Token);
        Added = [.. commit.Added.Select(message => (MessageDocument.Of(tenant, HeadId, message), (string?)message.ExternalId))];
        Changed =
        [
            .. commit.Changed.Where(message => !commit.Released.Contains(message.Sequence))
                .Select(message => (MessageDocument.Change(tenant, HeadId, message), message.ExternalId)),
        ];
        Erased = [.. commit.Erased.Select(sequence => MessageDocument.Erase(HeadId, sequence))];
        Released = [.. commit.Released.Select(sequence => MessageDocument.Release(HeadId, sequence))];
        Queue =
        [
            .. commit.Queued.Select(send => SendDocument.Put(tenant, send)),
            .. commit.Dequeued.Select(messageId => SendDocument.Delete(tenant, messageId)),
        ];
        Moved = [.. commit.Moved.Select(moved => new MovedRow(tenant, HeadId, moved))];
        Pairs = [.. commit.Aliases.SelectMany(pair => PairDocument.Lead(tenant, pair, id).Select(model => (model, pair)))];
        Marks =
        [
            .. commit.Head.TakingOver.Where(static taking => taking.DeletedUpTo > 0)
                .Select(taking => HeadDocument.RaiseMark(tenant, taking.From, taking.DeletedUpTo)),
        ];
        Unparked = [.. commit.Unparked];
        Outbox = OutboxDocument.Of(tenant, id, isSession: false, commit.Events);
        Leaves = [.. commit.Leaves.Select(item => WorkDocument.Leave(tenant, item, nowMs))];
        Visible = commit.VisibleDelta;
        Messages = commit.MessageDelta;
        Size = commit.Added.Concat(commit.Changed).Sum(SizeOf);
        Rows = 1 + Added.Length + Changed.Length + Erased.Length + Released.Length + Queue.Length + (2 * Moved.Length) + Pairs.Length + Unparked.Length + commit.Events.Length
            + Leaves.Length;
    }

    public CommitJob(SessionCommit commit, long nowMs)
    {
        var (tenant, id) = (commit.TenantId, commit.Session.SessionId);
        TenantId = tenant;
        HeadId = TenantKey.Of(tenant, id);
        IsSession = true;
        Version = commit.Session.Version;
        Head = HeadDocument.Of(tenant, commit.Session, Token);
        Transitions = [.. commit.Transitions.Select(transition => TransitionDocument.Of(HeadId, transition))];
        Outbox = OutboxDocument.Of(tenant, id, isSession: true, commit.Events);
        Leaves = [.. commit.Leaves.Select(item => WorkDocument.Leave(tenant, item, nowMs))];
        Sessions = commit.Gained;
        Rows = 1 + Transitions.Length + commit.Events.Length + Leaves.Length;
    }

    public string TenantId { get; }

    /// <summary>The id of the conversation's or session's row.</summary>
    public string HeadId { get; }

    public bool IsSession { get; }

    /// <summary>The version that it makes.</summary>
    public long Version { get; }

    /// <summary>By this the head tells, after an answer was lost, whether it was this commit that made it.</summary>
    public long Token { get; } = Tokens.Next();

    /// <summary>About how many rows it writes: bounds a flush.</summary>
    public int Rows { get; }

    /// <summary>About how many bytes: bounds a flush, too, since a server holds what a transaction wrote in its cache.</summary>
    public long Size { get; }

    public UpdateOneModel<BsonDocument> Head { get; }

    public (BsonDocument Row, string? ExternalId)[] Added { get; } = [];

    public (UpdateOneModel<BsonDocument> Model, string ExternalId)[] Changed { get; } = [];

    public UpdateOneModel<BsonDocument>[] Erased { get; } = [];

    public UpdateOneModel<BsonDocument>[] Released { get; } = [];

    /// <summary>What comes into the queue of sends, or is changed there; then what leaves it.</summary>
    public WriteModel<BsonDocument>[] Queue { get; } = [];

    public MovedRow[] Moved { get; } = [];

    public (UpdateOneModel<BsonDocument> Model, AddressPair Pair)[] Pairs { get; } = [];

    public UpdateOneModel<BsonDocument>[] Marks { get; } = [];

    public long[] Unparked { get; } = [];

    public BsonDocument? Outbox { get; }

    public ReplaceOneModel<BsonDocument>[] Leaves { get; } = [];

    public BsonDocument[] Transitions { get; } = [];

    public int Visible { get; }

    public long Messages { get; }

    public int Sessions { get; }

    public Task<CommitResult> Answer => _answer.Task;

    /// <summary>Takes the commit for a flush.</summary>
    /// <returns>False when its caller has withdrawn it.</returns>
    public bool TryStart() => Interlocked.CompareExchange(ref _state, Started, Waiting) == Waiting;

    /// <summary>Takes the commit back, so that nothing of it happens.</summary>
    /// <returns>False when a flush has it already.</returns>
    public bool TryWithdraw() => Interlocked.CompareExchange(ref _state, Withdrawn, Waiting) == Waiting;

    /// <returns>The gateway id of the first message that is larger than a document may be; null = none is.</returns>
    public string? FindTooLarge()
    {
        foreach (var (row, externalId) in Added)
        {
            if (IsTooLarge(row))
            {
                return externalId;
            }
        }

        foreach (var (model, externalId) in Changed)
        {
            if (model.Update is BsonDocumentUpdateDefinition<BsonDocument> { Document: var update } && IsTooLarge(update))
            {
                return externalId;
            }
        }

        return null;
    }

    public void Complete(CommitResult result) => _answer.TrySetResult(result);

    public void Fail(StoreException exception) => _answer.TrySetException(exception);

    private static long SizeOf(Message message) => SizeOf(message.Content.Text) + message.Edits.Sum(static edit => SizeOf(edit.Text));

    private static long SizeOf(string? text) => text?.Length ?? 0;

    private static bool IsTooLarge(BsonDocument document) => document.ToBson().Length > LargestDocument;
}
