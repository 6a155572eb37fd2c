using System.Text.Json;
using Parley.Domain.Addresses;
using Parley.Gateways.Evolution.Webhooks;
using Parley.Ports.Gateways;

namespace Parley.Gateways.Evolution.Rest;

/// <summary>What came of a send (gateway notes, 4; 8, rule 3).</summary>
internal static class SendAnswers
{
    /// <exception cref="GatewayException">The answer names no message: Meta's refusal, or nobody knows what it is.</exception>
    public static SendAnswer Of(RestCall call, RestAnswer answer, string key)
    {
        var root = answer.Json;
        if (MessageKey.IdOf(root.Get("key"u8, "id"u8)) is not { } id)
        {
            throw IsMetasError(root)
                ? new GatewayException(GatewayFault.Refused, $"{call}: {AnswerText.Shown(AnswerText.Raw(root), [key])}")
                : Faults.Unreadable(call, "the answer names no message");
        }

        return new(
            id,
            Address.TryParse(root.Get("key"u8, "remoteJid"u8).Text(), out var to) ? to : null,
            Statuses.Of(root.Get("status"u8)),
            root.Get("messageTimestamp"u8).Milliseconds() is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null);
    }

    /// <summary>The Cloud API's refusal comes as a success (2.3.7/575).</summary>
    private static bool IsMetasError(JsonElement root) =>
        root.Get("code"u8).ValueKind == JsonValueKind.Number && root.Get("message"u8).ValueKind == JsonValueKind.String
        && (root.Get("fbtrace_id"u8).IsThere() || root.Get("type"u8).IsThere());
}
