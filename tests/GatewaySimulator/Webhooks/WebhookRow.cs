using System.Text.Json.Nodes;

namespace Parley.GatewaySimulator.Webhooks;

/// <summary>Where an instance posts its events.</summary>
public sealed record WebhookRow
{
    public string RowId { get; init; } = NewIds.Row();

    public required string Url { get; init; }

    public required IReadOnlyList<string> Events { get; init; }

    public bool Enabled { get; init; } = true;

    /// <summary>Null: never given. v1 then leaves the key out of its answers.</summary>
    public bool? ByEvents { get; init; }

    /// <summary>Null: never given.</summary>
    public bool? Base64 { get; init; }

    /// <summary>v2 sends them along; null = none were given.</summary>
    public JsonObject? Headers { get; init; }

    public DateTimeOffset CreatedAt { get; init; } = DateTimeOffset.UtcNow;

    public DateTimeOffset UpdatedAt { get; init; } = DateTimeOffset.UtcNow;
}
