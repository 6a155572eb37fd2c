using System.Text.Json.Nodes;
using Parley.Domain.Addresses;
using Parley.Ports.Gateways;

namespace Parley.Gateways.Evolution.Rest;

/// <summary>People and messages as both generations write them.</summary>
internal static class Keys
{
    /// <summary>The gateway takes anything, letters too, and makes an address of it (gateway notes, 4): so this is checked here.</summary>
    private const int ShortestNumber = 8;

    /// <summary>A recipient: digits, a hidden id or a group.</summary>
    /// <exception cref="GatewayException">Nobody can be reached by it.</exception>
    public static string Number(Address address) => address.Kind switch
    {
        AddressKind.Phone when address.Value.Length >= ShortestNumber => address.Value,
        AddressKind.Lid or AddressKind.Group => address.Value,
        _ => throw new GatewayException(GatewayFault.Refused, "The recipient is no number, hidden id or group."),
    };

    /// <summary>As <see cref="Number"/>, in the form of keys.</summary>
    public static string Jid(Address address) => address.IsPhone ? $"{Number(address)}@s.whatsapp.net" : Number(address);

    /// <summary>A message's key. Of another's message in a group its author belongs to it, or WhatsApp does not find it.</summary>
    public static JsonObject Of(MessageReference message)
    {
        var key = new JsonObject
        {
            ["remoteJid"] = Jid(message.Chat),
            ["fromMe"] = message.FromMe,
            ["id"] = message.ExternalId,
        };
        if (AuthorOf(message) is { } author)
        {
            key["participant"] = author;
        }

        return key;
    }

    /// <summary>The author's address where the key needs it.</summary>
    public static string? AuthorOf(MessageReference message) =>
        message is { Chat.Kind: AddressKind.Group, FromMe: false, Author: { } author } ? Jid(author) : null;

    /// <summary>
    /// What is quoted: with its text it is shown even if the gateway does not know the message; without it the gateway looks it up and
    /// leaves the quote out where it finds none (2.3.7/410).
    /// </summary>
    public static JsonObject Quoted(MessageReference message) => message.Text is { Length: > 0 } text
        ? new() { ["key"] = Of(message), ["message"] = new JsonObject { ["conversation"] = text } }
        : new() { ["key"] = new JsonObject { ["id"] = message.ExternalId } };

    /// <summary>People as whole addresses: bare digits of some countries are rewritten without a look-up (2.3.7/262).</summary>
    public static JsonArray People(IEnumerable<Address> people)
    {
        var jids = people.Where(static person => person.Kind is AddressKind.Phone or AddressKind.Lid).Select(Jid);
        return new([.. jids.Distinct(StringComparer.Ordinal).Select(static jid => (JsonNode)jid)]);
    }
}
