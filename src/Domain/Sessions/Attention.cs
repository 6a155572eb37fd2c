namespace Parley.Domain.Sessions;

/// <summary>What a person must do for a session, as stable words. See docs/gateways.md.</summary>
public static class Attention
{
    /// <summary>A QR code waits to be scanned, or the series of codes ended without anybody scanning one.</summary>
    public const string ScanQr = "scan_qr";

    /// <summary>WhatsApp has unpaired the device: connect and scan again.</summary>
    public const string LoggedOut = "logged_out";

    /// <summary>The gateway refuses its key.</summary>
    public const string GatewayUnauthorized = "gateway_unauthorized";

    /// <summary>The gateway does not answer.</summary>
    public const string GatewayUnreachable = "gateway_unreachable";

    /// <summary>The gateway refuses what it is asked to do with the instance.</summary>
    public const string GatewayRefused = "gateway_refused";

    /// <summary>The gateway does not have the instance any more.</summary>
    public const string InstanceMissing = "instance_missing";

    /// <summary>The gateway sent to another person than asked.</summary>
    public const string WrongRecipient = "wrong_recipient";

    /// <summary>The gateway says that the line is open, but nothing passes, also after a restart.</summary>
    public const string Zombie = "zombie";

    /// <summary>The line does not come up again by itself, also after a restart.</summary>
    public const string CannotConnect = "cannot_connect";

    /// <summary>The instance does not post to Parley, whatever it was told.</summary>
    public const string WebhookLost = "webhook_lost";

    /// <summary>Whether it is about the line's connection: then a person has the next step. What else is to be done does not keep a line from
    /// being helped.</summary>
    public static bool IsOfLine(string? code) => code is not (null or WrongRecipient or WebhookLost);

    /// <summary>Whether an open line shows that nothing is left to do.</summary>
    internal static bool EndsWithOpen(string? code) => code is not (WrongRecipient or WebhookLost);

    /// <summary>Whether an answer of the gateway shows that nothing is left to do.</summary>
    internal static bool EndsWithAnswer(string? code) => code is GatewayUnauthorized or GatewayUnreachable or InstanceMissing;
}
