using Parley.Domain.Messages;

namespace Parley.Domain.Sends;

/// <summary>Why sends fail: the stable codes of <c>error.code</c>.</summary>
public static class SendErrors
{
    public static readonly MessageError OutcomeUnknown = new("outcome_unknown", "Nobody knows whether it was sent.");
    public static readonly MessageError Expired = new("expired", "It could not leave in time.");
    public static readonly MessageError Cancelled = new("cancelled", "It was cancelled before it left.");

    public const string WrongRecipient = "wrong_recipient";
    public const string NotOnWhatsApp = "not_on_whatsapp";
    public const string GatewayRefused = "gateway_refused";
    public const string GatewayUnauthorized = "gateway_unauthorized";
    public const string InstanceMissing = "instance_missing";
    public const string GatewayBusy = "gateway_busy";
    public const string MediaGone = "media_gone";
    public const string OtherNumber = "other_number";

    /// <param name="words">What the gateway said, or why it said nothing.</param>
    public static MessageError Unknown(string words) => OutcomeUnknown with { Message = $"Nobody knows whether it was sent: {words}" };
}
