using System.Text.Json.Nodes;
using Parley.GatewaySimulator.Network;
using Parley.GatewaySimulator.Writing;

namespace Parley.Api.Tests;

/// <summary>Groups that were there before the line was: no webhook tells their names.</summary>
public sealed class GroupTests(SharedProcess shared)
{
    private readonly ParleyProcess _parley = shared.Parley;

    [Theory]
    [InlineData("2.3.7")]
    [InlineData("1.8.2")]
    public async Task A_group_has_its_name_and_its_people_the_numbers_that_the_gateway_knows(string version)
    {
        await using var gateway = await TestGateway.Start(_parley, version);
        var (tenant, instance) = (gateway.Tenant, await gateway.OpenSession("shop"));
        var ana = gateway.Simulated.WhatsApp.AddPerson(TestGateway.NewPhone(), "Ana");
        var group = gateway.Simulated.WhatsApp.AddGroup("120363041234567801", "Customers of Sé", ana);

        instance.Phone.Write(ana, new TextContent("hello all"), Addressing.HiddenIdOnly, group);

        JsonNode? conversation = null;
        await Poll.Until(
            async () => (conversation = (await tenant.Client.Get("/conversations?q=customers")).Expect(200).Data.SingleOrDefault()) is not null,
            "the group is found by its name");
        Assert.Equal("Customers of Sé", conversation!["contact"]!["name"]!.GetValue<string>());

        // Who is in it v2 tells with the hidden ids and numbers beside each other; 1.x names each by one of them.
        if (version != "1.8.2")
        {
            await Poll.Until(
                async () => Assert.Single((await tenant.Client.Get("/messages")).Expect(200).Data)!["author"]!.GetValue<string>() == ana.Phone,
                "the author's number");
        }

        Assert.Single(gateway.Simulated.Requests.Of("group/findGroupInfos"));
    }
}
