using Microsoft.Extensions.Logging;
using MongoDB.Bson;
using MongoDB.Driver;
using Parley.Ports;
using Parley.Storage.MongoDB.Rows;

namespace Parley.Storage.MongoDB.Schema;

/// <summary>Makes a database ready: waits for it, tells what cannot be waited for, and makes its collections and indexes.</summary>
/// <remarks>Several nodes may do so at once: each step is there already, or is made by one of them.</remarks>
internal sealed class Start(IMongoClient client, Collections collections, ILogger logger)
{
    /// <summary>The schema of this program. From version 1 to 2 and to 3 nothing is rewritten: collections and indexes came, and what older rows lack has
    /// its default. A later one gets a step that brings the one before to it.</summary>
    public const int Version = 3;

    private const int NamespaceExists = 48;
    private const int Unauthorized = 13;
    private const int AuthenticationFailed = 18;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TellEvery = TimeSpan.FromSeconds(5);

    /// <exception cref="StorageStartException">It can never start like this; the message says what to do.</exception>
    public async Task Run(CancellationToken cancellationToken)
    {
        var told = -1L;
        while (true)
        {
            try
            {
                var replicaSet = await FindReplicaSet(cancellationToken);
                await CheckVersion(cancellationToken);
                await MakeCollections(cancellationToken);
                await WriteVersion(cancellationToken);
                Log.Opened(logger, collections.Database.DatabaseNamespace.DatabaseName, replicaSet, Version);
                return;
            }
            catch (Exception exception) when (exception is MongoException or TimeoutException && !cancellationToken.IsCancellationRequested)
            {
                ThrowIfHopeless(exception);
                var now = Environment.TickCount64;
                if (told < 0 || now - told >= TellEvery.TotalMilliseconds)
                {
                    told = now;
                    Log.Waiting(logger, Servers, FirstLine(exception));
                }
            }

            await Task.Delay(Pause, cancellationToken);
        }
    }

    private string Servers => string.Join(", ", client.Settings.Servers);

    private async Task<string> FindReplicaSet(CancellationToken cancellationToken)
    {
        try
        {
            return ReplicaSetOf(await Hello(client, cancellationToken), Servers);
        }
        catch (TimeoutException) when (client.Settings.ReplicaSetName is not null)
        {
            // A driver that is told the name of a set sees no server that is not of it: each is asked by itself what it is.
            foreach (var server in client.Settings.Servers)
            {
                await CheckServer(server, cancellationToken);
            }

            throw;
        }
    }

    private static Task<BsonDocument> Hello(IMongoClient client, CancellationToken cancellationToken) =>
        client.GetDatabase("admin").RunCommandAsync<BsonDocument>(new BsonDocument("hello", 1), null, cancellationToken);

    /// <exception cref="StorageStartException">It is there, and not of the replica set.</exception>
    private async Task CheckServer(MongoServerAddress server, CancellationToken cancellationToken)
    {
        var settings = client.Settings.Clone();
        settings.ReplicaSetName = null;
        settings.DirectConnection = true;
        settings.Server = server;
        using var alone = new MongoClient(settings);
        string name;
        try
        {
            name = ReplicaSetOf(await Hello(alone, cancellationToken), server.ToString());
        }
        catch (Exception exception) when (exception is MongoException or TimeoutException && !cancellationToken.IsCancellationRequested)
        {
            return;
        }

        if (name != client.Settings.ReplicaSetName)
        {
            throw new StorageStartException(
                $"The MongoDB at {server} belongs to the replica set '{name}', not to '{client.Settings.ReplicaSetName}'. Name it in "
                + "ConnectionStrings:MongoDB (replicaSet=…).");
        }
    }

    private static string ReplicaSetOf(BsonDocument hello, string servers)
    {
        if (hello.MaybeText("setName") is { } name)
        {
            // One that was never initiated is waited for, as one without a primary is.
            return name;
        }

        if (hello.MaybeText("msg") == "isdbgrid")
        {
            throw new StorageStartException(
                $"The MongoDB at {servers} is a sharded cluster. Parley needs a replica set: name its members in ConnectionStrings:MongoDB.");
        }

        if (hello.GetValue("isreplicaset", false).ToBoolean())
        {
            throw new MongoClientException("The replica set is not initiated yet (rs.initiate()).");
        }

        throw new StorageStartException(
            $"The MongoDB at {servers} is a standalone server. Parley needs transactions, which only a replica set has; one member is "
            + "enough. Start mongod with --replSet rs0, run rs.initiate() in mongosh once, and start Parley again.");
    }

