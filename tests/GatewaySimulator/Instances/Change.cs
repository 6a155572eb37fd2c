using Parley.GatewaySimulator.Network;

namespace Parley.GatewaySimulator.Instances;

/// <summary>A message that is changed or deleted on a phone.</summary>
/// <param name="Peer">The other side of the chat; in a group, who does it.</param>
/// <param name="FromMe">The owner does it.</param>
internal sealed record Change(Person Peer, bool FromMe, string Id, Addressing Addressing, Group? Group = null)
{
    /// <summary>When it was done, by the phone's clock: WhatsApp may hand it over later.</summary>
    public DateTimeOffset At { get; } = DateTimeOffset.UtcNow;

    /// <summary>The chat as it is addressed.</summary>
    public string ChatJid => Group?.GroupJid ?? PeerJid;

    /// <summary>The person as they are addressed.</summary>
    public string PeerJid => AddressOf(Peer);

    public string AddressOf(Person person) =>
        Addressing == Addressing.Phone || person.HiddenJid is null ? person.PhoneJid : person.HiddenJid;
}
