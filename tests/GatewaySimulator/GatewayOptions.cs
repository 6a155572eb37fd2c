using Parley.GatewaySimulator.Webhooks;

namespace Parley.GatewaySimulator;

/// <summary>What an operator would set in the gateway's environment, and how fast WhatsApp is.</summary>
public sealed record GatewayOptions
{
    /// <summary>One of 1.8.2, 2.3.2, 2.3.6, 2.3.7: which gateway it is.</summary>
    public string Version { get; init; } = "2.3.7";

    /// <summary>The global key.</summary>
    public string ApiKey { get; init; } = "simulated-global-key";

    /// <summary>Where it listens; port 0 = any free one.</summary>
    public string Urls { get; init; } = "http://127.0.0.1:0";

    /// <summary>The gateway's webhook for all instances; null = none.</summary>
    public string? GlobalWebhookUrl { get; set; }

    /// <summary>Whether the event's name is appended to <see cref="GlobalWebhookUrl"/>.</summary>
    public bool GlobalWebhookByEvents { get; set; }

    /// <summary>Whether messages are kept for reading back. Without it 2.3.5 and later tell neither acks nor deletions.</summary>
    public bool SavesMessages { get; set; } = true;

    /// <summary>How many QR codes a series has before the gateway gives up (QRCODE_LIMIT).</summary>
    public int QrLimit { get; set; } = 30;

    /// <summary>When a failed webhook is posted again (v2).</summary>
    public WebhookRetry Retry { get; set; } = new();

    /// <summary>When the echo of a REST send (<c>send.message</c>) is posted.</summary>
    public EchoTiming Echo { get; set; }

    /// <summary>From an answer to the echo that comes after it.</summary>
    public TimeSpan EchoAfter { get; set; } = TimeSpan.FromMilliseconds(20);

    /// <summary>How long an answer waits for the echo that comes before it: a receiver that fails is asked again for minutes.</summary>
    public TimeSpan EchoWait { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Whether receipts name the person's hidden id instead of the phone, as they mostly do.</summary>
    public bool AcksByHiddenId { get; set; }

    /// <summary>From a QR code wanted to its webhook.</summary>
    public TimeSpan QrDelay { get; set; } = TimeSpan.FromMilliseconds(20);

    /// <summary>How long create and connect wait for a QR code (really 5 s and 2 s); the answer has none when it takes longer.</summary>
    public TimeSpan QrWait { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>From one step of a connection to the next.</summary>
    public TimeSpan ConnectDelay { get; set; } = TimeSpan.FromMilliseconds(20);

    /// <summary>From the answer to a deletion until v2 begins to delete.</summary>
    public TimeSpan DeletesAfter { get; set; }

    /// <summary>From a send to its first tick; null = never.</summary>
    public TimeSpan? ServerAckAfter { get; set; } = TimeSpan.FromMilliseconds(20);

    /// <summary>From a send to its second tick; null = never.</summary>
    public TimeSpan? DeliveryAckAfter { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>From a send to its blue ticks; null = when a test asks for it.</summary>
    public TimeSpan? ReadAckAfter { get; set; }
}

/// <summary>When the echo of a send is posted, seen from the HTTP answer.</summary>
public enum EchoTiming
{
    /// <summary>Posted just before the answer is written, and not waited for: mostly the first to arrive, as really.</summary>
    AsItComes,

    /// <summary>Its webhook was answered before the send is.</summary>
    Before,

    /// <summary><see cref="GatewayOptions.EchoAfter"/> the answer.</summary>
    After,

    /// <summary>Not at all.</summary>
    Never,
}
