namespace Parley.Cluster.Tests;

/// <summary>Three silos behind an api node; one of them goes without a word.</summary>
public sealed class FailoverTests
{
    private const int Conversations = 60;

    /// <summary>The bound that the settings of detection are chosen for. It is printed, not asserted: a busy machine takes longer to notice.</summary>
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task a_silo_that_is_killed_loses_nothing_and_is_missed_for_seconds() => await LosesOne("killed", static silo => silo.Kill());

    [Fact]
    public async Task a_silo_that_is_frozen_loses_nothing_is_missed_for_seconds_and_ends_itself_when_it_wakes() => await LosesOne(
        "frozen",
        static silo =>
        {
            silo.Freeze();
            return Task.CompletedTask;
        },
        static async silo =>
        {
            silo.Thaw();
            Assert.NotEqual(0, await silo.Ended());
        });

    private static async Task LosesOne(string how, Func<ParleyProcess, Task> lose, Func<ParleyProcess, Task>? afterwards = null)
    {
        await using var cluster = await TestCluster.New();
        var nodes = await cluster.StartAll("silo", "silo", "silo", "api");
        var (victim, api) = (nodes[1], nodes[^1]);
        var tenant = await api.NewTenant();
        using var load = new Conversations(tenant, new SwitchedTarget(api.Address), Conversations);
        var full = await load.FullLoad(TimeSpan.FromSeconds(4));
        load.Start(full / 5);
        await load.Progress(5);
        load.Forget();

        await lose(victim);
        await load.Progress(5);
        var longest = load.Longest();
        Figures.Report($"{how}: {full:0} messages/s at full load; at a fifth of it {Of(longest)}");

        // Another one is added, and service goes on.
        load.Forget();
        await cluster.Start("silo");
        if (afterwards is not null)
        {
            await afterwards(victim);
        }

        await load.Progress(5);
        Figures.Report($"{how}, while another one is added: {Of(load.Longest())}");
        await load.End();
        Figures.Report($"{how}: the membership knows {string.Join(", ", await cluster.Statuses())}");

        Assert.DoesNotContain(load.Refusals.Keys, static refusal => refusal != "503");
        await Books.Balance(cluster, api, tenant, load.Done);
    }

    private static string Of(IReadOnlyList<TimeSpan> longest) =>
        $"{longest.Count(static time => time > TimeSpan.FromSeconds(1))} of {longest.Count} conversations waited for more than a second, "
        + $"the longest {longest.Max().TotalSeconds:0.0} s (bound {Bound.TotalSeconds} s)";
}
