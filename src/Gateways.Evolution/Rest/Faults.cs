using System.Globalization;
using System.Net;
using System.Text.Json;
using Parley.Gateways.Evolution.Webhooks;
using Parley.Ports.Gateways;

namespace Parley.Gateways.Evolution.Rest;

/// <summary>What a gateway's refusal means (gateway notes, 1).</summary>
/// <remarks>
/// Only what the gateway says before it does anything is taken as proof that nothing happened: a 400 or 500 may also come from what follows
/// a send.
/// </remarks>
internal static class Faults
{
    /// <summary>Checks of the request before anything is done, in the gateway's words (2.3.7/301,304,310,400,401; 1.8.2/05,83).</summary>
    private static readonly string[] Refusals =
    [
        "Owned media must be a url or base64", "the file name must be informed", "Reaction must be a single emoji",
        "\"reaction\" must be an emoji", "Message not compatible", "RemoteJid does not match", "Token already exists", "Invalid integration",
    ];

    /// <summary>Of media: in the words of the gateway, and of WhatsApp's servers as the gateway repeats them.</summary>
    private static readonly string[] GoneWords =
    [
        "Message not found", "not of the media type", "supported media type", "is messageContextInfo", "expired", "status code 404",
        "status code 410", "Not Found",
    ];

    /// <summary>The instance has no socket at all: it could not have sent anything (2.3.7/448; 1.8.2/112).</summary>
    private static readonly string[] NoSocket = ["(reading 'onWhatsApp')", "(reading 'sendMessage')", "(reading 'waUploadToServer')"];

    /// <summary>An answer that is no success.</summary>
    public static GatewayException Of(RestCall call, RestAnswer answer, string key)
    {
        var said = AnswerText.Raw(answer.Json);
        var shown = answer.IsJson ? AnswerText.Shown(said, [key, .. call.Secrets]) : "an answer that is not JSON";
        var status = ((int)answer.Status).ToString(CultureInfo.InvariantCulture);
        return new(FaultOf(call, answer, said), shown.Length == 0 ? $"{call}: {status}" : $"{call}: {status}: {shown}")
        {
            RetryAfter = answer.RetryAfter,
        };
    }

    /// <summary>Whether the gateway itself says that something is not available: it has its own envelope.</summary>
    public static bool IsFromWithin(RestAnswer answer) => answer.Json.Get("response"u8).IsThere();

    /// <summary>An answer that says success, yet is none.</summary>
    public static GatewayException Unreadable(RestCall call, string what) => new(GatewayFault.Unknown, $"{call}: {what}");

    private static GatewayFault FaultOf(RestCall call, RestAnswer answer, string said) => answer.Status switch
    {
        HttpStatusCode.Unauthorized => GatewayFault.Unauthorized,
        HttpStatusCode.Forbidden => Says(said, "already in use") ? GatewayFault.NameTaken : GatewayFault.Unauthorized,
        HttpStatusCode.NotFound => OfNotFound(answer, said),
        HttpStatusCode.TooManyRequests => GatewayFault.Busy,

        // With the gateway's own envelope it comes from within a call, without from whoever stands before the gateway. Some say so, too, when
        // the gateway dies with the request: only who names a time to come again says that nothing was sent.
        HttpStatusCode.ServiceUnavailable =>
            IsFromWithin(answer) || (call.LeavesBy is not null && answer.RetryAfter is null)
                ? GatewayFault.Unknown
                : GatewayFault.Busy,
        HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.MethodNotAllowed or HttpStatusCode.UnsupportedMediaType =>
            GatewayFault.Refused,
        HttpStatusCode.BadRequest => OfBadRequest(call, answer, said),
        HttpStatusCode.InternalServerError when Says(said, "File or buffer is undefined") => GatewayFault.Unsupported,

        // Media is made ready before anything is sent (2.3.6).
        HttpStatusCode.InternalServerError when Says(said, "unsupported image format") => GatewayFault.Refused,
        HttpStatusCode.InternalServerError when Array.Exists(NoSocket, word => Says(said, word)) => GatewayFault.NotConnected,
        _ => GatewayFault.Unknown,
    };

    private static GatewayFault OfNotFound(RestAnswer answer, string said)
    {
        if (!answer.IsJson)
        {
            return GatewayFault.Unknown;
        }

        var isMissing = Says(said, "instance does not exist") || (Says(said, "Instance \"") && Says(said, "not found"));

        // A route that this version does not have: "Cannot PUT /x".
        return isMissing ? GatewayFault.InstanceMissing
            : said.StartsWith("Cannot ", StringComparison.Ordinal) ? GatewayFault.Unsupported
            : GatewayFault.Unknown;
    }

    private static GatewayFault OfBadRequest(RestCall call, RestAnswer answer, string said)
    {
        var message = AnswerText.MessageOf(answer.Json);
        foreach (var item in message.Elements())
        {
            if (item.IsArray())
            {
                // Validation, and only it, puts a list into the list.
                return GatewayFault.Refused;
            }

            if (item.Get("exists"u8).ValueKind == JsonValueKind.False)
            {
                return GatewayFault.NotOnWhatsApp;
            }
        }

        if (Says(said, "Method not available"))
        {
            return GatewayFault.Unsupported;
        }

        if (call.Store is not null && Array.Exists(GoneWords, word => Says(said, word)))
        {
            return GatewayFault.Gone;
        }

        if (Says(said, "instance is not connected") || Array.Exists(NoSocket, word => Says(said, word)))
        {
            return GatewayFault.NotConnected;
        }

        return IsBrokenJson(answer.Json, message) || IsMetas(said) || Array.Exists(Refusals, word => Says(said, word))
            ? GatewayFault.Refused
            : GatewayFault.Unknown;
    }

    /// <summary>A request whose JSON is broken is refused with a status that does not fit its name (1.8.2/25).</summary>
    private static bool IsBrokenJson(JsonElement answer, JsonElement message) =>
        message.ValueKind == JsonValueKind.String
        && answer.Get("error"u8).Text() == "Internal Server Error"
        && Says(message.GetString()!, "JSON");

    /// <summary>Meta's refusal of a Cloud API send begins with its number, as in <c>(#131026)</c>.</summary>
    private static bool IsMetas(string said) => said.StartsWith("(#", StringComparison.Ordinal);

    private static bool Says(string said, string word) => said.Contains(word, StringComparison.Ordinal);
}
