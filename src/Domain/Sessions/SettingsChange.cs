namespace Parley.Domain.Sessions;

/// <summary>A change of a session's settings. What it does not name stays as it is.</summary>
[GenerateSerializer, Immutable, Alias("parley.SettingsChange")]
public sealed record SettingsChange
{
    /// <summary>Whether <see cref="SendsPerMinute"/> is named: its null is a value.</summary>
    [Id(0)]
    public bool NamesSendsPerMinute { get; init; }

    [Id(1)]
    public int? SendsPerMinute { get; init; }

    /// <summary>Null = not named.</summary>
    [Id(2)]
    public bool? Receipts { get; init; }

    public SessionSettings Over(SessionSettings settings) => settings with
    {
        SendsPerMinute = NamesSendsPerMinute ? SendsPerMinute : settings.SendsPerMinute,
        Receipts = Receipts ?? settings.Receipts,
    };
}
