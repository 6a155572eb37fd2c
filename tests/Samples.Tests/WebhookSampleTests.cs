using System.Globalization;
using System.Text.Json.Nodes;
using Parley.TestServers;

namespace Parley.Samples.Tests;

public sealed class WebhookSampleTests
{
    private const int Most = 3;

    public static TheoryData<string> Languages => Sample.Languages;

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task what_is_signed_is_taken_and_all_else_refused(string language)
    {
        await using var parley = await ParleyProcess.Start(null, "--Parley:AllowedPrivateNetworks:0", "127.0.0.1/32");
        var tenant = await parley.NewTenant();
        using var client = tenant.Client;
        var port = FreePorts.Next();
        var endpoint = await client.Post("/webhook-endpoints", new JsonObject
        {
            ["url"] = $"http://127.0.0.1:{port}/",
            ["types"] = new JsonArray("message.created"),
        });
        endpoint.Expect(201);
        await using var sample = Sample.Start(
            language,
            "receive-webhooks",
            ("WEBHOOK_SECRET", endpoint.Text("secret")),
            ("PORT", port.ToString(CultureInfo.InvariantCulture)),
            ("MOST", Most.ToString(CultureInfo.InvariantCulture)));
        await sample.Says("Listening on");

        using (var stranger = new ParleyClient(new Uri($"http://127.0.0.1:{port}"), null))
        {
            (await stranger.Post(
                "/",
                new JsonObject { ["type"] = "message.created" },
                ("webhook-id", "evt_1"),
                ("webhook-timestamp", DateTimeOffset.UtcNow.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)),
                ("webhook-signature", "v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="))).Expect(401);
        }

        for (var i = 0; i < Most; i++)
        {
            await tenant.Accept(Webhook.Text("5511987650009", $"hello {i}"));
        }

        var lines = await sample.Ends();
        Assert.Equal(Most, lines.Distinct().Count());
        Assert.All(lines, line => Assert.EndsWith(" message.created", line, StringComparison.Ordinal));
    }
}
