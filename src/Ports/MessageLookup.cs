namespace Parley.Ports;

/// <summary>What the store knew of some gateway ids: messages in any conversation of the tenant, and what is parked for them.</summary>
public sealed record MessageLookup(IReadOnlyList<KeptMessage> Messages, IReadOnlyList<ParkedChange> Parked)
{
    public static MessageLookup Nothing { get; } = new([], []);
}
