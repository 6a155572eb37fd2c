using System.Collections.Immutable;
using Parley.Domain.Addresses;
using Parley.Domain.Conversations;
using Parley.Domain.Messages;
using Parley.Domain.Sends;
using Parley.Domain.Sessions;
using Parley.Domain.Work;
using Parley.Ports;
using Parley.Simulator.Histories;
using Parley.Simulator.Scheduling;

namespace Parley.Simulator.Stores;

/// <summary>What every store must do, in the simplest way: each call takes effect at once and as a whole.</summary>
/// <param name="clocks">Of the variant that leaves events in an outbox: how far the clocks of those who do are apart. Null = a commit numbers
/// its events.</param>
/// <param name="time">When events are numbered; null = always at the same moment.</param>
/// <remarks>It knows no faults: <see cref="FaultyStore"/> stands between it and the code under test. Each thing that takes effect
/// goes to the recorder.</remarks>
public sealed partial class ModelStore(Recorder recorder, Dice? clocks = null, TimeProvider? time = null)
{
    private readonly Dictionary<string, Tenant> _tenants = new(StringComparer.Ordinal);
    private readonly SortedDictionary<long, (ParkedChange Change, DateTimeOffset At)> _parked = [];
    private long _lastParkedId;
    private TaskCompletionSource _nextSeal = new();
    private long _lastToken;

    /// <summary>Whether the caller of the call that takes effect now has given up.</summary>
    public bool IsLate { get; set; }

    /// <summary>Ends when the next conversation is sealed.</summary>
    public Task NextSeal => _nextSeal.Task;

    /// <summary>A conversation that is taking over another; null = none is.</summary>
    public string? TakingOver => _tenants.Values.SelectMany(t => t.Conversations.Values)
        .FirstOrDefault(c => c.Head is { MergedInto: null, TakingOver.IsEmpty: false, IsVisible: true })?.Head.ConversationId;

    public IReadOnlyList<string> TenantIds => [.. _tenants.Keys];

    /// <summary>Keys of the to-dos that are not done.</summary>
    public ImmutableArray<string> WorkLeft => [.. _tenants.Values.SelectMany(t => t.Work).Select(w => w.Item.Key)];

    private Tenant Of(string tenantId)
    {
        if (!_tenants.TryGetValue(tenantId, out var tenant))
        {
            _tenants.Add(tenantId, tenant = new Tenant());
        }

        return tenant;
    }

    private sealed class Tenant
    {
        public Dictionary<string, Conversation> Conversations { get; } = new(StringComparer.Ordinal);

        /// <summary>All rows by gateway id: the look-up that goes over the whole tenant.</summary>
        public Dictionary<string, List<Row>> ByExternalId { get; } = new(StringComparer.Ordinal);

        public Dictionary<AddressPair, string> Pairs { get; } = [];

        public Dictionary<Address, Address> Phones { get; } = [];

        public Dictionary<string, Session> Sessions { get; } = new(StringComparer.Ordinal);

        public Dictionary<string, List<SessionTransition>> Transitions { get; } = new(StringComparer.Ordinal);

        public Dictionary<string, DateTimeOffset> Touched { get; } = new(StringComparer.Ordinal);

        public Dictionary<string, SessionQr?> Codes { get; } = new(StringComparer.Ordinal);

        public List<LoggedEvent> Log { get; } = [];

        public Dictionary<Guid, QueuedSend> Sends { get; } = [];

        public Dictionary<(string Route, string Key), IdempotencyRow> Keys { get; } = [];

        public Dictionary<string, Upload> Uploads { get; } = new(StringComparer.Ordinal);

        public List<OutboxRow> Outbox { get; } = [];

        public long LogPosition { get; set; }

        public List<Waiting> Work { get; } = [];

        public Dictionary<Address, NameEntry> Names { get; } = [];

        public List<QuarantinedPayload> Quarantine { get; } = [];

        public Dictionary<string, (byte[] Bytes, DateTimeOffset At)> Media { get; } = new(StringComparer.Ordinal);
    }

    private sealed class Conversation
    {
        public required ConversationHead Head { get; set; }

        public SortedList<long, Row> Rows { get; } = [];
    }

    /// <param name="ExternalId">Null of a tombstone that gave it up.</param>
    private sealed record Row(string ConversationId, long Sequence, Guid MessageId, string? ExternalId, Direction? Direction, Message? Message)
    {
        public KeptMessage ByLookUp() => new(ConversationId, Sequence, MessageId, ExternalId, Direction, Message);

        public KeptMessage BySequence() =>
            new(ConversationId, Sequence, MessageId, Message?.ExternalId, Message?.Direction, Message);
    }

    private sealed class Waiting
    {
        public required WorkItem Item { get; init; }

        public required DateTimeOffset Due { get; set; }

        public required long Token { get; init; }
    }

    private sealed record NameEntry(DirectoryEntry Entry, DateTimeOffset NameAt, DateTimeOffset PictureAt);
}
