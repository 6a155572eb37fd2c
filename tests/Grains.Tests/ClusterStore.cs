using Microsoft.Extensions.DependencyInjection;
using Parley.Storage.Sqlite;

namespace Parley.Grains.Tests;

/// <summary>The store of the cluster's tests: SQLite. The same tests run on MongoDB in a project of their own.</summary>
internal sealed class ClusterStore : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("parley-grains-").FullName;

    /// <returns>Why the store cannot be had here; null = it can.</returns>
    public static Task<string?> Missing() => Task.FromResult<string?>(null);

    public Task<ServiceProvider> Open() =>
        Task.FromResult(new ServiceCollection().AddSqliteStorage(new SqliteOptions { DataDirectory = _directory }).BuildServiceProvider());

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_directory, recursive: true);
        return ValueTask.CompletedTask;
    }
}
