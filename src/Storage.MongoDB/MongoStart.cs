using Microsoft.Extensions.Hosting;

namespace Parley.Storage.MongoDB;

/// <summary>Makes the database ready before anything that is started after it.</summary>
internal sealed class MongoStart(MongoDatabase database) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => database.Prepare(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
