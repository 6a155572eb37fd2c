using Parley.GatewaySimulator.Instances;
using Parley.GatewaySimulator.Webhooks;

namespace Parley.Api.Tests;

/// <summary>What was written to lines while Parley itself was away.</summary>
public sealed class OutageTests
{
    /// <summary>One gateway of each: the first posts a webhook once, the second gives up after a while.</summary>
    private static readonly string[] Versions = ["1.8.2", "2.3.7"];

    [Fact]
    public async Task What_came_while_Parley_was_down_is_read_back_by_itself()
    {
        await using var installation = await Installation.New();
        var first = await installation.Start();
        var lines = await Task.WhenAll(Versions.Select(async version =>
        {
            var gateway = await TestGateway.Start(first, version);
            return (Gateway: gateway, Instance: await gateway.OpenSession("shop"));
        }));
        try
        {
            foreach (var (gateway, instance) in lines)
            {
                Write(gateway, instance, "before");
                await Until(gateway.Tenant.Client, "before");
            }

            await installation.End();
            foreach (var (gateway, instance) in lines)
            {
                // No gateway is to post it again once Parley is back.
                gateway.Simulated.Options.Retry = new WebhookRetry { Attempts = 2, Initial = TimeSpan.FromMilliseconds(100) };
                Write(gateway, instance, "while it was down");
                await gateway.Simulated.Settle(TimeSpan.FromSeconds(30));
            }

            var second = await installation.Start();
            foreach (var (gateway, _) in lines)
            {
                using var client = second.With(gateway.Tenant.ApiKey);
                await Until(client, "before", "while it was down");
                var found = (await client.Get("/messages")).Data.Single(static m => m!["text"]!.GetValue<string>() == "while it was down")!;
                Assert.Equal("sync", found["origin"]!.GetValue<string>());
            }
        }
        finally
        {
            foreach (var (gateway, _) in lines)
            {
                await gateway.DisposeAsync();
            }
        }
    }

    private static void Write(TestGateway gateway, Instance instance, string text) =>
        instance.Phone.Write(gateway.Simulated.WhatsApp.AddPerson(TestGateway.NewPhone(), "Ana"), text);

    private static async Task Until(ParleyClient client, params string[] texts)
    {
        var expected = texts.Order(StringComparer.Ordinal).ToList();
        List<string> there = [];
        await Poll.Until(
            async () => (there = [.. (await client.Get("/messages")).Expect(200).Data
                .Select(static m => m!["text"]!.GetValue<string>()).Order(StringComparer.Ordinal)]).SequenceEqual(expected),
            $"The messages are {string.Join(", ", expected)}; they are {string.Join(", ", there)}");
    }
}
