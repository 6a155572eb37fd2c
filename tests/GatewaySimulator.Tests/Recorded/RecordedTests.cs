using System.Text;
using System.Text.Json.Nodes;

namespace Parley.GatewaySimulator.Tests.Recorded;

/// <summary>The simulator's answers and webhooks are held against those of real gateways.</summary>
public sealed class RecordedTests
{
    // Order, number and data of these follow from traffic in ways that do not matter to anybody: most of the noise.
    private static readonly string[] Noise = ["contacts.update", "contacts.upsert", "chats.update", "chats.upsert", "presence.update"];

    [Theory]
    [InlineData("v2.3.7/001")]
    [InlineData("v2.3.7/002")]
    [InlineData("v2.3.7/100")]
    [InlineData("v2.3.7/107")]
    [InlineData("v2.3.7/230")]
    [InlineData("v2.3.7/236")]
    [InlineData("v2.3.7/301")]
    [InlineData("v2.3.7/302")]
    [InlineData("v2.3.7/304")]
    [InlineData("v2.3.7/305")]
    [InlineData("v2.3.7/308")]
    [InlineData("v2.3.7/340")]
    [InlineData("v2.3.7/370")]
    [InlineData("v2.3.7/371")]
    [InlineData("v2.3.7/385")]
    [InlineData("v2.3.7/400")]
    [InlineData("v2.3.7/401")]
    [InlineData("v2.3.7/404")]
    [InlineData("v2.3.7/406")]
    [InlineData("v2.3.7/407")]
    [InlineData("v2.3.7/409")]
    [InlineData("v2.3.7/410")]
    [InlineData("v2.3.6/100")]
    [InlineData("v2.3.6/302")]
    [InlineData("v2.3.6/370")]
    [InlineData("v2.3.2/100")]
    [InlineData("v2.3.2/230")]
    [InlineData("v2.3.2/302")]
    [InlineData("v2.3.2/370")]
    [InlineData("v1.8.2/01")]
    [InlineData("v1.8.2/20")]
    [InlineData("v1.8.2/25")]
    [InlineData("v1.8.2/23")]
    [InlineData("v1.8.2/05")]
    [InlineData("v1.8.2/80")]
    [InlineData("v1.8.2/82")]
    [InlineData("v1.8.2/83")]
    [InlineData("v1.8.2/85")]
    [InlineData("v1.8.2/86")]
    [InlineData("v1.8.2/92")]
    [InlineData("v1.8.2/100")]
    [InlineData("v1.8.2/106")]
    [InlineData("v1.8.2/113")]
    [InlineData("v2.3.7/020")]
    [InlineData("v2.3.7/022")]
    [InlineData("v2.3.7/023")]
    [InlineData("v2.3.7/025")]
    [InlineData("v2.3.7/026")]
    [InlineData("v2.3.7/032")]
    [InlineData("v2.3.7/034")]
    [InlineData("v2.3.7/103")]
    [InlineData("v2.3.7/104")]
    [InlineData("v2.3.7/106")]
    [InlineData("v2.3.7/109")]
    [InlineData("v2.3.7/110")]
    [InlineData("v2.3.7/112")]
    [InlineData("v2.3.7/113")]
    [InlineData("v2.3.7/115")]
    [InlineData("v2.3.7/116")]
    [InlineData("v2.3.7/118")]
    [InlineData("v2.3.7/119")]
    [InlineData("v2.3.7/121")]
    [InlineData("v2.3.7/182")]
    [InlineData("v2.3.7/185")]
    [InlineData("v2.3.7/187")]
    [InlineData("v2.3.7/200")]
    [InlineData("v2.3.7/202")]
    [InlineData("v2.3.7/205")]
    [InlineData("v2.3.7/206")]
    [InlineData("v2.3.7/208")]
    [InlineData("v2.3.7/232")]
    [InlineData("v2.3.7/233")]
    [InlineData("v2.3.7/235")]
    [InlineData("v2.3.7/260")]
    [InlineData("v2.3.7/262")]
    [InlineData("v2.3.7/307")]
    [InlineData("v2.3.7/310")]
    [InlineData("v2.3.7/311")]
    [InlineData("v2.3.7/313")]
    [InlineData("v2.3.7/341")]
    [InlineData("v2.3.7/344")]
    [InlineData("v2.3.7/373")]
    [InlineData("v2.3.7/374")]
    [InlineData("v2.3.7/376")]
    [InlineData("v2.3.7/377")]
    [InlineData("v2.3.7/379")]
    [InlineData("v2.3.7/380")]
    [InlineData("v2.3.7/382")]
    [InlineData("v2.3.7/383")]
    [InlineData("v2.3.7/412")]
    [InlineData("v2.3.7/413")]
    [InlineData("v2.3.7/415")]
    [InlineData("v2.3.7/440")]
    [InlineData("v2.3.7/470")]
    [InlineData("v2.3.7/500")]
    [InlineData("v2.3.7/502")]
    [InlineData("v2.3.7/517")]
    [InlineData("v2.3.7/518")]
    [InlineData("v2.3.7/520")]
    [InlineData("v2.3.7/521")]
    [InlineData("v2.3.7/523")]
    [InlineData("v2.3.7/524")]
    [InlineData("v2.3.6/001")]
    [InlineData("v2.3.6/230")]
    [InlineData("v2.3.6/304")]
    [InlineData("v2.3.6/305")]
    [InlineData("v2.3.6/340")]
    [InlineData("v2.3.6/371")]
    [InlineData("v2.3.6/400")]
    [InlineData("v2.3.6/410")]
    [InlineData("v2.3.2/001")]
    [InlineData("v2.3.2/304")]
    [InlineData("v2.3.2/305")]
    [InlineData("v2.3.2/340")]
    [InlineData("v2.3.2/371")]
    [InlineData("v2.3.2/385")]
    [InlineData("v2.3.2/410")]
    [InlineData("v1.8.2/02")]
    [InlineData("v1.8.2/07")]
    [InlineData("v1.8.2/08")]
    [InlineData("v1.8.2/10")]
    [InlineData("v1.8.2/13")]
    [InlineData("v1.8.2/32")]
    [InlineData("v1.8.2/37")]
    [InlineData("v1.8.2/38")]
    [InlineData("v1.8.2/40")]
    [InlineData("v1.8.2/41")]
    [InlineData("v1.8.2/43")]
    [InlineData("v1.8.2/44")]
    [InlineData("v1.8.2/47")]
    [InlineData("v1.8.2/79")]
    [InlineData("v1.8.2/91")]
    [InlineData("v1.8.2/97")]
    [InlineData("v1.8.2/101")]
    [InlineData("v1.8.2/103")]
    [InlineData("v1.8.2/104")]
    [InlineData("v1.8.2/118")]
    [InlineData("v1.8.2/119")]
    public async Task a_recorded_scenario_looks_the_same(string name)
    {
        var recording = await Recording.Read(name);
        await using var gateway = await SimulatedGateway.Start(new GatewayOptions
        {
            Version = recording.Version,
            ServerAckAfter = null,
            DeliveryAckAfter = null,
            Retry = new() { Attempts = 1 },
        });
        using var client = new GatewayClient(gateway);
        var story = new Story(recording, gateway, client);
        await story.Play();

        var report = new StringBuilder();
        foreach (var (what, recorded, simulated) in story.Answers)
        {
            Compare(report, what, recorded, simulated);
        }

        CompareWebhooks(report, recording, gateway, story);
        Assert.True(report.Length == 0, report.ToString());
    }

