using System.Text.Json.Nodes;

namespace Parley.Api.Tests;

public sealed class QuarantineTests(SharedProcess shared)
{
    private const string Peer = "5511987650002";

    private readonly ParleyProcess _parley = shared.Parley;

    [Fact]
    public async Task What_is_not_understood_is_kept_shown_and_replayed()
    {
        var tenant = await _parley.NewTenant();
        var empty = Webhook.Message(Peer, "unknown", []);
        empty["apikey"] = "the-gateways-own-key";
        var answer = await tenant.Accept(empty);
        Assert.Equal(1, answer.Number("quarantined"));

        var row = (await tenant.Client.Get("/quarantine")).Expect(200).Data.Single()!;
        var (id, code) = (row["id"]!.GetValue<string>(), row["code"]!.GetValue<string>());
        Assert.Equal(Webhook.Instance, row["instance"]!.GetValue<string>());
        Assert.Equal("messages.upsert", row["event"]!.GetValue<string>());
        Assert.False(row.AsObject().ContainsKey("payload"));

        var details = (await tenant.Client.Get($"/quarantine/{id}")).Expect(200);
        Assert.Equal(Webhook.Instance, details.Json["payload"]!["instance"]!.GetValue<string>());
        Assert.DoesNotContain("the-gateways-own-key", details.Body, StringComparison.Ordinal);

        var replayed = (await tenant.Client.Post($"/quarantine/{id}/replay")).Expect(200);
        Assert.True(replayed.Json["remains"]!.GetValue<bool>());
        var totals = (await tenant.Client.Post("/quarantine/replay", new JsonObject { ["code"] = code })).Expect(200);
        Assert.Equal((1, 1), (totals.Number("replayed"), totals.Number("remaining")));
        Assert.Equal(0, (await tenant.Client.Post("/quarantine/replay", new JsonObject { ["code"] = "other" })).Expect(200).Number("replayed"));
        var later = new JsonObject { ["code"] = code, ["since"] = DateTimeOffset.UtcNow.AddMinutes(1).ToString("O") };
        Assert.Equal(0, (await tenant.Client.Post("/quarantine/replay", later)).Expect(200).Number("replayed"));
        Assert.Single((await tenant.Client.Get($"/quarantine?code={code}")).Data);
        Assert.Empty((await tenant.Client.Get("/quarantine?code=other")).Data);
        Assert.Empty((await tenant.Client.Get("/quarantine?since=2090-01-01T00:00:00Z")).Data);
        (await tenant.Client.Post("/quarantine/replay", new JsonObject { ["code"] = "" })).Expect(400, "invalid_request");
        (await tenant.Client.Post($"/quarantine/{Guid.NewGuid()}/replay")).Expect(404, "quarantine_not_found");
    }

    [Fact]
    public async Task One_bad_item_of_an_array_does_not_cost_the_others()
    {
        var tenant = await _parley.NewTenant();
        var good = Webhook.Text(Peer, "good")["data"]!.DeepClone();
        var bad = Webhook.Text(Peer, "bad")["data"]!.DeepClone();
        bad["key"] = null;
        var body = Webhook.Envelope("messages.upsert", new JsonArray(bad, good, 17));
        var answer = await tenant.Accept(body);
        Assert.Equal((1, 2), (answer.Number("accepted"), answer.Number("quarantined")));
        Assert.Equal("good", (await tenant.Client.Get("/messages")).Data.Single()!["text"]!.GetValue<string>());
    }
}
