using System.Reflection;

namespace Parley.BlackBox;

/// <summary>Places of this repository, as they were when it was built.</summary>
public static class Repository
{
    /// <summary>The program: the one that was named, or as it was built beside the tests.</summary>
    public static string SiloPath => Environment.GetEnvironmentVariable("PARLEY_TEST_SILO") ?? Metadata("SiloPath");

    public static string Path => Metadata("RepositoryPath");

    private static string Metadata(string key) => typeof(Repository).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;
}
