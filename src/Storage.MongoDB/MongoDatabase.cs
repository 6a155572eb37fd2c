using System.Text;
using Microsoft.Extensions.Logging;
using MongoDB.Driver;
using Parley.Ports;
using Parley.Ports.Rows;
using Parley.Storage.MongoDB.Reading;
using Parley.Storage.MongoDB.Schema;
using Parley.Storage.MongoDB.Writing;

namespace Parley.Storage.MongoDB;

/// <summary>The database: its connections, its collections, and the flushers that write commits.</summary>
public sealed class MongoDatabase : IAsyncDisposable
{
    private static readonly TimeSpan ServerSelection = TimeSpan.FromSeconds(2);
    private static readonly UTF8Encoding Lenient = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: false);

    private readonly MongoClient _client;
    private readonly Start _start;
    private readonly Lock _lock = new();
    private Task? _prepared;

    /// <summary>Names a database; nothing is asked of it yet.</summary>
    /// <exception cref="StorageStartException">The connection string cannot be read.</exception>
    public MongoDatabase(MongoOptions options, TimeProvider time, ILogger<MongoDatabase> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        Options = options;
        Time = time;
        var (settings, name) = Settings(options);
        _client = new MongoClient(settings);
        Collections = new Collections(_client.GetDatabase(name));
        _start = new Start(_client, Collections, logger);
        Blockers = new Blockers(_client, logger);
        Calls = new Calls(_client, options, Blockers, logger);
        Unreadable = new UnreadableRows((what, row, reason) => Log.RowPassedOver(logger, what, row, reason));
        LookUps = new LookUps(Collections, Calls, Unreadable);
        Flushers = new Flushers(_client, Collections, options, Blockers, logger);
    }

    /// <summary>Commits that wait for a flush: what admission goes by.</summary>
    public int QueueLength => Flushers.QueueLength;

    internal MongoOptions Options { get; }

    internal TimeProvider Time { get; }

    internal IMongoClient Client => _client;

    internal Collections Collections { get; }

    internal Blockers Blockers { get; }

    internal Calls Calls { get; }

    internal UnreadableRows Unreadable { get; }

    internal LookUps LookUps { get; }

    internal Flushers Flushers { get; }

    /// <summary>Tells when a relay of this process has numbered events.</summary>
    internal News News { get; } = new();

    /// <summary>Makes the database ready, once. While MongoDB is away it waits and says so in the log.</summary>
    /// <exception cref="StorageStartException">It cannot be used; the message says why.</exception>
    public Task Prepare(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return _prepared is null or { IsFaulted: true } or { IsCanceled: true } ? _prepared = _start.Run(cancellationToken) : _prepared;
        }
    }

    /// <summary>Ends it after all that was accepted is answered.</summary>
    public async ValueTask DisposeAsync()
    {
        await Flushers.DisposeAsync();
        _client.Dispose();
    }

    private static (MongoClientSettings Settings, string Database) Settings(MongoOptions options)
    {
        try
        {
            var url = new MongoUrl(options.ConnectionString);
            var settings = MongoClientSettings.FromUrl(url);
            settings.ApplicationName = Blockers.ApplicationName;

            // Every decision rests on what a majority has, and every answer on a majority's journal, whatever the string says.
            settings.ReadConcern = ReadConcern.Majority;
            settings.WriteConcern = WriteConcern.WMajority.With(journal: true);
            settings.ReadPreference = ReadPreference.Primary;

            // A lone surrogate becomes U+FFFD, as in every other store, and no reason to fail: text comes from outside.
            settings.WriteEncoding = Lenient;
            settings.ReadEncoding = Lenient;
            settings.RetryReads = true;
            settings.RetryWrites = true;
            settings.ServerSelectionTimeout = Min(ServerSelection, options.Deadline / 2);
            settings.ConnectTimeout = Min(ServerSelection, options.Deadline / 2);
            return (settings, url.DatabaseName ?? MongoOptions.DefaultDatabase);
        }
        catch (Exception exception) when (exception is MongoException or FormatException or ArgumentException)
        {
            // The driver's words repeat the string, and there is a password in it.
            throw new StorageStartException(
                $"ConnectionStrings:MongoDB cannot be read ({exception.GetType().Name}); the form is mongodb://host:27017/parley?replicaSet=rs0.");
        }
    }

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
