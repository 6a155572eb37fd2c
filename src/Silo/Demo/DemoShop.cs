using System.Text.Json.Nodes;

namespace Parley.Silo.Demo;

/// <summary>The tenant of the demo: a shop with one line, its customers and their group.</summary>
/// <remarks>Numbers are in blocks that are nobody's.</remarks>
internal sealed class DemoShop
{
    public const string SessionId = "shop-1";
    public const string Line = "5511900000001";
    public const string Group = "120363000000000001";
    public const string NotOnWhatsApp = "5511900000099";

    public static readonly DemoPerson Ana = new("Ana", "5511900000011");
    public static readonly DemoPerson Bruno = new("Bruno", "5511900000012");
    public static readonly DemoPerson Chen = new("Chen", "5511900000013");

    private const string GroupName = "Friday market";
    private static readonly DemoPerson[] People = [Ana, Bruno, Chen];
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(200);

    private readonly string _tenantId;
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal)
    {
        [$"{Group}@g.us"] = GroupName,
        [NotOnWhatsApp] = "a wrong number",
    };

    private DemoShop(string tenantId, string apiKey) => (_tenantId, ApiKey) = (tenantId, apiKey);

    public string ApiKey { get; }

    /// <summary>Makes the tenant and its gateway in Parley, and the people in WhatsApp.</summary>
    /// <param name="tenantId">Of the gateway too.</param>
    public static async Task<DemoShop> Open(string tenantId, JsonCalls admin, JsonCalls phones, Uri gateway)
    {
        var tenant = await admin.Post("/admin/tenants", new JsonObject { ["tenantId"] = tenantId, ["name"] = "Demo shop" });
        await admin.Post("/admin/gateways", new JsonObject
        {
            ["gatewayId"] = tenantId,
            ["kind"] = "evolution",
            ["url"] = gateway.ToString().TrimEnd('/'),
            ["apiKey"] = GatewayProcess.ApiKey,
        });
        var shop = new DemoShop(tenantId, tenant["apiKey"]!.GetValue<string>());
        foreach (var person in People)
        {
            await phones.Post("/control/people", new JsonObject { ["phone"] = person.Phone, ["name"] = person.Name, ["hiddenId"] = person.HiddenId });
            shop._names[person.Phone] = shop._names[$"{person.HiddenId}@lid"] = person.Name;
        }

        await phones.Post("/control/groups", new JsonObject
        {
            ["id"] = Group,
            ["subject"] = GroupName,
            ["members"] = new JsonArray([Line, .. People.Select(static p => (JsonNode)p.Phone)]),
        });
        await phones.Post("/control/no-whatsapp", new JsonObject { ["phone"] = NotOnWhatsApp });

        // Ticks at the pace of people.
        await phones.Post("/control/options", new JsonObject { ["serverAckMs"] = 200, ["deliveryAckMs"] = 500, ["readAckMs"] = 1500 });
        return shop;
    }

    /// <summary>Creates the session and scans its code with the line's phone.</summary>
    /// <returns>The name of its instance at the gateway.</returns>
    public async Task<string> Pair(JsonCalls api, JsonCalls phones, CancellationToken stopping)
    {
        await api.Post("/sessions", new JsonObject { ["sessionId"] = SessionId, ["gatewayId"] = _tenantId });
        while ((await api.Get($"/sessions/{SessionId}/qr"))["code"] is null)
        {
            await Task.Delay(Glance, stopping);
        }

        var instance = (await api.Get($"/sessions/{SessionId}"))["instanceName"]!.GetValue<string>();
        await phones.Post($"/control/instances/{instance}/scan", new JsonObject { ["phone"] = Line, ["name"] = "Demo shop" });
        while ((await api.Get($"/sessions/{SessionId}"))["status"]!.GetValue<string>() != "open")
        {
            await Task.Delay(Glance, stopping);
        }

        return instance;
    }

    /// <summary>Where all is, and what can be tried.</summary>
    public string Describe(Uri parley)
    {
        var address = parley.ToString().TrimEnd('/');
        var key = $"-H 'Authorization: Bearer {ApiKey}'";
        return $$"""

            A tenant with live traffic, until Ctrl+C
              API and docs  {{address}}/docs
              Tenant        {{_tenantId}}
              API key       {{ApiKey}}
              Session       {{SessionId}}, the line {{Line}}

            Try
              curl -s '{{address}}/conversations' {{key}}
              curl -s '{{address}}/conversations/{{Line}}/{{Ana.Phone}}/messages?order=asc' {{key}}
              curl -s '{{address}}/messages?status=failed' {{key}}
              curl -s '{{address}}/messages' {{key}} -H 'Content-Type: application/json' -d '{"sessionId":"{{SessionId}}","to":"{{Ana.Phone}}","text":"Hello from curl"}'

            What Parley keeps: time, direction, with whom, sequence, status

            """;
    }

    /// <summary>Who an address is; the address itself for others.</summary>
    public string NameOf(string address) => _names.GetValueOrDefault(address, address);
}

/// <summary>A customer.</summary>
internal sealed record DemoPerson(string Name, string Phone)
{
    /// <summary>The digits of the hidden id that groups, and more and more chats, show in place of the number.</summary>
    public string HiddenId => $"1000000{Phone[^8..]}";
}
