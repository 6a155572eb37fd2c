using System.Text.Json.Nodes;
using Parley.Api.Tests;
using Parley.GatewaySimulator;
using Parley.GatewaySimulator.Faults;
using Parley.GatewaySimulator.Webhooks;

namespace Parley.Cluster.Tests;

/// <summary>A silo that ends, or stands still, with sends leaving: others go on without it.</summary>
public sealed class SendTests
{
    private const int Lines = 6;
    private const string Call = "message/sendText";

    /// <summary>All lines are to be leaving at once, with none of them out yet.</summary>
    private static readonly TimeSpan GoesOutAfter = TimeSpan.FromSeconds(10);

    private static readonly string[] Settings =
        ["--Parley:SendTimeout", "00:00:12", "--Parley:Sends:LeavesWithin", "00:00:02", "--Parley:Sends:Grace", "00:00:02"];

    [Fact]
    public async Task a_silo_that_is_frozen_while_sends_leave_sends_nothing_twice() => await LosesOne(
        static victim =>
        {
            victim.Freeze();
            return Task.CompletedTask;
        },
        static async victim =>
        {
            victim.Thaw();
            Assert.NotEqual(0, await victim.Ended());
        });

    [Fact]
    public async Task a_silo_that_is_killed_while_sends_leave_sends_nothing_twice_and_another_sends_what_is_queued() =>
        await LosesOne(static victim => victim.Kill(), static _ => Task.CompletedTask);

    private static async Task LosesOne(Func<ParleyProcess, Task> lose, Func<ParleyProcess, Task> afterwards)
    {
        await using var cluster = await TestCluster.New();
        var nodes = await Task.WhenAll(((string[])["silo", "silo", "api"]).Select(role => cluster.Start(role, Settings)));
        var (victim, api) = (nodes[0], nodes[^1]);
        var lines = await Task.WhenAll(Enumerable.Range(0, Lines).Select(_ => SendingLine.Open(api)));
        try
        {
            // Half of them go out while nobody listens, the others never do.
            var sends = await Task.WhenAll(lines.Select(async (line, i) =>
            {
                line.Simulated.Options.Echo = EchoTiming.After;
                line.Simulated.Options.Retry = new WebhookRetry { Attempts = 100, Initial = TimeSpan.FromMilliseconds(500), Longest = TimeSpan.FromSeconds(2) };
                line.Simulated.Faults.Next(Call, i % 2 == 0 ? RestFault.Late(GoesOutAfter) : RestFault.Silence());
                var to = TestGateway.NewPhone();
                return (Line: line, First: await line.Send(to, "first"), Second: await line.Send(to, "second"), GoesOut: i % 2 == 0);
            }));
            await Poll.Until(() => Task.FromResult(lines.All(static line => line.Simulated.Requests.Of(Call).Count == 1)), "all are leaving");
            await lose(victim);

            // The rest of the cluster goes on: what comes after is sent, and nobody sends the first again.
            foreach (var (line, first, second, goesOut) in sends)
            {
                await line.Until(second, "delivered", TimeSpan.FromMinutes(1));
                await Told(line, first, goesOut);
            }

            await afterwards(victim);
            foreach (var (line, first, _, goesOut) in sends)
            {
                await line.Simulated.Settle(TimeSpan.FromSeconds(30));
                await Told(line, first, goesOut);
                Assert.Equal(goesOut ? ["first", "second"] : ["second"], line.Sent.Select(static m => m.Text!));
                Assert.Equal(2, line.Simulated.Requests.Of(Call).Count);
                Assert.Equal(2, (await line.Messages()).Count);
            }
        }
        finally
        {
            foreach (var line in lines)
            {
                await line.DisposeAsync();
            }
        }
    }

    private static Task<JsonNode> Told(SendingLine line, string id, bool goesOut) =>
        goesOut ? line.Until(id, "delivered") : line.UntilFailed(id, "outcome_unknown");
}
