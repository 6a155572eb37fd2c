namespace Parley.Storage.Sqlite.Tests;

/// <summary>A data directory of a test's own.</summary>
internal sealed class TempData : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("parley-test-").FullName;

    public string Database => System.IO.Path.Combine(Path, SqliteOptions.FileName);

    public SqliteOptions Options => new() { DataDirectory = Path };

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
