using Microsoft.Extensions.DependencyInjection;
using MongoDB.Bson;
using MongoDB.Driver;
using Parley.Ports;

namespace Parley.Storage.MongoDB.Tests;

/// <summary>Media of several chunks.</summary>
public sealed class GridMediaTests : IAsyncLifetime
{
    private const string Tenant = "acme";
    private const int Size = 3_500_000;

    private MongoOptions _options = null!;
    private ServiceProvider _services = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private IMediaStore Media => _services.GetRequiredService<IMediaStore>();

    private IMongoCollection<BsonDocument> Chunks => _services.GetRequiredService<MongoDatabase>().Collections.MediaChunks;

    private IMongoCollection<BsonDocument> Files => _services.GetRequiredService<MongoDatabase>().Collections.MediaFiles;

    public async ValueTask InitializeAsync()
    {
        _options = new MongoOptions { ConnectionString = await Databases.Take() };
        _services = await MongoFixture.Services(_options);
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await Databases.GiveBack(_options.ConnectionString);
    }

    [Fact]
    public async Task A_part_is_read_without_the_rest()
    {
        var bytes = Bytes();
        var stored = await Put(bytes);

        // What is before the part is not even there any more.
        await Chunks.DeleteOneAsync(new BsonDocument("n", 0), Token);
        await using var stream = (await Media.Open(Tenant, stored.Sha256, Token))!;
        Assert.Equal(Size, stream.Length);
        stream.Seek(2_000_000, SeekOrigin.Begin);
        var part = new byte[1_400_000];
        await stream.ReadExactlyAsync(part, Token);
        Assert.Equal(bytes[2_000_000..3_400_000], part);
    }

    [Fact]
    public async Task What_was_not_completed_leaves_nothing()
    {
        await using (var writer = await Media.Create(Tenant, Token))
        {
            await writer.Write(Bytes(), Token);
        }

        Assert.Equal(0, await Chunks.CountDocumentsAsync(new BsonDocument(), cancellationToken: Token));
        Assert.Equal(0, await Files.CountDocumentsAsync(new BsonDocument(), cancellationToken: Token));
    }

    [Fact]
    public async Task What_a_dead_process_left_is_swept()
    {
        // Never disposed, as by a process that died.
        var writer = await Media.Create(Tenant, Token);
        await writer.Write(Bytes(), Token);
        await Put(Bytes());
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Put(Bytes())));

        Assert.Equal(1, await Media.Sweep(DateTimeOffset.UtcNow.AddDays(1), (_, _) => Task.FromResult(true), Token));
        Assert.Equal(1, await Files.CountDocumentsAsync(new BsonDocument(), cancellationToken: Token));
        Assert.Equal(4, await Chunks.CountDocumentsAsync(new BsonDocument(), cancellationToken: Token));
    }

    [Fact]
    public async Task Many_are_swept_page_by_page_each_asked_about_once()
    {
        // More than a page of one moment, and others around it.
        var moments = Enumerable.Range(0, 1_500).Select(static i => new DateTime(2026, 1, 1, 0, 0, i is > 100 and < 1_300 ? 1 : i % 3, DateTimeKind.Utc));
        await Files.InsertManyAsync(
            moments.Select(static (moment, i) => new BsonDocument("metadata", new BsonDocument
            {
                { "tenant", Tenant }, { "sha256", $"{i}" }, { "updated", new BsonDateTime(moment) },
            })),
            cancellationToken: Token);

        var asked = new List<string>();
        var removed = await Media.Sweep(
            DateTimeOffset.UtcNow,
            (_, sha256) =>
            {
                asked.Add(sha256);
                return Task.FromResult(sha256.EndsWith('7'));
            },
            Token);

        Assert.Equal(1_500, asked.Count);
        Assert.Equal(1_500, asked.Distinct().Count());
        Assert.Equal(1_350, removed);
        Assert.Equal(150, await Files.CountDocumentsAsync(new BsonDocument(), cancellationToken: Token));
    }

    private static byte[] Bytes()
    {
        var bytes = new byte[Size];
        new Random(5).NextBytes(bytes);
        return bytes;
    }

    private async Task<StoredMedia> Put(byte[] bytes)
    {
        await using var writer = await Media.Create(Tenant, Token);
        await writer.Write(bytes, Token);
        return await writer.Complete(Token);
    }
}
