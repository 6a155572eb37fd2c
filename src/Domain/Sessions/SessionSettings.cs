namespace Parley.Domain.Sessions;

/// <summary>How a session behaves.</summary>
[GenerateSerializer, Immutable, Alias("parley.SessionSettings")]
public sealed record SessionSettings
{
    /// <summary>What a session has that names none.</summary>
    public static SessionSettings Default { get; } = new();

    /// <summary>How many messages leave within a minute, spread out; null = the installation's default.</summary>
    [Id(0)]
    public int? SendsPerMinute { get; init; }

    /// <summary>Whether marking a conversation read shows blue ticks to the customer.</summary>
    [Id(1)]
    public bool Receipts { get; init; }
}
