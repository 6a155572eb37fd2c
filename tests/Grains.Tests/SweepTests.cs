using Parley.Domain.Work;
using Parley.Grains.Abstractions;
using Parley.Ports;

namespace Parley.Grains.Tests;

public sealed class SweepTests(Cluster cluster) : ClusterTests(cluster)
{
    [Fact]
    public async Task a_sweep_forgets_keys_after_a_day_and_uploads_when_they_expire()
    {
        var now = DateTimeOffset.UtcNow;
        var keys = Cluster.Get<IIdempotencyStore>();
        var uploads = Cluster.Get<IUploadStore>();
        var old = new IdempotencyRow("POST /v1/messages", "old", [1], "c", Guid.CreateVersion7(), now.AddHours(-24).AddMinutes(-5), now);
        var young = old with { Key = "young", BegunAt = now.AddHours(-24).AddMinutes(5) };
        await keys.BeginKey(Tenant, old, Stop);
        await keys.BeginKey(Tenant, young, Stop);
        await uploads.AddUpload(Tenant, new Upload("old", "s", "image/png", null, 1, now.AddSeconds(-1)), Stop);
        await uploads.AddUpload(Tenant, new Upload("young", "s", "image/png", null, 1, now.AddMinutes(5)), Stop);

        TenantContext.Clear();
        await Cluster.Orleans.Client.GetGrain<ISweepGrain>("sweep").Run();

        Assert.Null(await keys.BeginKey(Tenant, old, Stop));
        Assert.NotNull(await keys.BeginKey(Tenant, young, Stop));
        Assert.Null(await uploads.FindUpload(Tenant, "old", now.AddDays(-1), Stop));
        Assert.NotNull(await uploads.FindUpload(Tenant, "young", now, Stop));
    }

    [Fact]
    public async Task a_sweep_wakes_the_sender_of_what_is_leaving_for_too_long()
    {
        var outbox = new Outbox(Cluster, Tenant);
        await outbox.Open();
        await outbox.Conversation().Leave(await outbox.Queue("hello"), Guid.NewGuid());
        var work = Cluster.Get<IWorkList>();
        foreach (var due in await work.Due(Tenant, 10, DateTimeOffset.UtcNow, Stop))
        {
            await work.Complete(Tenant, due, Stop);
        }

        TenantContext.Clear();
        var sweep = Cluster.Orleans.Client.GetGrain<ISweepGrain>("sweep");
        await sweep.Run();
        Assert.Empty(await work.Due(Tenant, 10, DateTimeOffset.UtcNow, Stop));

        await Task.Delay(Cluster.Get<SendOptions>().Abandoned + TimeSpan.FromMilliseconds(100), Stop);
        await sweep.Run();
        Assert.Equal(new SendQueued(Outbox.SessionId), Assert.Single(await work.Due(Tenant, 10, DateTimeOffset.UtcNow, Stop)).Item);
    }
}
