using Parley.GatewaySimulator.Instances;

namespace Parley.Api.Tests;

/// <summary>What was written to a line while Parley itself was away.</summary>
public sealed class OutageTests
{
    [Theory]
    [InlineData("1.8.2")]
    [InlineData("2.3.7")]
    public async Task What_came_while_Parley_was_down_is_read_back_by_itself(string version)
    {
        using var directory = new TemporaryDirectory();
        TestTenant tenant;
        TestGateway gateway;
        Instance instance;
        await using (var first = await ParleyProcess.Start(directory.Path))
        {
            gateway = await TestGateway.Start(first, version);
            tenant = gateway.Tenant;
            instance = await gateway.OpenSession("shop");
            instance.Phone.Write(gateway.Simulated.WhatsApp.AddPerson(TestGateway.NewPhone(), "Ana"), "before");
            await Until(tenant.Client, "before");
            await first.Kill();
        }

        await using var stays = gateway;
        instance.Phone.Write(gateway.Simulated.WhatsApp.AddPerson(TestGateway.NewPhone(), "Ben"), "while it was down");

        await using var second = await ParleyProcess.Start(directory.Path);
        using var client = second.With(tenant.ApiKey);

        await Until(client, "before", "while it was down");
        var found = (await client.Get("/messages")).Data.Single(static m => m!["text"]!.GetValue<string>() == "while it was down")!;
        Assert.Equal("sync", found["origin"]!.GetValue<string>());
    }

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
