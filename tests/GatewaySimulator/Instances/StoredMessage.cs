using Parley.GatewaySimulator.Network;
using Parley.GatewaySimulator.Writing;

namespace Parley.GatewaySimulator.Instances;

/// <summary>A message as the gateway has it in its database.</summary>
public sealed class StoredMessage
{
    private string? _type;

    public string RowId { get; } = NewIds.Row();

    /// <summary>The same row in v1.</summary>
    internal string DocumentId { get; } = NewIds.Document();

    /// <summary>WhatsApp's id.</summary>
    public required string Id { get; init; }

    public required bool FromMe { get; init; }

    /// <summary>The other side of a direct chat; null in a group.</summary>
    public Person? Peer { get; init; }

    /// <summary>The group; null in a direct chat.</summary>
    public Group? Group { get; init; }

    /// <summary>In a group, who wrote it.</summary>
    public Person? Author { get; init; }

    public Addressing Addressing { get; init; } = Addressing.Phone;

    /// <summary>Where a REST send went; null = it was written on a phone.</summary>
    public string? SentTo { get; init; }

    public string? PushName { get; init; }

    public required Content Content
    {
        get;
        set
        {
            field = value;
            _type ??= value.Type;
        }
    }

    /// <summary>As <c>messageType</c>: an edit changes the content, not the type.</summary>
    public string Type => _type!;

    public MessageContext Context { get; init; } = MessageContext.None;

    public DateTimeOffset Time { get; set; } = DateTimeOffset.UtcNow;

    public string Source { get; init; } = "android";

    /// <summary>Deleted by the other side: its content is gone.</summary>
    public bool Erased { get; set; }

    /// <summary>Deleted by a REST call: the key says so.</summary>
    public bool DeletedByRest { get; set; }

    /// <summary>Its edits: v2.3.2 tells only the first in an update.</summary>
    internal int Edits { get; set; }

    /// <summary>Deleted, edited, and the steps of its delivery, in the order in which they came.</summary>
    public List<StatusRow> Statuses { get; } = [];

    internal string ChatJid => SentTo ?? Group?.GroupJid ?? PeerJid;

    private string PeerJid => Addressing == Addressing.Phone || Peer!.HiddenJid is null ? Peer!.PhoneJid : Peer.HiddenJid;
}

/// <summary>A row of the gateway's list of statuses.</summary>
public sealed record StatusRow(string Status, string RemoteJid, DateTimeOffset At)
{
    public string RowId { get; } = NewIds.Row();
}
