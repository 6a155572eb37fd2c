using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Parley.GatewaySimulator.Instances;
using Parley.GatewaySimulator.Network;
using Parley.GatewaySimulator.Writing;

namespace Parley.GatewaySimulator.Tests.Recorded;

/// <summary>
/// Lets the simulator go through a recording: the same calls in the same order, and on the phones what the recorded webhooks tell. The
/// words come from the recording, how they are written from the simulator.
/// </summary>
internal sealed partial class Story(Recording recording, SimulatedGateway gateway, GatewayClient client)
{
    // Ids that the recorded gateway gave, and those of the simulator.
    private readonly Dictionary<string, string> _ids = new(StringComparer.Ordinal);
    private readonly HashSet<string> _told = [];
    private readonly Dictionary<string, int> _qrCodes = new(StringComparer.Ordinal);

    /// <summary>The answers, beside the recorded ones.</summary>
    public List<(string What, JsonNode Recorded, JsonNode Simulated)> Answers { get; } = [];

    public async Task Play()
    {
        RecordedPeople.AddTo(gateway);
        await SetUp();
        foreach (var step in recording.Steps)
        {
            switch ((string)step["kind"]!)
            {
                case "call":
                    await Call(step);
                    break;
                case "webhook":
                    Tell(Translate(step["body"]!).AsObject());
                    break;
                default:
                    await Act((string)step["what"]!);
                    break;
            }

            await gateway.Settle();
            await CatchUpWithQrCodes();
        }
    }

    /// <summary>The recording with the simulator's ids in place of its own.</summary>
    public JsonNode Translate(JsonNode node)
    {
        var text = _ids.Aggregate(node.ToJsonString(), (json, id) => json.Replace(id.Key, id.Value, StringComparison.Ordinal));
        return JsonNode.Parse(text)!;
    }

    // Create, connect and open are left out of a recording that is about other things.
    private async Task SetUp()
    {
        var calls = recording.Steps.Where(each => (string?)each["kind"] == "call").ToList();
        var names = recording.Steps.Select(each => (string?)each["body"]?["instance"] ?? NameIn((string?)each["path"]))
            .Where(each => each is not null && !IsCreatedFirst(calls, each)).Distinct();
        foreach (var name in names.Where(each => !each!.StartsWith("nobody", StringComparison.Ordinal)))
        {
            var sender = recording.Steps.Select(each => each["body"]).FirstOrDefault(each => (string?)each?["instance"] == name && each?["sender"] is not null)?["sender"];
            var phone = sender is null ? RecordedPeople.Line : Jid.User((string)sender!);
            var line = await gateway.Pair(name!, phone);
            await gateway.Settle();
            line.Webhook = new Webhooks.WebhookRow
            {
                Url = "http://127.0.0.1:9/hook",
                Events = gateway.Dialect.Events,
                ByEvents = false,
                Base64 = false,
            };
            if (gateway.Dialect.IsV1 && ((string?)recording.Config?["settings"]?["groups_ignore"]?.ToString())?.StartsWith("true", StringComparison.Ordinal) != true)
            {
                line.Settings["groups_ignore"] = false;
            }
        }
    }

    private async Task Call(JsonObject step)
    {
        var body = step["request"] is { } given ? Translate(given) : null;
        var path = (string)step["path"]!;
        var method = (string)step["method"]!;
        // Which key was given is not recorded; what was refused had none that fits.
        var key = (int?)step["status"] == 401 ? "" : null;
        var reply = await client.Call(method, path, body, key, TestContext.Current.CancellationToken);
        var what = $"{method} {path}";
        if (IdOf(step["response"]) is { } recorded && IdOf(reply.Body) is { } simulated)
        {
            _ids[recorded] = simulated;
        }

        var expected = new JsonObject { ["httpStatus"] = (int)step["status"]!, ["body"] = step["response"] is { } response ? Translate(response) : null };
        var actual = new JsonObject { ["httpStatus"] = reply.Status, ["body"] = reply.Body?.DeepClone() ?? (step["response"]?.ToString() == "" ? "" : null) };
        Answers.Add((what, expected, actual));
    }

    // What the webhook tells happens now; those that follow from a call or another event tell nothing new.
    private void Tell(JsonObject body)
    {
        var name = (string?)body["instance"] ?? "";
        var data = body["data"];
        if ((string?)body["event"] == "qrcode.updated" && data!["qrcode"] is not null)
        {
            _qrCodes[name] = _qrCodes.GetValueOrDefault(name) + 1;
        }

        if (gateway.Instances.Find(name) is not { } line)
        {
            return;
        }

        switch ((string)body["event"]!)
        {
            case "messages.upsert":
                Write(line, data!.AsObject());
                break;
            case "messages.update" when data!["message"] is null && (string?)data["status"] != "DELETED":
                line.Receipts.Tell((string)(data["keyId"] ?? data["id"])!, (string)data["status"]!, (string)data["remoteJid"]!);
                break;
            case "messages.edited":
                Change(line, data!);
                break;
            case "messages.delete" when gateway.Dialect.IsV1:
                var group = gateway.WhatsApp.FindGroup((string)data!["remoteJid"]!);
                var peer = gateway.WhatsApp.FindOrAdd((string)(data["participant"] ?? data["remoteJid"])!);
                if ((bool)data["fromMe"]!)
                {
                    line.Phone.OwnerDeletes(peer, (string)data["id"]!, group: group);
                }
                else
                {
                    line.Phone.Delete(peer, (string)data["id"]!, group: group);
                }

                break;
        }
    }

