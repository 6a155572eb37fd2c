using System.Xml.Linq;

namespace Parley.Architecture.Tests;

/// <summary>The wire contract of the release before is a copy: what it shared with today's would change with it.</summary>
public sealed class PreviousContractTests
{
    private static readonly string Folder = Path.Combine(Path.GetDirectoryName(Tests.Rooms.Source)!, "tests");

    [Theory]
    [InlineData("PreviousContract")]
    [InlineData("PreviousSilo", "PreviousContract")]
    public void it_references_no_room(string project, params string[] allowed)
    {
        var references = XDocument.Load(Project(project)).Descendants("ProjectReference")
            .Select(static r => Path.GetFileNameWithoutExtension(((string)r.Attribute("Include")!).Replace('\\', '/')));

        Assert.Equal(allowed, references);
    }

    /// <summary>Membership is no contract between grains: of the source, that and what it needs is compiled in.</summary>
    [Fact]
    public void it_takes_no_source_but_the_membership()
    {
        var taken = ((string[])["PreviousContract", "PreviousSilo"])
            .SelectMany(static project => XDocument.Load(Project(project)).Descendants("Compile"))
            .Select(static c => (string)c.Attribute("Include")!);

        Assert.Equal(["../../src/Storage.MongoDB/Clustering/*.cs", "../../src/Storage.MongoDB/MongoOptions.cs"], taken);
    }

    private static string Project(string name) => Path.Combine(Folder, name, $"{name}.csproj");
}
