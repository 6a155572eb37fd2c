using System.Xml.Linq;

namespace Parley.Architecture.Tests;

public sealed class ArrowTests
{
    public static TheoryData<string> Rooms => [.. Tests.Rooms.Names];

    [Fact]
    public void every_room_is_one_of_the_design() =>
        Assert.Subset(Tests.Rooms.Arrows.Keys.ToHashSet(), Tests.Rooms.Names.ToHashSet());

    [Theory]
    [MemberData(nameof(Rooms))]
    public void a_project_references_only_what_the_design_allows(string room)
    {
        var referenced = XDocument.Load(Tests.Rooms.Project(room)).Descendants("ProjectReference")
            .Select(static r => Path.GetFileNameWithoutExtension(((string)r.Attribute("Include")!).Replace('\\', '/')));

        Assert.All(referenced, other => Assert.Contains(other, Tests.Rooms.Arrows[room]));
    }

    /// <summary>References flow on to those who reference: what a room's code really names is in its assembly.</summary>
    [Theory]
    [MemberData(nameof(Rooms))]
    public void an_assembly_names_only_what_the_arrows_reach(string room)
    {
        var reach = Tests.Rooms.Reach(room);
        var named = Tests.Rooms.Assembly(room).GetReferencedAssemblies()
            .Select(static a => a.Name!)
            .Where(static n => n.StartsWith("Parley.", StringComparison.Ordinal))
            .Select(static n => n["Parley.".Length..]);

        Assert.All(named, other => Assert.Contains(other, reach));
    }

    [Fact]
    public void the_domain_has_no_package_but_orleans_serializer()
    {
        var packages = XDocument.Load(Tests.Rooms.Project("Domain")).Descendants("PackageReference").Select(static p => (string)p.Attribute("Include")!);
        Assert.All(packages, static p => Assert.Contains(p, (string[])["Microsoft.Orleans.Sdk", "Microsoft.Orleans.Serialization.Abstractions"]));

        Assert.All(Tests.Rooms.Assembly("Domain").GetReferencedAssemblies(), static a => Assert.True(
            a.Name!.StartsWith("System", StringComparison.Ordinal) || a.Name.StartsWith("Orleans.Serialization", StringComparison.Ordinal),
            $"The domain names {a.Name}."));
    }

    [Theory]
    [MemberData(nameof(Rooms))]
    public void only_the_silo_names_a_store_or_a_gateway(string room)
    {
        if (room == "Silo")
        {
            return;
        }

        Assert.DoesNotContain(
            Tests.Rooms.Assembly(room).GetReferencedAssemblies().Select(static a => a.Name!),
            other => other != $"Parley.{room}"
                && (other.StartsWith("Parley.Storage.", StringComparison.Ordinal) || other.StartsWith("Parley.Gateways.", StringComparison.Ordinal)));
    }
}
