using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Parley.Domain.Addresses;
using Parley.Domain.Messages;
using Parley.Domain.Observations;
using Parley.Domain.Sessions;
using Parley.Ports.Gateways;

namespace Parley.Gateways.Evolution.Tests.Rest;

/// <summary>
/// Every recorded REST exchange of a call that the client makes: the client is answered what the gateway answered. What it must make of it
/// is worked out from the recording; where the recorded request can be asked for, the client's own has the same keys.
/// </summary>
public sealed class RecordedCallTests(ScriptedGateway gateway) : IClassFixture<ScriptedGateway>
{
    /// <summary>The calls that the client makes.</summary>
    private static readonly string[] Calls =
    [
        "", "instance/create", "instance/connect", "instance/connectionState", "instance/fetchInstances", "instance/restart", "instance/logout",
        "instance/delete", "instance/setPresence", "webhook/find", "webhook/set", "message/sendText", "message/sendMedia", "message/sendWhatsAppAudio",
        "message/sendSticker", "message/sendLocation", "message/sendContact", "message/sendPoll", "message/sendReaction", "chat/updateMessage",
        "chat/deleteMessageForEveryone", "chat/markMessageAsRead", "chat/sendPresence", "chat/whatsappNumbers", "chat/findMessages",
        "chat/getBase64FromMediaMessage", "group/findGroupInfos",
    ];

