namespace Parley.Ports;

/// <summary>What the store knew of some gateway ids: messages in any conversation of the tenant, and what is parked for them.</summary>
public sealed record MessageLookup(IReadOnlyList<KeptMessage> Messages, IReadOnlyList<ParkedChange> Parked)
{
    public static MessageLookup Nothing { get; } = new([], []);

    /// <summary>The numbers of lines that are named by a session in it, as far as whoever looked up has read them.</summary>
    public LineNames Lines { get; init; } = LineNames.None;
}
