using System.Text.Json.Nodes;
using Parley.GatewaySimulator.Network;
using Parley.GatewaySimulator.Writing;

namespace Parley.GatewaySimulator.Rest;

/// <summary>Writes a contact card as the gateway does.</summary>
internal static class VCards
{
    public static ContactCard Write(JsonNode? contact)
    {
        var name = contact.Text("fullName") ?? "";
        var phone = contact.Text("phoneNumber") ?? "";
        // Without a given id it becomes a whole address where digits belong.
        var id = contact.Text("wuid") ?? Jid.FromNumber(phone);
        var lines = new List<string> { "BEGIN:VCARD", "VERSION:3.0", $"N:{name}", $"FN:{name}" };
        Add(lines, "ORG", contact.Text("organization"));
        Add(lines, "EMAIL", contact.Text("email"));
        Add(lines, "URL", contact.Text("url"));
        lines.Add($"item1.TEL;waid={id}:{phone}");
        lines.Add("item1.X-ABLabel:Celular");
        lines.Add("END:VCARD");
        return new ContactCard(name, string.Join('\n', lines));
    }

    private static void Add(List<string> lines, string key, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            lines.Add($"{key}:{value}");
        }
    }
}
