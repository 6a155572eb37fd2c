using System.Text.Json.Nodes;
using Parley.GatewaySimulator.Network;

namespace Parley.GatewaySimulator.Instances;

/// <summary>The ticks of messages, told by <c>messages.update</c>.</summary>
public sealed class Receipts
{
    private readonly Instance _instance;

    internal Receipts(Instance instance) => _instance = instance;

    /// <summary>WhatsApp tells a step of a message: <c>SERVER_ACK</c>, <c>DELIVERY_ACK</c>, <c>READ</c>, <c>PLAYED</c>, <c>ERROR</c>.</summary>
    /// <param name="remoteJid">As which address it comes; null = as the options say.</param>
    public void Tell(string id, string status, string? remoteJid = null) => _instance.Events.Add(() =>
    {
        var dialect = _instance.Gateway.Dialect;
        var message = _instance.Messages.Find(id);
        if (message is null && !dialect.TellsOfUnknown)
        {
            return;
        }

        // No version tells anything of a group.
        if (message?.ChatJid is { } chat && Jid.IsGroup(chat))
        {
            return;
        }

        var from = remoteJid ?? AddressOf(message);
        if (message is not null)
        {
            if (dialect.DropsRepetitions && message.Statuses.Any(each => each.Status == status))
            {
                return;
            }

            message.Add(new StatusRow(status, from, DateTimeOffset.UtcNow));
        }

        _ = _instance.Post("messages.update", Write(id, status, from, message));
    });

    /// <summary>The ticks that come by themselves after a send.</summary>
    internal void Begin(string id)
    {
        var options = _instance.Gateway.Options;
        IReadOnlyList<(TimeSpan? After, string Status)> steps =
            [(options.ServerAckAfter, "SERVER_ACK"), (options.DeliveryAckAfter, "DELIVERY_ACK"), (options.ReadAckAfter, "READ")];
        foreach (var (after, status) in steps)
        {
            if (after is { } wait)
            {
                _ = _instance.Gateway.Work.Run(async () =>
                {
                    await Task.Delay(wait, _instance.Gateway.Stopping);
                    Tell(id, status);
                });
            }
        }
    }

    private string AddressOf(StoredMessage? message)
    {
        var chat = message?.ChatJid ?? "";
        var hidden = _instance.Gateway.Options.AcksByHiddenId ? _instance.Gateway.WhatsApp.Find(chat)?.HiddenJid : null;
        return hidden ?? chat;
    }

    private JsonObject Write(string id, string status, string from, StoredMessage? message)
    {
        var dialect = _instance.Gateway.Dialect;
        var fromMe = message?.FromMe ?? true;
        if (dialect.IsV1)
        {
            return new JsonObject
            {
                ["remoteJid"] = from,
                ["id"] = id,
                ["fromMe"] = fromMe,
                ["status"] = status,
                ["datetime"] = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(),
                ["owner"] = _instance.Name,
            };
        }

        var update = new JsonObject { ["keyId"] = id, ["remoteJid"] = from, ["fromMe"] = fromMe };
        if (dialect.Keys == KeyForm.PhoneAndPrevious)
        {
            update["participant"] = from;
        }

        update["status"] = status;
        update["instanceId"] = _instance.Id;
        if (message is not null)
        {
            update["messageId"] = message.RowId;
        }

        return update;
    }
}
