namespace Parley.GatewaySimulator.Rest;

/// <summary>What the gateway's channel for other programs can do (2.3.6, 2.3.7/560).</summary>
internal static class OwnChannel
{
    private static readonly string[] Sends = ["message/sendText", "message/sendMedia", "message/sendButtons"];

    public static bool Takes(string call) => Sends.Contains(call)
        || call.StartsWith("chat/find", StringComparison.Ordinal)
        || (call != "instance/setPresence" && !call.StartsWith("message/", StringComparison.Ordinal) && !call.StartsWith("chat/", StringComparison.Ordinal));

    /// <summary>Voice notes fail by a mistake of the gateway.</summary>
    public static Answer Refusal(string call) => call switch
    {
        "message/sendWhatsAppAudio" => Answer.Error(500, "File or buffer is undefined."),
        _ => Answer.Errors(400, "Method not available on Evolution Channel"),
    };
}
