using System.Text.Json.Nodes;

namespace Parley.Scenarios.Tests;

/// <summary>The gateway's key, codes that open a session and keys of media reach no log, no event and no answer.</summary>
public sealed class SecretsTests
{
    private const string Key = "5419AA8D-FF65-4A3A-B1C4-39ED8BDEC3D9";

    [Fact]
    public async Task Secrets_of_recorded_bodies_are_nowhere_to_be_read()
    {
        using var directory = new TemporaryDirectory();
        var secrets = new HashSet<string>(StringComparer.Ordinal);
        string tenantId, output;
        await using (var parley = await ParleyProcess.Start(directory.Path, "--Logging:LogLevel:Parley", "Trace"))
        {
            var tenant = await parley.NewTenant();
            using var client = tenant.Client;
            foreach (var post in ScenarioFiles.Names().Select(Scenario.Load).SelectMany(static scenario => scenario.Posts))
            {
                var found = SecretsIn.Body(post.Body).ToList();
                secrets.UnionWith(found);

                // Besides the gateway's key: most bodies have nothing else.
                if (found.Count > 1)
                {
                    await client.Send(
                        HttpMethod.Post, $"/webhooks/evolution/{tenant.WebhookToken}{post.Tail}", ParleyClient.Bytes(post.Body, "application/json"));
                }
            }

            Assert.True(secrets.Count > 100, "Hardly a secret was found.");
            Hold(secrets, await Answers(parley, client));
            tenantId = tenant.Id;
            Assert.Equal(0, await parley.Stop());
            output = parley.Output;
        }

        Hold(secrets, [output]);
        Hold(secrets, (await EventLogFile.Read(directory.Path, tenantId)).Select(static e => e.ToString()));
    }

    [Fact]
    public async Task The_gateways_key_is_left_out_wherever_a_payload_repeats_it()
    {
        await using var parley = await ParleyProcess.Start();
        var tenant = await parley.NewTenant();
        using var client = tenant.Client;
        JsonNode[] data =
        [
            new JsonObject { ["key"] = 5, ["hash"] = Key },
            new JsonObject { ["key"] = 5, ["hash"] = new JsonObject { ["apikey"] = Key, ["ApiKey"] = Key } },
            new JsonObject { ["key"] = 5, ["error"] = $"refused with apikey {Key}", ["headers"] = new JsonArray($"apikey: {Key}") },
            $"{{\"apikey\":\"{Key}\"}}",
            new JsonObject { ["key"] = 5, [Key] = "by name" },
        ];
        foreach (var one in data)
        {
            var body = Webhook.Envelope("messages.upsert", one);
            body["apikey"] = Key;
            Assert.Equal(1, (await tenant.Accept(body)).Number("quarantined"));
        }

        Hold([Key], await Answers(parley, client));
        Hold([Key], [parley.Output]);
    }

    private static async Task<IReadOnlyList<string>> Answers(ParleyProcess parley, ParleyClient client)
    {
        var answers = new List<string>();
        using var admin = parley.Admin();
        answers.AddRange((await admin.All("/admin/sessions", 200)).Select(Text));
        var sessions = await client.All("/sessions", 200);
        foreach (var session in sessions)
        {
            answers.Add((await client.Get($"/sessions/{Uri.EscapeDataString(session["sessionId"]!.GetValue<string>())}/transitions")).Expect(200).Body);
        }

        var quarantine = await client.All("/quarantine", 200);
        foreach (var row in quarantine)
        {
            answers.Add((await client.Get($"/quarantine/{row["id"]}")).Expect(200).Body);
        }

        foreach (var list in (IReadOnlyList<JsonNode>[])[sessions, quarantine, await client.All("/messages", 200), await client.All("/conversations", 200)])
        {
            answers.AddRange(list.Select(Text));
        }

        return answers;
    }

    private static string Text(JsonNode node) => node.ToJsonString();

    private static void Hold(IReadOnlyCollection<string> secrets, IEnumerable<string> texts)
    {
        foreach (var text in texts)
        {
            foreach (var secret in secrets)
            {
                Assert.False(text.Contains(secret, StringComparison.Ordinal), $"{secret} is in {text[..Math.Min(text.Length, 1_000)]}");
            }
        }
    }
}
