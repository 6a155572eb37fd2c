namespace Parley.BlackBox;

/// <summary>A directory that goes with its test.</summary>
public sealed class TemporaryDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("parley-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
