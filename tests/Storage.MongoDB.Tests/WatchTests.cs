using Microsoft.Extensions.DependencyInjection;
using MongoDB.Bson;
using MongoDB.Driver;
using Parley.Storage.MongoDB.Writing;
using Parley.TestServers;

namespace Parley.Storage.MongoDB.Tests;

/// <summary>What every store of the contract's tests is watched for would be seen.</summary>
public sealed class WatchTests : IAsyncLifetime
{
    private static readonly BsonDocument One = new("x", 1);

    private readonly ConcernWatch _watch = new();
    private string _url = null!;
    private MongoProxy _proxy = null!;
    private MongoClient _client = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private IMongoCollection<BsonDocument> Places =>
        _client.GetDatabase(new MongoUrl(_url).DatabaseName).GetCollection<BsonDocument>("places")
            .WithReadConcern(ReadConcern.Majority).WithWriteConcern(WriteConcern.WMajority.With(journal: true));

    public async ValueTask InitializeAsync()
    {
        _url = await Databases.Take();
        await using (await MongoFixture.Services(new MongoOptions { ConnectionString = _url }))
        {
        }

        _proxy = MongoProxy.Before(_url);
        _proxy.OnBody = _watch.Hear;
        var settings = MongoClientSettings.FromConnectionString(_proxy.Url);
        settings.ApplicationName = Blockers.ApplicationName;
        _client = new MongoClient(settings);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _proxy.DisposeAsync();
        await Databases.GiveBack(_url);
    }

    [Fact]
    public async Task A_write_that_is_on_no_majority_s_journals_is_seen()
    {
        await Places.InsertOneAsync(new BsonDocument(), null, Token);
        Assert.Empty(_watch.Broken);

        await Places.WithWriteConcern(WriteConcern.WMajority).InsertOneAsync(new BsonDocument(), null, Token);
        await Places.WithWriteConcern(WriteConcern.W1.With(journal: true)).UpdateOneAsync(One, new BsonDocument("$set", One), null, Token);
        await Places.WithWriteConcern(WriteConcern.Acknowledged).FindOneAndDeleteAsync(new BsonDocument(), null, Token);
        Assert.Equal(["insert", "update", "findAndModify"], Seen());
    }

    [Fact]
    public async Task A_read_of_what_no_majority_has_is_seen()
    {
        await Places.Find(One).AnyAsync(Token);
        Assert.Empty(_watch.Broken);

        await Places.WithReadConcern(ReadConcern.Local).Find(One).AnyAsync(Token);
        await Places.WithReadConcern(ReadConcern.Default).CountDocumentsAsync(One, null, Token);
        Assert.Equal(["find", "aggregate"], Seen());
    }

    [Fact]
    public async Task A_transaction_that_promises_less_is_seen()
    {
        await Transact(new TransactionOptions(ReadConcern.Snapshot, null, WriteConcern.WMajority.With(journal: true)));
        Assert.Empty(_watch.Broken);

        await Transact(new TransactionOptions(ReadConcern.Majority, null, WriteConcern.WMajority.With(journal: true)));
        await Transact(new TransactionOptions(ReadConcern.Snapshot, null, WriteConcern.WMajority));
        Assert.Equal(["find", "commitTransaction"], Seen());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_query_that_reads_a_collection_from_its_start_is_seen(bool inTransaction)
    {
        var url = await MongoServer.FreshDatabase("parley_scan");
        try
        {
            await Databases.Profile(url);
            var database = _client.GetDatabase(new MongoUrl(url).DatabaseName);
            var rows = database.GetCollection<BsonDocument>("rows");
            await rows.InsertOneAsync(new BsonDocument("_id", 1), null, Token);
            await rows.Find(new BsonDocument("_id", 1)).AnyAsync(Token);
            Assert.Empty(await Databases.Scans(database));

            using var session = await _client.StartSessionAsync(null, Token);
            if (inTransaction)
            {
                session.StartTransaction();
            }

            await rows.UpdateOneAsync(session, One, new BsonDocument("$set", One), null, Token);
            if (inTransaction)
            {
                await session.CommitTransactionAsync(Token);
            }

            Assert.Single(await Databases.Scans(database));
        }
        finally
        {
            await MongoServer.Drop(url);
        }
    }

    private IEnumerable<string> Seen() => _watch.Broken.Select(static command => BsonDocument.Parse(command).GetElement(0).Name);

    private async Task Transact(TransactionOptions options)
    {
        using var session = await _client.StartSessionAsync(null, Token);
        session.StartTransaction(options);
        await Places.Find(session, One).AnyAsync(Token);
        await Places.InsertOneAsync(session, new BsonDocument(), null, Token);
        await session.CommitTransactionAsync(Token);
    }
}
