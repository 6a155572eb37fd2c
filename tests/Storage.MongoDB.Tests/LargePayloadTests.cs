using MongoDB.Bson;
using MongoDB.Driver;
using Parley.Ports;
using Parley.TestServers;

namespace Parley.Storage.MongoDB.Tests;

/// <summary>A payload that does not fit a document: no crash leaves a row without its bytes, or bytes for ever.</summary>
public sealed class LargePayloadTests : ProxiedStoreTests
{
    private const string Tenant = "acme";
    private const int Size = 3_500_000;

    private IQuarantine Quarantine => Get<IQuarantine>();

    private MongoDatabase Database => Get<MongoDatabase>();

    private IMongoCollection<BsonDocument> Chunks => Database.Collections.QuarantineChunks;

    private IMongoCollection<BsonDocument> Files => Database.Collections.QuarantineFiles;

    [Fact]
    public async Task Its_bytes_go_with_its_row()
    {
        var removed = Large(1);
        await Quarantine.Add(removed, Token);
        await Quarantine.Add(Large(2) with { ReceivedAt = DateTimeOffset.UnixEpoch }, Token);
        Assert.Equal((2, 8), await Counted());

        await Quarantine.RemoveQuarantined(Tenant, removed.Id, Token);
        Assert.Equal((1, 4), await Counted());
        Assert.Equal(1, await Quarantine.ExpireQuarantined(DateTimeOffset.UnixEpoch.AddDays(1), Token));
        Assert.Equal((0, 0), await Counted());
    }

    [Theory]
    [InlineData("insert", 1)]
    [InlineData("update", 2)]
    [InlineData("insert", 2)]
    [InlineData("commitTransaction", 1)]
    public async Task A_failure_at_any_step_leaves_it_whole_or_not_there(string command, int nth)
    {
        var seen = 0;
        Proxy.OnCommand = name => Task.FromResult(
            name == command && Interlocked.Increment(ref seen) >= nth ? ProxyAction.LoseCommand : ProxyAction.Forward);
        var payload = Large(1);
        await Assert.ThrowsAnyAsync<StoreException>(() => Quarantine.Add(payload, Token));
        Proxy.Heal();
        Assert.Null(await Quarantine.ReadQuarantined(Tenant, payload.Id, Token));

        // Its caller tries again, and what the first try left is swept once it is old.
        await Quarantine.Add(payload, Token);
        Assert.Equal(0, await Quarantine.ExpireQuarantined(DateTimeOffset.UnixEpoch, Token));
        Assert.Equal(2, (await Counted()).Files);
        await MakeOld();
        Assert.Equal(0, await Quarantine.ExpireQuarantined(DateTimeOffset.UnixEpoch, Token));
        Assert.Equal((1, 4), await Counted());
        Assert.True((await Quarantine.ReadQuarantined(Tenant, payload.Id, Token))!.Payload.Span.SequenceEqual(payload.Payload.Span));
    }

    [Fact]
    public async Task What_is_removed_by_half_is_swept()
    {
        var payload = Large(1);
        await Quarantine.Add(payload, Token);

        // The first delete is of the row, in its transaction: let it pass, and the connection break after it.
        var seen = 0;
        Proxy.OnCommand = name => Task.FromResult(
            name == "delete" && Interlocked.Increment(ref seen) >= 2 ? ProxyAction.LoseCommand : ProxyAction.Forward);
        await Assert.ThrowsAnyAsync<StoreException>(() => Quarantine.RemoveQuarantined(Tenant, payload.Id, Token));
        Proxy.Heal();

        Assert.Null(await Quarantine.ReadQuarantined(Tenant, payload.Id, Token));
        Assert.Equal((1, 4), await Counted());
        await Quarantine.ExpireQuarantined(DateTimeOffset.UnixEpoch, Token);
        Assert.Equal((0, 0), await Counted());
    }

    [Fact]
    public async Task A_writer_that_wakes_after_the_sweep_loses_nothing()
    {
        // It stops before the row is made, and what it has written is old by the database's clock when it goes on.
        var (reached, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        var held = 0;
        Proxy.OnCommand = async name =>
        {
            if (name == "insert" && Interlocked.Exchange(ref held, 1) == 0)
            {
                reached.SetResult();
                await release.Task;
            }

            return ProxyAction.Forward;
        };
        var payload = Large(1);
        var adding = Quarantine.Add(payload, Token);
        await reached.Task.WaitAsync(TimeSpan.FromSeconds(10), Token);
        await MakeOld();
        await Quarantine.ExpireQuarantined(DateTimeOffset.UnixEpoch, Token);
        release.SetResult();

        await Assert.ThrowsAsync<StoreUnavailableException>(() => adding);
        Assert.Null(await Quarantine.ReadQuarantined(Tenant, payload.Id, Token));
        await Quarantine.Add(payload, Token);
        Assert.Equal(Size, (await Quarantine.ReadQuarantined(Tenant, payload.Id, Token))!.Payload.Length);
    }

    private static QuarantinedPayload Large(int seed)
    {
        var bytes = new byte[Size];
        new Random(seed).NextBytes(bytes);
        var now = DateTimeOffset.UtcNow;
        return new QuarantinedPayload(Guid.CreateVersion7(now), Tenant, "large", "Why.", "instance", "messages.upsert", now, Size, bytes);
    }

    /// <remarks>By way of the store, which ends the transaction that a lost connection left.</remarks>
    private Task MakeOld() => Database.Calls.Write(
        token => Files.UpdateManyAsync(
            new BsonDocument(),
            new BsonDocument("$set", new BsonDocument("metadata.updated", DateTime.UtcNow.AddHours(-2))),
            cancellationToken: token),
        Token);

    private async Task<(long Files, long Chunks)> Counted() => (
        await Files.CountDocumentsAsync(new BsonDocument(), cancellationToken: Token),
        await Chunks.CountDocumentsAsync(new BsonDocument(), cancellationToken: Token));
}
