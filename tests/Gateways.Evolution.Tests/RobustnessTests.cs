using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Xunit;
using Parley.Domain.Observations;
using Parley.Ports;

namespace Parley.Gateways.Evolution.Tests;

/// <summary>Whatever is done to a payload, reading it says something and throws nothing but what it may.</summary>
public sealed class RobustnessTests
{
    private static readonly EvolutionWebhookReader Reader = new();

    private static readonly string[] Texts = [.. Bodies()];

    private static readonly Func<JsonNode?>[] Odd =
    [
        () => null,
        () => JsonValue.Create(""),
        () => JsonValue.Create("\0\uFFFDx"),
        () => JsonValue.Create(-1),
        () => JsonValue.Create(double.MaxValue),
        () => JsonValue.Create(true),
        () => new JsonArray(1, "x", null, new JsonArray()),
        () => new JsonObject { ["low"] = "x", ["id"] = new JsonObject(), ["message"] = new JsonArray() },
        () => Deep(string.Concat(Enumerable.Repeat("[", 200)) + new string(']', 200)),
        () => Deep(string.Concat(Enumerable.Repeat("{\"message\":", 200)) + "1" + new string('}', 200)),
    ];

    [Property(MaxTest = 3000)]
    public void A_mutated_payload_is_read_or_refused_and_nothing_else(DoNotSize<int> seed)
    {
        var random = new System.Random(seed.Item);
        var body = JsonNode.Parse(Texts[random.Next(Texts.Length)])!;
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            Mutate(body, random);
        }