    // A create answers after its first codes came by webhook.
    private async Task CatchUpWithQrCodes()
    {
        foreach (var line in gateway.Instances.All)
        {
            while (line.Connection.LastQr is { } shown && shown.Count < _qrCodes.GetValueOrDefault(line.Name))
            {
                await line.Connection.RefreshQr();
            }
        }
    }

    private void Write(Instance line, JsonObject data)
    {
        var key = data["key"]!;
        var id = (string)key["id"]!;
        if (!_told.Add(id))
        {
            line.Phone.DeliverAgain(id);
            return;
        }

        var chat = (string)key["remoteJid"]!;
        var group = Jid.IsGroup(chat) ? gateway.WhatsApp.FindGroup(chat) : null;
        var by = group is null ? chat : (string)key["participant"]!;
        var fromMe = (bool)key["fromMe"]!;
        var peer = gateway.WhatsApp.FindOrAdd(by);
        var addressing = AddressingOf(key, by, group is not null);
        var source = (string)data["source"]!;
        var quotes = (string?)data["contextInfo"]?["stanzaId"];
        var content = RecordedContent.Read(data);
        if (fromMe)
        {
            line.Phone.OwnerWrites(peer, content, addressing, group, quotes, id, source: source);
        }
        else
        {
            line.Phone.Write(peer, content, addressing, group, quotes, id, source: source);
        }
    }

    private void Change(Instance line, JsonNode data)
    {
        var id = (string)data["key"]!["id"]!;
        var chat = (string)data["key"]!["remoteJid"]!;
        var isOwner = !line.Account!.Is(chat);
        var peer = isOwner ? gateway.WhatsApp.FindOrAdd(chat) : line.Messages.Find(id)?.Peer ?? gateway.WhatsApp.FindOrAdd(RecordedPeople.Bruna);
        var addressing = Jid.IsHidden(chat) ? Addressing.HiddenId : Addressing.Phone;
        if ((string?)data["type"] == "REVOKE")
        {
            if (isOwner)
            {
                line.Phone.OwnerDeletes(peer, id, addressing);
            }
            else
            {
                line.Phone.Delete(peer, id, addressing);
            }

            return;
        }

        var edited = data["editedMessage"]!;
        var text = (string)(edited["conversation"] ?? edited["extendedTextMessage"]?["text"] ?? edited["imageMessage"]!["caption"])!;
        if (isOwner)
        {
            line.Phone.OwnerEdits(peer, id, text, addressing);
        }
        else
        {
            line.Phone.Edit(peer, id, text, addressing, extended: edited["extendedTextMessage"] is not null);
        }
    }

    private async Task Act(string what)
    {
        var line = gateway.Instances.All.LastOrDefault();
        if (line is null)
        {
            return;
        }

        if (Scanned().Match(what) is { Success: true } scan)
        {
            var phone = scan.Groups[1].Value;
            await line.Connection.Scan(phone.Length > 0 ? phone : RecordedPeople.Line);
        }
        else if (what.Contains("drops the session; the new connection gets no answer", StringComparison.Ordinal))
        {
            await line.Connection.Hang();
        }
        else if (Ended().Match(what) is { Success: true } end)
        {
            await line.Connection.Drop(int.Parse(end.Groups[1].Value, CultureInfo.InvariantCulture));
        }
    }

    private static string? IdOf(JsonNode? answer) => (string?)((answer as JsonObject)?["key"]?["id"]);

    private Addressing AddressingOf(JsonNode key, string by, bool isGroup)
    {
        var hidden = (string?)key["addressingMode"] == "lid" || key["previousRemoteJid"] is not null || Jid.IsHidden(by);
        if (!hidden)
        {
            return Addressing.Phone;
        }

        var other = isGroup ? key["participantAlt"] ?? key["participantPn"] : key["remoteJidAlt"] ?? key["previousRemoteJid"];
        return other is null && gateway.Dialect.Keys != KeyForm.PassedThrough ? Addressing.HiddenIdOnly : Addressing.HiddenId;
    }

    private static bool IsCreatedFirst(IReadOnlyList<JsonObject> calls, string name)
    {
        var created = calls.Index().FirstOrDefault(each =>
            (string?)each.Item["path"] == "/instance/create" && (string?)each.Item["request"]?["instanceName"] == name);
        var used = calls.Index().FirstOrDefault(each => NameIn((string?)each.Item["path"]) == name);
        return created.Item is not null && (used.Item is null || created.Index < used.Index);
    }

    private static string? NameIn(string? path) =>
        path is null || path.StartsWith("/webhooks/", StringComparison.Ordinal) ? null
        : path.Split('?')[0].Trim('/').Split('/') is [_, var call, var name] && call != "create" ? name : null;

    [GeneratedRegex(@"(?:scanned with the phone \+(\d+)|tenant scans the|types the pairing code)")]
    private static partial Regex Scanned();

    [GeneratedRegex(@"^(?:connection failure|WhatsApp (?:ends|closes) the stream|the tenant removes the device on the phone: WhatsApp closes with)\D*(\d{3})")]
    private static partial Regex Ended();
}
