using System.Text.Json;
using Parley.Domain.Messages;

namespace Parley.Gateways.Evolution.Webhooks;

/// <summary>The gateway's words and numbers for a delivery status (webhooks, 7).</summary>
internal static class Statuses
{
    /// <returns>Null for what is no delivery status, <see cref="IsPseudo"/> included.</returns>
    public static MessageStatus? Of(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => OfWord(value.GetString()!),
        JsonValueKind.Number when value.TryGetInt32(out var number) => OfNumber(number),
        _ => null,
    };

    /// <summary>
    /// <c>DELETED</c> and <c>EDITED</c>: no proof of either (webhooks, 5.2), so they say nothing.
    /// </summary>
    public static bool IsPseudo(JsonElement value) =>
        value.Text() is { } word
        && (word.Equals("DELETED", StringComparison.OrdinalIgnoreCase) || word.Equals("EDITED", StringComparison.OrdinalIgnoreCase));

    private static MessageStatus? OfWord(string word) => word.ToUpperInvariant() switch
    {
        "ERROR" or "FAILED" or "0" => MessageStatus.Failed,
        "PENDING" or "1" => MessageStatus.Pending,
        "SERVER_ACK" or "SENT" or "2" => MessageStatus.Sent,
        "DELIVERY_ACK" or "DELIVERED" or "3" => MessageStatus.Delivered,
        "READ" or "PLAYED" or "4" or "5" => MessageStatus.Read,
        _ => null,
    };

    private static MessageStatus? OfNumber(int number) => number switch
    {
        0 => MessageStatus.Failed,
        1 => MessageStatus.Pending,
        2 => MessageStatus.Sent,
        3 => MessageStatus.Delivered,
        4 or 5 => MessageStatus.Read,
        _ => null,
    };
}
