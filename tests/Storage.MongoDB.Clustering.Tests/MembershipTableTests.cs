namespace Parley.Storage.MongoDB.Clustering.Tests;

/// <summary>The rules of Orleans' <see cref="IMembershipTable"/>, one by one.</summary>
public sealed class MembershipTableTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task a_new_table_is_empty_with_version_0_and_an_etag()
    {
        await using var cluster = await Cluster.Begin();

        var read = await cluster.Read();

        Assert.Empty(read.Members);
        Assert.Equal(0, read.Version.Version);
        Assert.NotEmpty(read.Version.VersionEtag);
    }

    [Fact]
    public async Task a_table_that_is_begun_again_keeps_its_rows_and_version()
    {
        await using var cluster = await Cluster.Begin();
        await cluster.Insert();
        var before = await cluster.Image();

        await cluster.Table.InitializeMembershipTableAsync(true, Stop);

        Assert.Equal(before, await cluster.Image());
    }

    [Fact]
    public async Task a_table_that_was_not_begun_is_empty_and_takes_no_row()
    {
        await using var cluster = await Cluster.Begin();
        var table = cluster.TableOf("never begun");
        await table.InitializeMembershipTableAsync(false, Stop);

        var read = await table.ReadAllAsync(Stop);

        Assert.Empty(read.Members);
        Assert.False(await table.InsertRowAsync(Cluster.Entry(), read.Version.Next(), Stop));
    }

    [Fact]
    public async Task an_insert_sets_the_given_version_and_new_etags()
    {
        await using var cluster = await Cluster.Begin();
        var before = await cluster.Read();
        var entry = Cluster.Entry();

        Assert.True(await cluster.Table.InsertRowAsync(entry, before.Version.Next(), Stop));

        var after = await cluster.Read();
        Assert.Equal(1, after.Version.Version);
        Assert.NotEqual(before.Version.VersionEtag, after.Version.VersionEtag);
        var (kept, etag) = Assert.Single(after.Members);
        Assert.Equal(entry.SiloAddress, kept.SiloAddress);
        Assert.NotEmpty(etag);
    }

    [Fact]
    public async Task an_insert_of_a_row_that_is_there_changes_nothing()
    {
        await using var cluster = await Cluster.Begin();
        var entry = await cluster.Insert();
        var before = await cluster.Image();

        Assert.False(await cluster.Table.InsertRowAsync(entry, (await cluster.Read()).Version.Next(), Stop));

        Assert.Equal(before, await cluster.Image());
    }

    [Fact]
    public async Task an_insert_made_from_an_older_table_changes_nothing()
    {
        await using var cluster = await Cluster.Begin();
        var old = (await cluster.Read()).Version;
        await cluster.Insert();
        var before = await cluster.Image();

        Assert.False(await cluster.Table.InsertRowAsync(Cluster.Entry(), old.Next(), Stop));

        Assert.Equal(before, await cluster.Image());
    }

    [Fact]
    public async Task a_row_is_kept_whole()
    {
        await using var cluster = await Cluster.Begin();
        var (one, two) = (Cluster.Address("fe80::1"), Cluster.Address());
        var entry = new MembershipEntry
        {
            SiloAddress = Cluster.Address("2001:db8::17"),
            Status = SiloStatus.ShuttingDown,
            ProxyPort = 30001,
            HostName = "a.host.example",
            SiloName = "a.silo",
            RoleName = "role",
            UpdateZone = 3,
            FaultZone = 4,
            StartTime = Cluster.Now,
            IAmAliveTime = Cluster.Now.AddMilliseconds(123),
            SuspectTimes = [Tuple.Create(one, Cluster.Now.AddSeconds(1)), Tuple.Create(two, Cluster.Now.AddSeconds(2))],
        };

        await cluster.Insert(entry);

        var kept = Assert.Single((await cluster.Read()).Members).Item1;
        Assert.Equal(entry.ToFullString(), kept.ToFullString());
        Assert.Equal(entry.SuspectTimes, kept.SuspectTimes);
        Assert.Equal(entry.IAmAliveTime, kept.IAmAliveTime);
        Assert.Equal(DateTimeKind.Utc, kept.IAmAliveTime.Kind);
    }

    [Fact]
    public async Task an_update_replaces_the_whole_row_and_moves_version_and_etags()
    {
        await using var cluster = await Cluster.Begin();
        var entry = Cluster.Entry(SiloStatus.Active);
        entry.AddSuspector(Cluster.Address(), Cluster.Now);
        entry.RoleName = "role";
        await cluster.Insert(entry);
        var other = await cluster.Insert();
        var before = await cluster.Read();
        var (_, otherEtag) = before.TryGet(other.SiloAddress)!;
        var (_, etag) = before.TryGet(entry.SiloAddress)!;
        var next = Cluster.Entry(SiloStatus.Dead, entry.SiloAddress);

        Assert.True(await cluster.Table.UpdateRowAsync(next, etag, before.Version.Next(), Stop));

        var after = await cluster.Read();
        Assert.Equal(3, after.Version.Version);
        Assert.NotEqual(before.Version.VersionEtag, after.Version.VersionEtag);
        var (kept, newEtag) = after.TryGet(entry.SiloAddress)!;
        Assert.NotEqual(etag, newEtag);
        Assert.Equal(SiloStatus.Dead, kept.Status);
        Assert.Empty(kept.SuspectTimes!);
        Assert.Null(kept.RoleName);
        Assert.Equal(otherEtag, after.TryGet(other.SiloAddress)!.Item2);
    }

    [Fact]
    public async Task an_update_of_a_row_that_is_not_there_changes_nothing()
    {
        await using var cluster = await Cluster.Begin();
        await cluster.Insert();
        var read = await cluster.Read();
        var before = await cluster.Image();

        Assert.False(await cluster.Table.UpdateRowAsync(Cluster.Entry(), read.Members[0].Item2, read.Version.Next(), Stop));

        Assert.Equal(before, await cluster.Image());
    }

    [Fact]
    public async Task an_update_with_an_older_etag_of_the_row_changes_nothing()
    {
        await using var cluster = await Cluster.Begin();
        var entry = await cluster.Insert();
        var old = await cluster.Read();
        Assert.True(await cluster.Table.UpdateRowAsync(entry, old.Members[0].Item2, old.Version.Next(), Stop));
        var before = await cluster.Image();

        Assert.False(await cluster.Table.UpdateRowAsync(entry, old.Members[0].Item2, (await cluster.Read()).Version.Next(), Stop));

        Assert.Equal(before, await cluster.Image());
    }

    [Fact]
    public async Task an_update_with_another_row_s_etag_changes_nothing()
    {
        await using var cluster = await Cluster.Begin();
        var (one, two) = (await cluster.Insert(), await cluster.Insert());
        var read = await cluster.Read();
        var before = await cluster.Image();

        Assert.False(await cluster.Table.UpdateRowAsync(one, read.TryGet(two.SiloAddress)!.Item2, read.Version.Next(), Stop));

        Assert.Equal(before, await cluster.Image());
    }

    [Fact]
    public async Task an_update_made_from_an_older_table_changes_nothing()
    {
        await using var cluster = await Cluster.Begin();
        var entry = await cluster.Insert();
        var old = await cluster.Read();
        await cluster.Insert();
        var before = await cluster.Image();

        Assert.False(await cluster.Table.UpdateRowAsync(entry, old.Members[0].Item2, old.Version.Next(), Stop));

        Assert.Equal(before, await cluster.Image());
    }

    [Fact]
    public async Task one_row_is_read_with_the_table_s_version()
    {
        await using var cluster = await Cluster.Begin();
        var entry = await cluster.Insert();
        await cluster.Insert();

        var all = await cluster.Read();
        var row = await cluster.Table.ReadRowAsync(entry.SiloAddress, Stop);
        var none = await cluster.Table.ReadRowAsync(Cluster.Address(), Stop);

        Assert.Equal(all.TryGet(entry.SiloAddress)!.Item2, Assert.Single(row.Members).Item2);
        Assert.Equal(all.Version, row.Version);
        Assert.Empty(none.Members);
        Assert.Equal(all.Version, none.Version);
    }

    [Fact]
    public async Task a_sign_of_life_changes_its_time_and_nothing_else()
    {
        await using var cluster = await Cluster.Begin();
        var entry = Cluster.Entry(SiloStatus.Active);
        entry.AddSuspector(Cluster.Address(), Cluster.Now);
        await cluster.Insert(entry);
        await cluster.Insert();
        var before = await cluster.Read();

        // What Orleans hands in has these two fields only.
        var life = new MembershipEntry { SiloAddress = entry.SiloAddress, IAmAliveTime = Cluster.Now.AddSeconds(5) };
        await cluster.Table.UpdateIAmAliveAsync(life, Stop);

        var after = await cluster.Read();
        Assert.Equal(before.Version, after.Version);
        var (kept, etag) = after.TryGet(entry.SiloAddress)!;
        Assert.Equal(before.TryGet(entry.SiloAddress)!.Item2, etag);
        Assert.Equal(Cluster.Now.AddSeconds(5), kept.IAmAliveTime);
        entry.IAmAliveTime = kept.IAmAliveTime;
        Assert.Equal(entry.ToFullString(), kept.ToFullString());
        Assert.Single(after.Members, static m => m.Item1.IAmAliveTime != Cluster.Now);
    }

    [Fact]
    public async Task a_change_made_from_before_a_sign_of_life_succeeds()
    {
        await using var cluster = await Cluster.Begin();
        var entry = await cluster.Insert();
        var read = await cluster.Read();

        await cluster.Table.UpdateIAmAliveAsync(
            new MembershipEntry { SiloAddress = entry.SiloAddress, IAmAliveTime = Cluster.Now.AddSeconds(5) }, Stop);

        Assert.True(await cluster.Table.UpdateRowAsync(entry, read.Members[0].Item2, read.Version.Next(), Stop));
    }

    [Fact]
    public async Task a_sign_of_life_of_a_silo_that_has_no_row_changes_nothing()
    {
        await using var cluster = await Cluster.Begin();
        await cluster.Insert();
        var before = await cluster.Image();

        await cluster.Table.UpdateIAmAliveAsync(new MembershipEntry { SiloAddress = Cluster.Address(), IAmAliveTime = Cluster.Now.AddSeconds(5) }, Stop);

        Assert.Equal(before, await cluster.Image());
    }

    [Fact]
    public async Task cleaning_up_removes_dead_rows_that_are_strictly_older()
    {
        await using var cluster = await Cluster.Begin();
        var before = Cluster.Now.AddDays(-3);
        foreach (var status in Enum.GetValues<SiloStatus>())
        {
            await cluster.Insert(Old(status, before.AddSeconds(-1)));
        }

        var exact = await cluster.Insert(Old(SiloStatus.Dead, before));
        var startedLater = Old(SiloStatus.Dead, before.AddSeconds(-1));
        startedLater.StartTime = before;
        await cluster.Insert(startedLater);
        var livedLater = Old(SiloStatus.Dead, before.AddSeconds(-1));
        livedLater.IAmAliveTime = before;
        await cluster.Insert(livedLater);
        var diedLater = Old(SiloStatus.Dead, before.AddSeconds(-1));
        diedLater.SuspectTimes = [Tuple.Create(Cluster.Address(), before.AddDays(-9)), Tuple.Create(Cluster.Address(), before)];
        await cluster.Insert(diedLater);
        var diedEarlier = Old(SiloStatus.Dead, before.AddSeconds(-1));
        diedEarlier.SuspectTimes = [Tuple.Create(Cluster.Address(), before.AddSeconds(-1))];
        await cluster.Insert(diedEarlier);
        var version = (await cluster.Read()).Version;

        await cluster.Table.CleanupDefunctSiloEntriesAsync(before, Stop);

        var read = await cluster.Read();
        Assert.Equal(version, read.Version);
        Assert.Equal(
            Enum.GetValues<SiloStatus>().Where(static status => status != SiloStatus.Dead).Order(),
            read.Members.Select(static m => m.Item1.Status).Where(static status => status != SiloStatus.Dead).Order());
        Assert.Equal(
            new[] { exact, startedLater, livedLater, diedLater }.Select(static e => e.SiloAddress).Order(),
            read.Members.Where(static m => m.Item1.Status == SiloStatus.Dead).Select(static m => m.Item1.SiloAddress).Order());
    }

    [Fact]
    public async Task a_row_that_was_cleaned_up_cannot_be_updated()
    {
        await using var cluster = await Cluster.Begin();
        var entry = await cluster.Insert(Old(SiloStatus.Dead, Cluster.Now.AddDays(-4)));
        var read = await cluster.Read();
        await cluster.Table.CleanupDefunctSiloEntriesAsync(Cluster.Now, Stop);

        Assert.False(await cluster.Table.UpdateRowAsync(entry, read.Members[0].Item2, read.Version.Next(), Stop));
    }

    [Fact]
    public async Task etags_never_repeat_also_not_in_a_table_that_was_begun_again()
    {
        await using var cluster = await Cluster.Begin();
        var (seen, changes) = (new HashSet<string>(StringComparer.Ordinal), 0);
        for (var round = 0; round < 3; round++)
        {
            Assert.True(seen.Add((await cluster.Read()).Version.VersionEtag));
            changes++;
            var entry = await cluster.Insert();
            for (var i = 0; i < 4; i++)
            {
                var read = await cluster.Read();
                Assert.True(seen.Add(read.Version.VersionEtag));
                Assert.True(seen.Add(read.Members[0].Item2));
                changes += 2;
                Assert.True(await cluster.Table.UpdateRowAsync(entry, read.Members[0].Item2, read.Version.Next(), Stop));
            }

            await cluster.Table.DeleteMembershipTableEntriesAsync("one", Stop);
            await cluster.Table.InitializeMembershipTableAsync(true, Stop);
        }

        Assert.Equal(changes, seen.Count);
    }

    [Fact]
    public async Task clusters_do_not_see_each_other_and_are_deleted_apart()
    {
        await using var cluster = await Cluster.Begin();
        var other = cluster.TableOf("another.cluster");
        await other.InitializeMembershipTableAsync(true, Stop);
        await cluster.Insert();

        Assert.Empty((await other.ReadAllAsync(Stop)).Members);
        await other.DeleteMembershipTableEntriesAsync("another.cluster", Stop);
        Assert.Single((await cluster.Read()).Members);
        await cluster.Table.DeleteMembershipTableEntriesAsync("one", Stop);
        Assert.Empty((await cluster.Read()).Members);
    }

    [Fact]
    public async Task a_call_that_is_cancelled_ends_as_cancelled()
    {
        await using var cluster = await Cluster.Begin();
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cluster.Table.ReadAllAsync(cancelled.Token));
    }

    /// <summary>Orleans asks by the methods with a token; programs written for it before may not.</summary>
    [Fact]
    public async Task the_methods_without_a_token_do_the_same()
    {
#pragma warning disable CS0618 // These are the ones meant.
        await using var cluster = await Cluster.Begin();
        IMembershipTable table = cluster.TableOf("older");
        await table.InitializeMembershipTable(true);
        var entry = Old(SiloStatus.Dead, Cluster.Now);
        Assert.True(await table.InsertRow(entry, (await table.ReadAll()).Version.Next()));
        var read = await table.ReadRow(entry.SiloAddress);
        Assert.True(await table.UpdateRow(entry, read.Members[0].Item2, read.Version.Next()));
        await table.UpdateIAmAlive(new MembershipEntry { SiloAddress = entry.SiloAddress, IAmAliveTime = Cluster.Now.AddDays(1) });
        await table.CleanupDefunctSiloEntries(Cluster.Now.AddDays(1));
        Assert.Single((await table.ReadAll()).Members);
        await table.CleanupDefunctSiloEntries(Cluster.Now.AddDays(2));
        Assert.Empty((await table.ReadAll()).Members);
        await table.DeleteMembershipTableEntries("older");
        Assert.Equal(0, (await table.ReadAll()).Version.Version);
#pragma warning restore CS0618
    }

    private static MembershipEntry Old(SiloStatus status, DateTime time)
    {
        var entry = Cluster.Entry(status);
        entry.StartTime = time;
        entry.IAmAliveTime = time;
        return entry;
    }
}
