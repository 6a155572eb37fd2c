using System.Globalization;
using System.Text.Json.Nodes;

namespace Parley.BlackBox;

/// <summary>Makes up stories: texts and media of both directions, receipts, edits and deletions, early and late, once and twice.</summary>
public sealed class StoryTeller(int seed)
{
    private const int Peers = 8;

    private readonly Random _random = new(seed);
    private int _told;

    public Story Next()
    {
        var peer = new Peer(_random.Next(Peers), _random);
        var id = $"3EB0{seed:X4}{++_told:X8}{_random.Next():X8}";
        var (expected, bodies) = _random.Next(10) switch
        {
            0 or 1 or 2 => Inbound(peer, id),
            3 or 4 or 5 => Outbound(peer, id),
            6 => EditedInbound(peer, id),
            7 => EditedOutbound(peer, id),
            8 => Deleted(peer, id),
            _ => Image(peer, id),
        };

        // A gateway repeats itself, and what happens to a message may be told before the message.
        if (_random.Next(4) == 0)
        {
            bodies.Add(bodies[_random.Next(bodies.Count)].DeepClone().AsObject());
        }

        var shuffled = bodies.ToArray();
        _random.Shuffle(shuffled);
        return new Story(expected, [.. shuffled.Select(static body => body.ToJsonString())]);
    }

    private static (Expected, List<JsonObject>) Inbound(Peer peer, string id)
    {
        var text = $"in {id}";
        return (new Expected(id, "in", peer.Number, text, "delivered"), [peer.In(Webhook.Text(peer.Number, text, id))]);
    }

    private (Expected, List<JsonObject>) Outbound(Peer peer, string id)
    {
        var text = $"out {id}";
        List<JsonObject> bodies = [peer.In(Webhook.Text(peer.Number, text, id, fromMe: true))];
        var status = "sent";
        foreach (var (ack, shown) in (ReadOnlySpan<(string, string)>)[("DELIVERY_ACK", "delivered"), ("READ", "read")])
        {
            if (_random.Next(2) == 0)
            {
                bodies.Add(peer.In(Webhook.Receipt(peer.Number, id, ack)));
                status = shown;
            }
        }

        return (new Expected(id, "out", peer.Number, text, status), bodies);
    }

    private static (Expected, List<JsonObject>) EditedInbound(Peer peer, string id)
    {
        var text = $"edited {id}";
        return (
            new Expected(id, "in", peer.Number, text, "delivered", EditWaits: true),
            [peer.In(Webhook.Text(peer.Number, "before", id)), peer.In(Edits.Event(peer.Number, id, text))]);
    }

    private static (Expected, List<JsonObject>) EditedOutbound(Peer peer, string id)
    {
        var text = $"edited {id}";
        var edit = Webhook.Receipt(peer.Number, id, "SERVER_ACK");
        edit["data"]!["message"] = new JsonObject
        {
            ["editedMessage"] = new JsonObject { ["message"] = new JsonObject { ["conversation"] = text } },
        };
        return (
            new Expected(id, "out", peer.Number, text, "sent"),
            [peer.In(Webhook.Text(peer.Number, "before", id, fromMe: true)), peer.In(edit)]);
    }

    private static (Expected, List<JsonObject>) Deleted(Peer peer, string id) => (
        new Expected(id, "in", peer.Number, null, "delivered", Deleted: true),
        [peer.In(Webhook.Text(peer.Number, "regretted", id)), peer.In(Webhook.Revoke(peer.Number, id))]);

    private (Expected, List<JsonObject>) Image(Peer peer, string id)
    {
        var bytes = new byte[_random.Next(100, 20_000)];
        _random.NextBytes(bytes);
        return (
            new Expected(id, "in", peer.Number, "look", "delivered", Media: bytes),
            [peer.In(Webhook.Media(peer.Number, "imageMessage", "image/png", bytes, id: id))]);
    }

    /// <summary>A person, named by number, by hidden id with the number beside it, or by hidden id alone.</summary>
    private sealed class Peer(int index, Random random)
    {
        private readonly int _form = random.Next(3);

        public string Number { get; } = $"55119876500{10 + index}";

        private string Lid { get; } = (100_000_000_000_010 + index).ToString(CultureInfo.InvariantCulture) + "@lid";

        /// <summary>One story keeps to one form: of two kept at once under two ids the later would leave a tombstone.</summary>
        public JsonObject In(JsonObject body)
        {
            if (_form == 0)
            {
                return body;
            }

            var data = body["data"]!.AsObject();
            var key = data["key"]?.AsObject() ?? data;
            key["remoteJid"] = Lid;
            if (_form == 1 && data.ContainsKey("key"))
            {
                key["remoteJidAlt"] = Webhook.Jid(Number);
                key["addressingMode"] = "lid";
            }

            return body;
        }
    }
}
