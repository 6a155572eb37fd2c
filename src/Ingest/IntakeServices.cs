using Parley.Ports;

namespace Parley.Ingest;

/// <summary>What a <see cref="WebhookRun"/> works with.</summary>
internal sealed record IntakeServices(
    KnownSessions Sessions,
    ISessionStore SessionStore,
    IConversationStore Store,
    Routes Routes,
    Names Names,
    MetGroups Groups,
    MessageRouter Messages,
    ChangeRouter Changes,
    Echoes Echoes,
    MediaIntake Media,
    IQuarantine Quarantine,
    Work Work,
    IntakeOptions Options)
{
    /// <summary>A QR code lives 20 to 45 s; a pairing code somewhat longer (webhooks, 5.7).</summary>
    public static readonly TimeSpan QrLife = TimeSpan.FromSeconds(60);
}
