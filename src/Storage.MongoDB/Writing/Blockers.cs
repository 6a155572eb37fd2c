using System.Diagnostics;
using Microsoft.Extensions.Logging;
using MongoDB.Bson;
using MongoDB.Driver;
using Parley.Ports.Rows;

namespace Parley.Storage.MongoDB.Writing;

/// <summary>
/// Ends the open transactions of processes that are gone or frozen. A server keeps a transaction whose client died for a minute
/// (<c>transactionLifetimeLimitSeconds</c>), and all that while whoever commits to its conversations is refused.
/// </summary>
/// <remarks>A flush never leaves its transaction without a request for as long as <see cref="LongestPause"/>; one that was only slow is
/// run again by its owner. Nobody needs a privilege to see and end the sessions of their own user. However many wait, they are looked for
/// once at a time, and no oftener than every <see cref="EndAfter"/>.</remarks>
internal sealed class Blockers(IMongoClient client, ILogger logger)
{
    /// <summary>How Parley's connections are named on the server.</summary>
    public const string ApplicationName = "Parley";

    /// <summary>How long a transaction may be open with no request running.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    /// <summary>After this much time of conflicts it is worth to look for what is in the way.</summary>
    public static readonly TimeSpan EndAfter = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan LongestLook = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private Task _looking = Task.CompletedTask;
    private long? _looked;

    /// <summary>Looks for them and ends them; a failure to do so is no failure of the caller.</summary>
    public async Task End(CancellationToken cancellationToken)
    {
        Task looking;
        lock (_lock)
        {
            if (_looking.IsCompleted && (_looked is not { } last || Stopwatch.GetElapsedTime(last) >= EndAfter))
            {
                _looking = Look();
            }

            looking = _looking;
        }

        await looking.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task Look()
    {
        using var longest = new CancellationTokenSource(LongestLook);
        await Find(longest.Token);
        lock (_lock)
        {
            _looked = Stopwatch.GetTimestamp();
        }
    }

    private async Task Find(CancellationToken cancellationToken)
    {
        try
        {
            // $currentOp knows no majority.
            var admin = client.GetDatabase("admin").WithReadConcern(ReadConcern.Local);
            var idle = await admin.AggregateAsync<BsonDocument>(
                new BsonDocument[]
                {
                    new("$currentOp", new BsonDocument("idleSessions", true)),
                    new("$match", new BsonDocument
                    {
                        { "type", "idleSession" },
                        { "transaction", new BsonDocument("$exists", true) },
                    }),

                    // No more than that: some servers name a field twice, which no driver can read.
                    new("$project", new BsonDocument
                    {
                        { "lsid", 1 }, { "appName", 1 }, { "clientMetadata.application", 1 }, { "transaction.timeInactiveMicros", 1 },
                    }),
                },
                cancellationToken: cancellationToken);
            foreach (var operation in await idle.ToListAsync(cancellationToken))
            {
                var transaction = operation["transaction"].AsBsonDocument;
                var pause = TimeSpan.FromMicroseconds(transaction.GetValue("timeInactiveMicros", 0).ToDouble());
                if (pause >= LongestPause && IsOurs(operation))
                {
                    await admin.RunCommandAsync<BsonDocument>(
                        new BsonDocument("killSessions", new BsonArray { new BsonDocument("id", operation["lsid"]["id"]) }),
                        null,
                        cancellationToken);
                    Log.TransactionEnded(logger, pause.TotalSeconds);
                    StorageMetrics.Failed("blocked");
                }
            }
        }
        catch (Exception exception) when (Failures.IsOfStore(exception, CancellationToken.None))
        {
            Log.TransactionsNotFound(logger, exception.Message);
        }
    }

    private static bool IsOurs(BsonDocument operation) =>
        operation.GetValue("appName", "").ToString() == ApplicationName
        || (operation.TryGetValue("clientMetadata", out var metadata)
            && metadata.AsBsonDocument.TryGetValue("application", out var application)
            && application["name"] == ApplicationName);
}
