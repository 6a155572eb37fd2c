using MongoDB.Driver;

namespace Parley.Storage.MongoDB.Clustering;

/// <summary>The collection of clusters, with connections of its own: a busy store must not keep a silo from saying that it lives.</summary>
internal sealed class ClusterCollection : IDisposable
{
    private const int MostConnections = 8;

    private readonly MongoClient _client;
    private readonly IMongoCollection<ClusterDocument> _documents;
    private readonly TimeSpan _deadline;

    public ClusterCollection(MongoClusteringOptions options)
    {
        var url = MongoUrl.Create(options.ConnectionString);
        var settings = MongoClientSettings.FromUrl(url);
        settings.ApplicationName = "parley-membership";
        settings.MaxConnectionPoolSize = MostConnections;
        settings.ServerSelectionTimeout = options.Deadline;
        settings.ConnectTimeout = options.Deadline;

        // What one silo was told another must see, also after a change of primary.
        settings.WriteConcern = WriteConcern.WMajority.With(journal: true);
        settings.ReadConcern = ReadConcern.Majority;
        settings.ReadPreference = ReadPreference.Primary;
        settings.RetryWrites = true;
        settings.RetryReads = true;
        _client = new MongoClient(settings);
        _deadline = options.Deadline;
        _documents = _client.GetDatabase(url.DatabaseName ?? MongoOptions.DefaultDatabase).GetCollection<ClusterDocument>(options.Collection);
    }

    /// <summary>Makes one call. A server that is frozen answers nothing, not even with an error: then the deadline ends it.</summary>
    /// <exception cref="TimeoutException">It was not answered in time and may have happened or not.</exception>
    public async Task<T> Call<T>(Func<IMongoCollection<ClusterDocument>, CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(_deadline);
        try
        {
            return await call(_documents, deadline.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"The membership's MongoDB did not answer within {_deadline}.", e);
        }
    }

    /// <returns>Null when the cluster was never begun.</returns>
    public Task<ClusterDocument?> Find(string clusterId, CancellationToken cancellationToken) => Call<ClusterDocument?>(
        async (documents, ct) => await documents.Find(Builders<ClusterDocument>.Filter.Eq(static c => c.Id, clusterId)).FirstOrDefaultAsync(ct),
        cancellationToken);

    public void Dispose() => _client.Dispose();
}
