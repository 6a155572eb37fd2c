namespace Parley.Storage.MongoDB.Clustering.Tests;

/// <summary>Many silos change the table at once.</summary>
public sealed class ConcurrentWritersTests
{
    private const int Writers = 20;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task of_many_that_begin_a_table_one_does()
    {
        await using var cluster = await Cluster.Begin();
        var table = cluster.TableOf("raced");

        await AtOnce(_ => table.InitializeMembershipTableAsync(true, Stop));

        var first = (await table.ReadAllAsync(Stop)).Version;
        await table.InitializeMembershipTableAsync(true, Stop);
        Assert.Equal(first, (await table.ReadAllAsync(Stop)).Version);
    }

    [Fact]
    public async Task of_many_inserts_of_one_row_one_succeeds()
    {
        await using var cluster = await Cluster.Begin();
        var (entry, version) = (Cluster.Entry(), (await cluster.Read()).Version.Next());

        var done = await AtOnce(_ => cluster.Table.InsertRowAsync(entry, version, Stop));

        Assert.Single(done, static ok => ok);
        Assert.Single((await cluster.Read()).Members);
    }

    [Fact]
    public async Task of_many_inserts_of_different_rows_from_one_version_one_succeeds()
    {
        await using var cluster = await Cluster.Begin();
        var version = (await cluster.Read()).Version.Next();

        var done = await AtOnce(_ => cluster.Table.InsertRowAsync(Cluster.Entry(), version, Stop));

        Assert.Single(done, static ok => ok);
        Assert.Single((await cluster.Read()).Members);
        Assert.Equal(1, (await cluster.Read()).Version.Version);
    }

    [Fact]
    public async Task no_vote_of_many_voters_is_lost_while_the_silo_says_that_it_lives()
    {
        await using var cluster = await Cluster.Begin();
        var suspect = await cluster.Insert(Cluster.Entry(SiloStatus.Active));
        var voters = Enumerable.Range(0, Writers).Select(_ => Cluster.Address()).ToList();
        using var done = new CancellationTokenSource();
        var signs = SayAlive(cluster, suspect.SiloAddress, done.Token);

        await AtOnce(async n =>
        {
            while (true)
            {
                var read = await cluster.Read();
                var (entry, etag) = read.TryGet(suspect.SiloAddress)!;
                entry.AddSuspector(voters[n], Cluster.Now);
                if (await cluster.Table.UpdateRowAsync(entry, etag, read.Version.Next(), Stop))
                {
                    return;
                }
            }
        });
        await done.CancelAsync();

        Assert.True(await signs > 0);
        var after = await cluster.Read();
        Assert.Equal(1 + Writers, after.Version.Version);
        Assert.Equal(voters.Order(), after.Members[0].Item1.SuspectTimes!.Select(static vote => vote.Item1).Order());
    }

    [Fact]
    public async Task every_read_is_of_one_moment()
    {
        await using var cluster = await Cluster.Begin();
        using var done = new CancellationTokenSource();
        var reads = Task.Run(
            async () =>
            {
                var versions = new List<int>();
                while (!done.IsCancellationRequested)
                {
                    // Each change of this test adds a row: a read of two moments would have another number of them.
                    var read = await cluster.Read();
                    Assert.Equal(read.Version.Version, read.Members.Count);
                    versions.Add(read.Version.Version);
                }

                return versions;
            },
            Stop);

        await AtOnce(async _ =>
        {
            while (!await cluster.Table.InsertRowAsync(Cluster.Entry(), (await cluster.Read()).Version.Next(), Stop))
            {
            }
        });
        await done.CancelAsync();

        var seen = await reads;
        Assert.Equal(seen.Order(), seen);
        Assert.Equal(Writers, (await cluster.Read()).Version.Version);
    }

    private static async Task<int> SayAlive(Cluster cluster, SiloAddress silo, CancellationToken done)
    {
        var signs = 0;
        while (!done.IsCancellationRequested)
        {
            var entry = new MembershipEntry { SiloAddress = silo, IAmAliveTime = Cluster.Now.AddSeconds(++signs) };
            await cluster.Table.UpdateIAmAliveAsync(entry, Stop);
        }

        return signs;
    }

    private static Task AtOnce(Func<int, Task> act) => Task.WhenAll(Enumerable.Range(0, Writers).Select(n => Task.Run(() => act(n), Stop)));

    private static Task<T[]> AtOnce<T>(Func<int, Task<T>> act) => Task.WhenAll(Enumerable.Range(0, Writers).Select(n => Task.Run(() => act(n), Stop)));
}