    private void ThrowIfHopeless(Exception exception)
    {
        // What the driver met on its way to a server is inside of the exception that ends the waiting.
        for (var inner = exception; inner is not null; inner = inner.InnerException)
        {
            if (inner is MongoAuthenticationException || inner is MongoCommandException { Code: AuthenticationFailed })
            {
                throw new StorageStartException(
                    $"MongoDB at {Servers} refuses the user or password of ConnectionStrings:MongoDB. Check both, and authSource "
                    + "(the database in which the user was made).", exception);
            }

            if (inner is MongoCommandException { Code: Unauthorized })
            {
                throw new StorageStartException(
                    $"The user of ConnectionStrings:MongoDB may not use the database "
                    + $"'{collections.Database.DatabaseNamespace.DatabaseName}' at {Servers}. Give it the role readWrite there: {inner.Message}",
                    exception);
            }
        }

        if (exception is MongoConfigurationException)
        {
            throw new StorageStartException($"ConnectionStrings:MongoDB cannot be used: {exception.Message}", exception);
        }

        // While no server is there the driver says so in the description of the cluster only.
        if (exception is TimeoutException && exception.Message.Contains(nameof(MongoAuthenticationException), StringComparison.Ordinal))
        {
            throw new StorageStartException(
                $"MongoDB at {Servers} refuses the user or password of ConnectionStrings:MongoDB. Check both, and authSource "
                + "(the database in which the user was made).", exception);
        }
    }

    private async Task CheckVersion(CancellationToken cancellationToken)
    {
        var kept = await collections.Schema.Find(new BsonDocument(Field.Id, "schema")).FirstOrDefaultAsync(cancellationToken);
        if (kept is not null && kept[Field.Version].ToInt32() > Version)
        {
            throw new StorageStartException(
                $"The database has schema version {kept[Field.Version].ToInt32()}, but this program knows versions up to {Version} only. "
                + "Start the newer program that wrote it, or restore a backup made before the upgrade.");
        }
    }

    /// <summary>Made before the first transaction, so that none of them waits for it or fails over it.</summary>
    private async Task MakeCollections(CancellationToken cancellationToken)
    {
        using var names = await collections.Database.ListCollectionNamesAsync(cancellationToken: cancellationToken);
        var there = (await names.ToListAsync(cancellationToken)).ToHashSet(StringComparer.Ordinal);
        var indexed = Indexes.Of(collections).ToDictionary(static i => i.Collection.CollectionNamespace.CollectionName, static i => i, StringComparer.Ordinal);
        var all = typeof(Collections).GetProperties()
            .Where(static property => property.PropertyType == typeof(IMongoCollection<BsonDocument>))
            .Select(property => (IMongoCollection<BsonDocument>)property.GetValue(collections)!);
        foreach (var collection in all)
        {
            var name = collection.CollectionNamespace.CollectionName;
            if (!there.Contains(name))
            {
                await Create(name, cancellationToken);
            }

            if (indexed.TryGetValue(name, out var entry))
            {
                await collection.Indexes.CreateManyAsync(entry.Indexes, cancellationToken);
            }
        }
    }

    private async Task Create(string name, CancellationToken cancellationToken)
    {
        try
        {
            await collections.Database.CreateCollectionAsync(name, cancellationToken: cancellationToken);
        }
        catch (MongoCommandException exception) when (exception.Code == NamespaceExists)
        {
            // Another node was first.
        }
    }

    private Task<UpdateResult> WriteVersion(CancellationToken cancellationToken) => collections.Schema.UpdateOneAsync(
        new BsonDocument(Field.Id, "schema"),
        new BsonDocument("$max", new BsonDocument(Field.Version, Version)),
        new UpdateOptions { IsUpsert = true },
        cancellationToken);

    private static string FirstLine(Exception exception)
    {
        var message = exception.Message;
        var end = message.AsSpan().IndexOfAny('\r', '\n');
        const int longest = 300;
        return message[..Math.Min(end < 0 ? message.Length : end, longest)];
    }
}
