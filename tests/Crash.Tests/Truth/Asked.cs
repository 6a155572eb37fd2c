using Parley.GatewaySimulator.Network;

namespace Parley.Truth;

/// <summary>A text, a picture with a caption, or a poll, that Parley was asked to send.</summary>
/// <param name="Key">Its idempotency key; null = none.</param>
/// <param name="Picture">Its bytes; null = it is no picture.</param>
/// <param name="Poll">What a poll offers; null = it is no poll.</param>
internal sealed record Asked(
    Person? Person, Group? Group, string Text, string? Key, byte[]? Picture = null, IReadOnlyList<string>? Poll = null)
{
    /// <summary>Nothing else ever said this, so it cannot be mistaken.</summary>
    public bool IsUnique { get; set; } = true;

    /// <summary>Parley's id of the message; null = it never said that it took it, and may have taken it.</summary>
    public string? Id { get; set; }

    /// <summary>Parley said that it did not take it.</summary>
    public bool Refused { get; set; }

    /// <summary>The texts to which it was asked to be changed, in this order, and whether Parley said that it was done.</summary>
    public List<(string Text, bool Done)> Edits { get; } = [];

    /// <summary>Parley was asked to delete it for everyone.</summary>
    public bool RevokeAsked { get; set; }

    /// <summary>Parley's id of the failed message that it repeats; null = it repeats none.</summary>
    public string? RetryOf { get; init; }

    /// <summary>Parley was asked to take it out of the queue.</summary>
    public bool CancelAsked { get; set; }

    /// <summary>Parley said that it was taken out of the queue.</summary>
    public bool Cancelled { get; set; }

    /// <summary>Parley said that it was deleted for everyone.</summary>
    public bool Revoked { get; set; }

    public string To => Group?.GroupJid ?? Person!.Phone;

    public string Jid => Group?.GroupJid ?? Person!.PhoneJid;
}
