using System.Reflection;

namespace Parley.BlackBox;

/// <summary>Places of this repository, as they were when it was built.</summary>
public static class Repository
{
    public static string SiloPath => Metadata("SiloPath");

    public static string Path => Metadata("RepositoryPath");

    private static string Metadata(string key) => typeof(Repository).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;
}