    private static void CompareWebhooks(StringBuilder report, Recording recording, SimulatedGateway gateway, Story story)
    {
        var recorded = recording.Steps.Where(each => (string?)each["kind"] == "webhook").Select(each => story.Translate(each["body"]!));
        var simulated = gateway.Webhooks.Posted.Select(each => (JsonNode)each.Body);
        var expected = ByEvent(recorded);
        var actual = ByEvent(simulated);
        foreach (var name in expected.Keys.Union(actual.Keys).Except(Noise).Order(StringComparer.Ordinal))
        {
            var wanted = expected.GetValueOrDefault(name, []);
            var got = actual.GetValueOrDefault(name, []);
            if (wanted.Count != got.Count)
            {
                report.AppendLine($"{name}: {wanted.Count} recorded, {got.Count} simulated");
            }

            foreach (var (index, (one, other)) in wanted.Zip(got).Index())
            {
                Compare(report, $"{name} {index + 1}", one, other);
            }
        }
    }

    private static Dictionary<string, List<JsonNode>> ByEvent(IEnumerable<JsonNode> bodies) =>
        bodies.GroupBy(each => (string)each["event"]!).ToDictionary(each => each.Key, each => each.ToList(), StringComparer.Ordinal);

    private static void Compare(StringBuilder report, string what, JsonNode recorded, JsonNode simulated)
    {
        var expected = Shape.Of(recorded);
        var actual = Shape.Of(simulated);
        foreach (var line in expected.Except(actual).Where(line => !AllowedDifferences.Contains(line)))
        {
            report.AppendLine($"{what}: missing {line}");
        }

        foreach (var line in actual.Except(expected).Where(line => !AllowedDifferences.Contains(line)))
        {
            report.AppendLine($"{what}: too much {line}");
        }
    }
}
