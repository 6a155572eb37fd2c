using System.Text.Json.Nodes;
using Parley.GatewaySimulator.Instances;

namespace Parley.GatewaySimulator.Rest;

/// <summary>Writes instances as the calls on them answer.</summary>
internal static class InstanceWriter
{
    public static JsonObject State(Instance instance, string? state = null) => new()
    {
        ["instance"] = new JsonObject { ["instanceName"] = instance.Name, ["state"] = state ?? instance.Connection.State },
    };

    /// <param name="qr">Null = none came in time.</param>
    public static JsonObject Qr(QrCode? qr) => qr is null ? new JsonObject { ["count"] = 0 } : new JsonObject
    {
        ["pairingCode"] = qr.PairingCode,
        ["code"] = qr.Code,
        ["base64"] = QrCode.Picture,
        ["count"] = qr.Count,
    };

    /// <summary>A database row of v2.</summary>
    public static JsonObject Row(Instance instance)
    {
        var settings = (JsonObject)instance.Settings.DeepClone();
        var setting = new JsonObject { ["id"] = instance.SettingsRow };
        foreach (var (key, value) in settings)
        {
            setting[key] = value?.DeepClone();
        }

        setting["createdAt"] = Json.Time(instance.CreatedAt);
        setting["updatedAt"] = Json.Time(instance.CreatedAt);
        setting["instanceId"] = instance.Id;
        var connection = instance.Connection;
        return new JsonObject
        {
            ["id"] = instance.Id,
            ["name"] = instance.Name,
            ["connectionStatus"] = connection.StoredState,
            ["ownerJid"] = instance.Sender,
            ["profileName"] = instance.ProfileName,
            ["profilePicUrl"] = null,
            ["integration"] = instance.Integration,
            ["number"] = instance.Number,
            ["businessId"] = null,
            ["token"] = instance.Token,
            ["clientName"] = "evolution_exchange",
            ["disconnectionReasonCode"] = connection.Disconnection?.Code,
            ["disconnectionObject"] = connection.Disconnection?.AsText(),
            ["disconnectionAt"] = connection.Disconnection is { } end ? Json.Time(end.At) : null,
            ["createdAt"] = Json.Time(instance.CreatedAt),
            ["updatedAt"] = Json.Time(connection.UpdatedAt),
            ["Chatwoot"] = null,
            ["Proxy"] = null,
            ["Rabbitmq"] = null,
            ["Nats"] = null,
            ["Sqs"] = null,
            ["Websocket"] = null,
            ["Setting"] = setting,
            ["_count"] = new JsonObject
            {
                ["Message"] = instance.Messages.All.Count,
                ["Contact"] = instance.Contacts.All.Count,
                ["Chat"] = 0,
            },
        };
    }

    /// <summary>An entry of v1's list.</summary>
    public static JsonObject EntryOfV1(SimulatedGateway gateway, Instance instance)
    {
        var entry = new JsonObject { ["instanceName"] = instance.Name, ["instanceId"] = instance.Id };
        if (instance.Account is { } account && instance.Connection.State == "open")
        {
            entry["owner"] = account.PhoneJid;
            entry["profileName"] = account.Name;
            entry["profilePictureUrl"] = account.PictureUrl;
            entry["profileStatus"] = "Disponível";
        }

        entry["status"] = instance.Connection.State;
        entry["serverUrl"] = gateway.Url;
        entry["apikey"] = instance.Token;
        var integration = new JsonObject();
        if (instance.Number is not null)
        {
            integration["number"] = instance.Number;
        }

        integration["token"] = instance.Token;
        integration["webhook_wa_business"] = $"{gateway.Url}/webhook/whatsapp/{instance.Name}";
        entry["integration"] = integration;
        return new JsonObject { ["instance"] = entry };
    }
}
