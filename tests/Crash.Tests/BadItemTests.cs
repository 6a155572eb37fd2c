using System.Text.Json.Nodes;

namespace Parley.Crash.Tests;

public sealed class BadItemTests
{
    [Fact]
    public async Task One_bad_item_of_an_array_does_not_lose_the_others()
    {
        await using var parley = await ParleyProcess.Start();
        var tenant = await parley.NewTenant();
        var body = Webhook.Text("5511987650002", "first");
        JsonNode?[] items =
        [
            body["data"]!.DeepClone(), null, "text", 17, new JsonArray(), new JsonObject { ["key"] = 5 },
            Webhook.Message("5511987650002", "conversation", new JsonObject { ["conversation"] = new JsonObject() })["data"]!.DeepClone(),
            Webhook.Text("nobody@nowhere", "to nobody")["data"]!.DeepClone(),
            Webhook.Text("5511987650003", "last")["data"]!.DeepClone(),
        ];
        body["data"] = new JsonArray(items);
        var answer = await tenant.Accept(body);
        Assert.Equal(2, answer.Number("accepted"));
        var texts = (await tenant.Client.Get("/messages")).Data.Select(static m => m!["text"]!.GetValue<string>());
        Assert.Equal(["first", "last"], texts.Order(StringComparer.Ordinal));
        Assert.Equal(answer.Number("quarantined"), (await tenant.Client.Get("/quarantine")).Data.Count);
        Assert.Equal(items.Length - 2, answer.Number("quarantined") + answer.Number("ignored"));
    }
}