    private static readonly byte[] Bytes = [1, 8, 15, 22, 29];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Exchanges()
    {
        var data = new TheoryData<string, string>();
        foreach (var group in All.GroupBy(static step => (step.File, step.Call)))
        {
            data.Add(group.Key.File, group.Key.Call);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Exchanges))]
    public async Task A_recorded_answer_is_understood(string file, string call)
    {
        foreach (var step in All.Where(step => step.File == file && step.Call == call))
        {
            gateway.Anew(step.Version);
            gateway.Script = asked => asked.Is(call) ? Answer.Json(step.Status, step.Response)
                : asked.Is("webhook/find") ? Answer.Json(200, "null")
                : Answer.Json(201, "{}");
            if (step.ExpectedFault is { } fault)
            {
                var thrown = await Assert.ThrowsAsync<GatewayException>(() => Ask(step));
                Assert.True(fault == thrown.Fault, $"{step}: {thrown.Fault}, {thrown.Message}");
                Assert.DoesNotContain(ScriptedGateway.Key, thrown.Message, StringComparison.Ordinal);
            }
            else
            {
                await Ask(step);
            }

            AssertKeys(step);
        }
    }

    [Fact]
    public void Every_call_is_recorded_in_every_version_as_far_as_it_can_be()
    {
        var seen = All.GroupBy(static step => step.Version, static step => step.Call)
            .ToDictionary(static g => g.Key, static g => g.Distinct().Order(StringComparer.Ordinal).ToList());

        Assert.Equal(["1.8.2", "2.3.2", "2.3.6", "2.3.7"], seen.Keys.Order(StringComparer.Ordinal));
        string[] everywhere = ["instance/create", "instance/connect", "instance/connectionState", "instance/fetchInstances", "instance/restart",
            "instance/logout", "instance/delete", "webhook/find", "webhook/set", "message/sendText", "message/sendMedia", "message/sendWhatsAppAudio",
            "message/sendSticker", "message/sendPoll", "message/sendReaction", "chat/updateMessage", "chat/deleteMessageForEveryone",
            "chat/whatsappNumbers", "chat/findMessages", "chat/getBase64FromMediaMessage"];
        Assert.All(seen.Values, calls => Assert.Empty(everywhere.Except(calls)));
    }

    private static readonly List<Step> All = [.. Steps()];

    private static IEnumerable<Step> Steps() =>
        from path in Directory.EnumerateFiles(TestFiles.Recorded, "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        let scenario = JsonNode.Parse(File.ReadAllText(path))!
        from step in scenario["steps"]!.AsArray()
        where step!["kind"]!.GetValue<string>() == "call" && (step["response"] as JsonObject)?["clientError"] is null
        let read = new Step(Path.GetRelativePath(TestFiles.Recorded, path).Replace('\\', '/'), step)
        where Calls.Contains(read.Call) && read.Status > 0
        select read;

    private Task Ask(Step step) => step.Call switch
    {
        "" => Version(step),
        "instance/create" => Create(step),
        "instance/connect" => Connect(step),
        "instance/connectionState" => State(step),
        "instance/fetchInstances" => List(step),
        "instance/restart" => gateway.Client.Restart(gateway.Access, ScriptedGateway.Instance, Stop),
        "instance/logout" => gateway.Client.LogOut(gateway.Access, ScriptedGateway.Instance, Stop),
        "instance/delete" => gateway.Client.Delete(gateway.Access, ScriptedGateway.Instance, Stop),
        "instance/setPresence" or "chat/sendPresence" => gateway.Client.SetPresence(
            gateway.Access, ScriptedGateway.Instance, Address.Parse("5511987650001"),
            (step.Request?["presence"] ?? step.Request?["options"]?["presence"])!.GetValue<string>(), Stop),
        "webhook/find" => FindWebhook(step),
        "webhook/set" => gateway.Client.SetWebhook(gateway.Access, ScriptedGateway.Instance, WebhookOf(step.Request!["webhook"] ?? step.Request), Stop),
        "message/sendReaction" => React(step),
        "chat/updateMessage" => gateway.Client.Edit(
            gateway.Access, ScriptedGateway.Instance, ReferenceOf(step.Request?["key"]), step.Request?["text"]?.GetValue<string>() ?? "x", Stop),
        "chat/deleteMessageForEveryone" => gateway.Client.Revoke(gateway.Access, ScriptedGateway.Instance, ReferenceOf(step.Request), Stop),
        "chat/markMessageAsRead" => gateway.Client.MarkRead(
            gateway.Access,
            ScriptedGateway.Instance,
            [.. ((step.Request?["readMessages"] ?? step.Request?["read_messages"])!.AsArray()).Select(ReferenceOf).Where(r => r.Chat.Kind != AddressKind.Lid)],
            Stop),
        "chat/whatsappNumbers" => Check(step),
        "chat/findMessages" => Find(step),
        "chat/getBase64FromMediaMessage" => Fetch(step),
        "group/findGroupInfos" => FindGroup(step),
        _ => Send(step),
    };

    private async Task Version(Step step)
    {
        gateway.Version = step.Response!["version"]!.GetValue<string>();
        Assert.Equal(step.Response["version"]!.GetValue<string>(), await gateway.Client.ReadVersion(gateway.Access, Stop));
    }

    private async Task Create(Step step)
    {
        var request = step.Request!;
        var webhook = step.IsV1 || request["webhook"] is JsonValue
            ? new InstanceWebhook("https://parley.example/hook", ["MESSAGES_UPSERT", "MESSAGES_EDITED"], ImmutableSortedDictionary<string, string>.Empty)
            : WebhookOf(request["webhook"]);
        await gateway.Client.Create(
            gateway.Access, new(request["instanceName"]?.GetValue<string>() ?? "x", "TOKEN", webhook, request["number"]?.GetValue<string>()), Stop);
    }

    private async Task Connect(Step step)
    {
        var answer = await gateway.Client.Connect(gateway.Access, ScriptedGateway.Instance, null, Stop);
        Assert.Equal(step.Response!["pairingCode"]?.GetValue<string>(), answer.PairingCode);
        Assert.Equal(StatusOf(step.Response["instance"]?["state"]), answer.State);
    }

    private async Task State(Step step)
    {
        var state = await gateway.Client.ReadState(gateway.Access, ScriptedGateway.Instance, Stop);
        Assert.Equal(step.Response!["instance"]!["state"]?.GetValue<string>(), state.Word);
        Assert.Equal(StatusOf(step.Response["instance"]!["state"]), state.Status);
    }

    private async Task List(Step step)
    {
        var rows = (step.Response as JsonArray)?.Select(static row => row!["instance"] ?? row) ?? [step.Response!["instance"] ?? step.Response];
        var expected = step.Status == 404 ? [] : rows.Select(row => (
            Name: (row["name"] ?? row["instanceName"])!.GetValue<string>(),
            Phone: (row["ownerJid"] ?? row["owner"] ?? (row["integration"] is JsonValue own && own.ToString() == "EVOLUTION" ? row["number"] : null))?
                .GetValue<string>().Split('@')[0],
            State: StatusOf(row["connectionStatus"] ?? row["status"])));
        var listed = await gateway.Client.ListInstances(gateway.Access, Stop);
        Assert.Equal(expected, listed.Select(static i => (i.InstanceName, i.PhoneNumber?.Value, i.State)));
    }

    private async Task FindWebhook(Step step)
    {
        var webhook = await gateway.Client.ReadWebhook(gateway.Access, ScriptedGateway.Instance, Stop);
        if (step.Response?["url"]?.GetValue<string>() is null or "")
        {
            Assert.Null(webhook);
            return;
        }

        var row = step.Response;
        Assert.Equal(row["url"]!.GetValue<string>(), webhook!.Url);
        Assert.Equal(row["events"]!.AsArray().Select(static e => e!.GetValue<string>()), webhook.Events);
        Assert.Equal(row["enabled"]!.GetValue<bool>(), webhook.Enabled);
        Assert.Equal((row["webhookByEvents"] ?? row["webhook_by_events"])?.GetValue<bool>() ?? false, webhook.ByEvents);
        Assert.Equal((row["webhookBase64"] ?? row["webhook_base64"])?.GetValue<bool>() ?? false, webhook.Base64);
    }

    private async Task Send(Step step)
    {
        var answer = await gateway.Client.Send(gateway.Access, ScriptedGateway.Instance, MessageOf(step), ScriptedGateway.Soon, TimeSpan.FromSeconds(20), Stop);
        Assert.Equal(step.Response!["key"]!["id"]!.GetValue<string>(), answer.ExternalId);
        var jid = step.Response["key"]!["remoteJid"]!.GetValue<string>();
        Assert.Equal(jid.StartsWith('@') ? null : jid.Replace("@s.whatsapp.net", "", StringComparison.Ordinal).Split(':')[0], answer.To?.Value);
        Assert.Equal(step.Response["status"] is null ? null : MessageStatus.Pending, answer.Status);
        Assert.Equal(
            long.Parse(step.Response["messageTimestamp"]!.ToString(), System.Globalization.CultureInfo.InvariantCulture),
            answer.Timestamp!.Value.ToUnixTimeSeconds());
    }

    private async Task React(Step step)
    {
        var at = await gateway.Client.React(
            gateway.Access, ScriptedGateway.Instance, ReferenceOf(Inner(step, "reactionMessage")?["key"]), EmojiOf(step), Stop);
        var expected = step.Response!["message"]?["reactionMessage"]?["senderTimestampMs"] switch
        {
            JsonObject halves => (halves["high"]!.GetValue<long>() << 32) + (uint)halves["low"]!.GetValue<int>(),
            JsonNode told => long.Parse(told.ToString(), System.Globalization.CultureInfo.InvariantCulture),
            null => long.Parse(step.Response["messageTimestamp"]!.ToString(), System.Globalization.CultureInfo.InvariantCulture) * 1000,
        };
        Assert.Equal(expected, at!.Value.ToUnixTimeMilliseconds());
    }

    private async Task FindGroup(Step step)
    {
        var group = Address.Parse(step.Response!["id"]!.GetValue<string>());
        var reading = await gateway.Client.ReadGroup(gateway.Access, ScriptedGateway.Instance, group, Stop);
        Assert.Equal($"/group/findGroupInfos/{ScriptedGateway.Instance}?groupJid={Uri.EscapeDataString(group.Value)}", gateway.Request.Target);
        var observed = reading.Items.Select(static item => item.Observation).ToList();
        var name = Assert.Single(observed.OfType<NameObserved>());
        Assert.Equal((group, step.Response["subject"]!.GetValue<string>()), (name.Address, name.Name));
        var pairs = step.Response["participants"]!.AsArray()
            .Select(static p => (Lid: (p!["lid"] ?? p["id"])!.GetValue<string>(), Phone: (p["phoneNumber"] ?? p["jid"] ?? p["id"])?.GetValue<string>()))
            .Where(static p => p.Lid.EndsWith("@lid", StringComparison.Ordinal) && p.Phone?.EndsWith("@s.whatsapp.net", StringComparison.Ordinal) == true)
            .Select(static p => (p.Lid, p.Phone!.Split('@')[0]));
        Assert.Equal(
            pairs.Order(), observed.OfType<PairObserved>().Select(static p => (p.Pair.Lid.Value, p.Pair.Phone.Value)).Distinct().Order());
        Assert.Empty(observed.OfType<NotUnderstood>());
    }

    private async Task Check(Step step)
    {
        // Letters, hidden ids and groups are not asked for.
        var rows = (step.Response as JsonArray)?.Select(static row => row!).ToList() ?? [];
        var numbers = rows.Select(static row => row["number"]!.GetValue<string>()).Where(static n => n.Length < 16 && n.All(char.IsAsciiDigit)).Reverse().ToList();
        if (rows.Count > 0 && numbers.Count == 0)
        {
            return;
        }

        var checks = await gateway.Client.CheckNumbers(gateway.Access, ScriptedGateway.Instance, numbers.Count > 0 ? numbers : ["5511987650001"], Stop);
        Assert.Equal(numbers, checks.Select(static check => check.Number));
        foreach (var check in checks)
        {
            var row = rows.First(row => row["number"]!.GetValue<string>() == check.Number);
            Assert.Equal(row["exists"]!.GetValue<bool>(), check.Exists);
            Assert.Equal(check.Exists ? row["jid"]!.GetValue<string>().Split('@')[0] : null, check.Address?.Value);
        }
    }

    private async Task Find(Step step)
    {
        var id = step.Request!["where"]?["key"]?["id"]?.GetValue<string>();
        var page = await gateway.Client.ReadMessages(gateway.Access, ScriptedGateway.Instance, new(null, null, id), Stop);
        var messages = step.Response as JsonObject;
        var rows = (messages?["messages"]!["records"] ?? step.Response)!.AsArray().Select(static row => row!).ToList();
        Assert.Equal(messages?["messages"]!["total"]!.GetValue<long>(), page.Total);
        var more = messages is not null && messages["messages"]!["currentPage"]!.GetValue<int>() < messages["messages"]!["pages"]!.GetValue<int>();
        Assert.Equal(more ? "2" : null, page.Next);

        // Every row is a message of its id, once as often as it is there, with the highest status that it notes.
        var observed = page.Reading.Items.Select(static item => item.Observation).OfType<MessageObserved>().ToList();
        var readable = rows.Where(static row => row["message"] is JsonObject).ToList();
        Assert.Equal(readable.Select(IdOf).Order(StringComparer.Ordinal), observed.Select(static m => m.ExternalId).Order(StringComparer.Ordinal));
        Assert.All(observed, message => Assert.Equal(MessageOrigin.Sync, message.Origin));
        Assert.Equal(observed.OrderBy(static m => m.Timestamp), observed);
        foreach (var row in readable)
        {
            var notes = row["MessageUpdate"]?.AsArray().Select(static update => update!["status"]!.GetValue<string>()).ToList() ?? [];
            var message = observed.First(message =>
                message.ExternalId == IdOf(row) && message.Timestamp.ToUnixTimeSeconds() == row["messageTimestamp"]!.GetValue<long>());
            Assert.Equal(row["key"]!["fromMe"]!.GetValue<bool>(), message.FromMe);
            Assert.Equal(notes.Contains("EDITED"), message.Content.Edited);
            Assert.Equal(notes.Contains("READ") ? MessageStatus.Read : null, message.Status);
            var deletions = page.Reading.Items.Select(static item => item.Observation).OfType<ChangeObserved>()
                .Count(change => change.Change is DeletionChange && change.Change.TargetId == IdOf(row));
            Assert.Equal(row["key"]!["deleted"]?.GetValue<bool>() == true ? 1 : 0, deletions);
        }
    }

    private async Task Fetch(Step step)
    {
        var sink = new MediaSink();
        var fetched = await gateway.Client.ReadMedia(
            gateway.Access, ScriptedGateway.Instance, new("3A01", Address.Parse("5511987650001"), FromMe: false), sink.Create, Stop);
        Assert.Equal(Convert.FromBase64String(step.Response!["base64"]!.GetValue<string>()), Assert.Single(sink.Writers).Bytes);
        Assert.Equal(sink.Writers[0].Stored, fetched.Stored);
        Assert.Equal(step.Response["mimetype"]!.GetValue<string>(), fetched.MimeType);
        Assert.Equal(step.Response["fileName"]?.GetValue<string>(), fetched.FileName);
    }

    /// <summary>The client's request has the keys that the recorded one has; those that it adds are named here.</summary>
    private void AssertKeys(Step step)
    {
        var asked = gateway.Requests.FirstOrDefault(asked => asked.Is(step.Call));
        if (asked is null || step.Request is not JsonObject request || step.Status is < 200 or > 299 || step.IsOdd)
        {
            return;
        }

        string[] added = step.Call switch
        {
            "instance/create" => ["token", "groupsIgnore", "groups_ignore", "webhook.headers", "qrcode", "webhook_by_events", "webhook_base64"],
            "webhook/set" => ["webhook.headers", "webhook_by_events", "webhook_base64", "webhook.byEvents", "webhook.base64", "enabled"],
            "message/sendMedia" => ["fileName", "mediaMessage.fileName"],
            "message/sendWhatsAppAudio" => ["encoding", "options.encoding"],
            "chat/findMessages" => ["limit", "page", "offset", "where"],
            "message/sendContact" => ["contact.wuid"],
            _ => [],
        };
        string[] left = step.Call switch
        {
            "chat/findMessages" => ["where.key.remoteJid", "where.key.remoteJidAlt", "where.key.fromMe", "where.messageType", "where.messageTimestamp", "where.owner"],
            "message/sendText" => ["options.delay", "options.presence", "options.linkPreview", "delay", "linkPreview", "mentionsEveryOne", "options.mentions"],
            "message/sendContact" => ["contact.email"],
            "chat/getBase64FromMediaMessage" => ["message.message", "message.key.remoteJid", "message.key.fromMe"],
            "instance/create" => step.IsV1 ? ["integration", "number", "webhook", "events"] : [],
            "webhook/set" => ["headers"],
            _ => [],
        };
        Assert.Equal(
            Keys(request).Where(key => !Covers(left, key) && !Covers(added, key)).Order(StringComparer.Ordinal),
            Keys(asked.Body.AsObject()).Where(key => !Covers(left, key) && !Covers(added, key)).Order(StringComparer.Ordinal));
    }

    private static bool Covers(string[] names, string key) => names.Any(name => key == name || key.StartsWith(name + ".", StringComparison.Ordinal));

    private static IEnumerable<string> Keys(JsonObject body, string prefix = "") => body.SelectMany(member => member.Value switch
    {
        JsonObject { Count: > 0 } inner => Keys(inner, $"{prefix}{member.Key}."),
        JsonArray { Count: > 0 } items when items[0] is JsonObject => items.SelectMany(item => Keys(item!.AsObject(), $"{prefix}{member.Key}.")).Distinct(),
        _ => [$"{prefix}{member.Key}"],
    });

    private static string IdOf(JsonNode row) => row["key"]!["id"]!.GetValue<string>();

    private static SessionStatus? StatusOf(JsonNode? word) => word?.GetValue<string>() switch
    {
        "open" => SessionStatus.Open,
        "connecting" => SessionStatus.Connecting,
        "close" => SessionStatus.Close,
        _ => null,
    };

    private static string? EmojiOf(Step step) =>
        Inner(step, "reactionMessage")?["reaction"]?.GetValue<string>() is { } emoji ? (emoji.Length == 0 && !step.IsV1 ? null : emoji) : "👍";

    private static JsonNode? Inner(Step step, string wrapper) => step.Request is JsonObject ? step.Request[wrapper] ?? step.Request : null;

    private static MessageReference ReferenceOf(JsonNode? key) => key?["remoteJid"] is { } jid && Address.TryParse(jid.GetValue<string>(), out var chat)
        ? new(key["id"]!.GetValue<string>(), chat, key["fromMe"]!.GetValue<bool>())
        : new("3A01", Address.Parse("5511987650001"), FromMe: false);

    private static InstanceWebhook WebhookOf(JsonNode? webhook) => new(
        webhook?["url"]?.GetValue<string>() ?? "https://parley.example/hook",
        [.. webhook?["events"]?.AsArray().Select(static e => e!.GetValue<string>()) ?? []],
        ImmutableSortedDictionary<string, string>.Empty,
        webhook?["enabled"]?.GetValue<bool>() ?? true);

    /// <summary>The message that the recorded request sends, as a caller of the port would ask for it.</summary>
    private static OutgoingMessage MessageOf(Step step)
    {
        var request = step.Request as JsonObject;
        var own = step.Call["message/send".Length..] switch
        {
            "Text" => Inner(step, "textMessage"),
            "Media" => Inner(step, "mediaMessage"),
            "Poll" => Inner(step, "pollMessage"),
            _ => request,
        };
        var options = request?["options"] ?? request;
        var content = step.Call switch
        {
            "message/sendText" => new MessageContent { Type = MessageType.Text, Text = own?["text"]?.GetValue<string>() ?? "x" },
            "message/sendMedia" => new()
            {
                Type = Enum.Parse<MessageType>(own?["mediatype"]?.GetValue<string>() ?? "image", ignoreCase: true),
                Text = own?["caption"]?.GetValue<string>(),
                Media = new() { MimeType = own?["mimetype"]?.GetValue<string>(), FileName = own?["fileName"]?.GetValue<string>() },
            },
            "message/sendWhatsAppAudio" => new() { Type = MessageType.Audio, Media = new() { VoiceNote = true, MimeType = "audio/ogg" } },
            "message/sendSticker" => new() { Type = MessageType.Sticker },
            "message/sendContact" => new()
            {
                Type = MessageType.Contact,
                Contacts = [.. own!["contact"]!.AsArray().Select(static c => new ContactCard(c!["fullName"]!.GetValue<string>(), [c["phoneNumber"]!.GetValue<string>()]))],
            },
            _ => new()
            {
                Type = MessageType.Poll,
                Poll = new(own!["name"]!.GetValue<string>(), [.. own["values"]!.AsArray().Select(static v => v!.GetValue<string>())], own["selectableCount"]!.GetValue<int>()),
            },
        };
        var mentions = (options?["mentioned"] ?? options?["mentions"]?["mentioned"])?.AsArray().Select(static m => Address.Parse(m!.GetValue<string>()));
        var quoted = options?["quoted"];
        return new()
        {
            To = Address.TryParse(request?["number"]?.ToString(), out var to) ? to : Address.Parse("5511987650001"),
            Content = content with { Mentions = [.. mentions ?? []] },
            OpenMedia = static _ => Task.FromResult<Stream>(new MemoryStream(Bytes)),
            Quoted = quoted is null ? null : ReferenceOf(quoted["key"]) with
            {
                ExternalId = quoted["key"]!["id"]!.GetValue<string>(),
                Text = quoted["message"]?["conversation"]?.GetValue<string>(),
            },
        };
    }

    /// <summary>A recorded exchange.</summary>
    public sealed record Step(string File, JsonNode Node)
    {
        public string Version => File.Split('/')[0][1..];

        public bool IsV1 => Version.StartsWith('1');

        public string Call => string.Join('/', Node["path"]!.GetValue<string>().Split('?')[0].Split('/').Skip(1).Take(2));

        public int Status => Node["status"] is JsonValue value ? value.GetValue<int>() : 0;

        public JsonNode? Request => Node["request"] is JsonValue ? null : Node["request"];

        public JsonNode? Response => Node["response"];

        /// <summary>A request that no caller of the port can ask for: without a number, by letters, to a LID where the client wants none.</summary>
        public bool IsOdd => (Request as JsonObject)?.ContainsKey("number") == true
            && !Address.TryParse(Request!["number"]!.ToString(), out _);

        /// <summary>What the gateway notes (1) say that the answer means; null = it went well.</summary>
        public GatewayFault? ExpectedFault
        {
            get
            {
                var text = Response?.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }) ?? "";
                var message = (Response as JsonObject)?["response"]?["message"] ?? (Response as JsonObject)?["message"];
                var isSend = Call.StartsWith("message/", StringComparison.Ordinal);
                return Status switch
                {
                    // A restart of a closed session: the text does not tell, but nothing else answers so.
                    200 when Call == "instance/restart" && text.Contains("\"error\":true", StringComparison.Ordinal) => GatewayFault.NotConnected,
                    200 when Call == "instance/restart" && text.Contains("\"state\":\"close\"", StringComparison.Ordinal) => GatewayFault.NotConnected,
                    200 or 201 when text.Contains("\"error\":true", StringComparison.Ordinal) => GatewayFault.Unknown,
                    200 when Call == "instance/restart" && text is "\"\"" => GatewayFault.Unknown,
                    201 when isSend && text.Contains("fbtrace_id", StringComparison.Ordinal) => GatewayFault.Refused,
                    200 or 201 => null,
                    401 => GatewayFault.Unauthorized,
                    403 when text.Contains("already in use", StringComparison.Ordinal) => GatewayFault.NameTaken,
                    403 => GatewayFault.Unauthorized,
                    404 when text.Contains("Cannot ", StringComparison.Ordinal) => GatewayFault.Unsupported,
                    404 when Call is "instance/delete" or "instance/fetchInstances" => null,
                    404 => GatewayFault.InstanceMissing,
                    400 when text.Contains("is not connected", StringComparison.Ordinal) => Call == "instance/logout" ? null : GatewayFault.NotConnected,
                    400 when message is JsonArray { Count: > 0 } list && list[0] is JsonArray => GatewayFault.Refused,
                    400 when text.Contains("\"exists\":false", StringComparison.Ordinal) => GatewayFault.NotOnWhatsApp,
                    400 when text.Contains("Method not available", StringComparison.Ordinal) => GatewayFault.Unsupported,
                    400 when text.Contains("in JSON at position", StringComparison.Ordinal) => GatewayFault.Refused,
                    400 when Call == "chat/getBase64FromMediaMessage" =>
                        text.Contains("not found", StringComparison.Ordinal) || text.Contains("not of the media type", StringComparison.Ordinal) ? GatewayFault.Gone : GatewayFault.Unknown,
                    400 or 500 when text.Contains("reading 'onWhatsApp'", StringComparison.Ordinal) || text.Contains("reading 'sendMessage'", StringComparison.Ordinal)
                        || text.Contains("reading 'waUploadToServer'", StringComparison.Ordinal) => GatewayFault.NotConnected,
                    400 when text.Contains("url or base64", StringComparison.Ordinal) || text.Contains("file name must", StringComparison.Ordinal)
                        || text.Contains("must be a single emoji", StringComparison.Ordinal) || text.Contains("must be an emoji", StringComparison.Ordinal)
                        || text.Contains("RemoteJid does not match", StringComparison.Ordinal) || text.Contains("Message not compatible", StringComparison.Ordinal)
                        || text.Contains("Token already exists", StringComparison.Ordinal) => GatewayFault.Refused,
                    _ => GatewayFault.Unknown,
                };
            }
        }

        public override string ToString() => $"{File} {Call} {Status}";
    }
}