        if (Read(body) is { } reading)
        {
            Assert.NotEmpty(reading.Items);
            foreach (var item in reading.Items)
            {
                var payload = reading.PayloadOf(item.Element);
                Assert.NotEmpty(Reader.Read(payload, Described.ReceivedAt).Items);
            }
        }
    }

    [Property(MaxTest = 1000)]
    public void A_mutated_element_costs_none_of_its_siblings(DoNotSize<int> seed)
    {
        var random = new System.Random(seed.Item);
        var body = JsonNode.Parse(Texts[random.Next(Texts.Length)])!.AsObject();
        if (body["data"] is not JsonObject data || new EvolutionWebhookReader().Read(TestFiles.Bytes(body), Described.ReceivedAt).Items is [{ Observation: IgnoredObserved }, ..])
        {
            return;
        }

        var broken = new JsonObject { ["data"] = data.DeepClone() };
        Mutate(broken, random);
        body["data"] = new JsonArray(data.DeepClone(), broken["data"]?.DeepClone(), data.DeepClone());
        var items = Reader.Read(TestFiles.Bytes(body), Described.ReceivedAt).Items;
        body["data"] = data.DeepClone();
        var alone = Reader.Read(TestFiles.Bytes(body), Described.ReceivedAt).Items.Select(item => Comparable.Text(item.Observation)).ToList();

        Assert.Equal(alone, items.Where(item => item.Element == 0).Select(item => Comparable.Text(item.Observation)));
        Assert.Equal(alone, items.Where(item => item.Element == 2).Select(item => Comparable.Text(item.Observation)));
        Assert.Contains(items, item => item.Element == 1);
    }

    [Property(MaxTest = 300)]
    public void A_truncated_payload_is_refused(DoNotSize<int> seed)
    {
        var random = new System.Random(seed.Item);
        var body = Encoding.UTF8.GetBytes(Texts[random.Next(Texts.Length)]).AsSpan().TrimEnd((byte)'\n').ToArray();
        var part = body.AsMemory(0, random.Next(body.Length));

        Assert.Throws<WebhookFormatException>(() => Reader.Read(part, Described.ReceivedAt));
    }

    [Property(MaxTest = 500)]
    public void Random_bytes_in_a_payload_are_read_or_refused(DoNotSize<int> seed)
    {
        var random = new System.Random(seed.Item);
        var body = Encoding.UTF8.GetBytes(Texts[random.Next(Texts.Length)]);
        for (var i = random.Next(1, 6); i > 0; i--)
        {
            body[random.Next(body.Length)] = (byte)random.Next(256);
        }

        try
        {
            Assert.NotEmpty(Reader.Read(body, Described.ReceivedAt).Items);
        }
        catch (WebhookFormatException)
        {
            // Refused as a whole: that is allowed.
        }
    }

    [Fact]
    public void A_reader_is_used_by_many_at_once()
    {
        var alone = Texts.Select(text => Lines(text)).ToList();

        Parallel.For(0, 2000, i => Assert.Equal(alone[i % alone.Count], Lines(Texts[i % Texts.Length])));

        static List<string> Lines(string text) =>
            [.. Reader.Read(Encoding.UTF8.GetBytes(text), Described.ReceivedAt).Items.Select(item => Comparable.Text(item.Observation))];
    }

    /// <summary>A body of nothing but commas has more elements than the memory takes.</summary>
    [Theory]
    [InlineData("messages.upsert")]
    [InlineData("messages.set")]
    public void What_has_more_elements_than_any_gateway_tells_is_kept_whole_beside_the_first_of_them(string name)
    {
        var data = $"[{string.Join(',', Enumerable.Range(0, 100_001))}]";
        var body = Tests.Bodies.Of(name, data);

        var reading = Reader.Read(body, Described.ReceivedAt);

        Assert.Equal(100_001, reading.Items.Count);
        Assert.Equal("too_many_elements", Assert.IsType<NotUnderstood>(reading.Items[^1].Observation).Code);
        Assert.Equal(data, JsonNode.Parse(reading.PayloadOf(reading.Items[^1].Element).Span)!["data"]!.ToJsonString());
    }

    [Theory]
    [InlineData(19_900_000, true)]
    [InlineData(20_100_000, false)]
    public void A_body_of_more_values_than_the_memory_takes_is_refused(int values, bool isRead)
    {
        var body = Tests.Bodies.Of("messages.upsert", $"[[{string.Concat(Enumerable.Repeat("0,", values))}0]]");
        var before = GC.GetAllocatedBytesForCurrentThread();
        var fault = Record.Exception(() => Reader.Read(body, Described.ReceivedAt));

        Assert.Equal(isRead ? null : typeof(WebhookFormatException), fault?.GetType());
        Assert.True(isRead || GC.GetAllocatedBytesForCurrentThread() - before < body.Length, "It was made a document of.");
    }

    [Fact]
    public void A_body_nested_deeper_than_anybody_means_is_refused()
    {
        var deep = string.Concat(Enumerable.Repeat("[", 600)) + new string(']', 600);

        Assert.Throws<WebhookFormatException>(() => Reader.Read(Tests.Bodies.Of("messages.upsert", deep), Described.ReceivedAt));
    }

    private static IEnumerable<string> Bodies()
    {
        foreach (var (name, _) in SampleTests.Expectations().Select(row => row.Data))
        {
            yield return SampleTests.Whole(name).ToJsonString();
        }

        foreach (var path in Directory.GetFiles(TestFiles.Recorded, "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Where((_, i) => i % 9 == 0))
        {
            foreach (var body in JsonNode.Parse(File.ReadAllText(path))!["steps"]!.AsArray().Select(step => step!["body"]).OfType<JsonObject>())
            {
                if (body.ContainsKey("event") && body.ContainsKey("instance"))
                {
                    yield return body.ToJsonString();
                }
            }
        }
    }

    private static JsonNode? Deep(string json) => JsonNode.Parse(json, documentOptions: new() { MaxDepth = 512 });

    private static WebhookReading? Read(JsonNode body)
    {
        try
        {
            return Reader.Read(TestFiles.Bytes(body), Described.ReceivedAt);
        }
        catch (WebhookFormatException)
        {
            return null;
        }
    }

    /// <summary>Drops, retypes or replaces a node, or puts another in its place.</summary>
    private static void Mutate(JsonNode body, System.Random random)
    {
        var nodes = All(body).ToList();
        var node = nodes[random.Next(nodes.Count)];
        switch (node)
        {
            case JsonObject { Count: > 0 } members:
                var name = members.ElementAt(random.Next(members.Count)).Key;
                if (random.Next(4) == 0)
                {
                    members.Remove(name);
                }
                else
                {
                    members[name] = Other(nodes, random);
                }

                break;
            case JsonArray { Count: > 0 } items:
                items[random.Next(items.Count)] = Other(nodes, random);
                break;
            default:
                break;
        }
    }

    private static JsonNode? Other(List<JsonNode> nodes, System.Random random) =>
        random.Next(3) == 0 ? nodes[random.Next(nodes.Count)].DeepClone() : Odd[random.Next(Odd.Length)]();

    private static IEnumerable<JsonNode> All(JsonNode node) => node switch
    {
        JsonObject members => members.Where(member => member.Value is not null).SelectMany(member => All(member.Value!)).Prepend(node),
        JsonArray items => items.OfType<JsonNode>().SelectMany(All).Prepend(node),
        _ => [node],
    };
}
