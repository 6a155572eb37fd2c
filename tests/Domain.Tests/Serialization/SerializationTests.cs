using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Parley.Domain.Tests.Messages;

namespace Parley.Domain.Tests.Serialization;

public sealed class SerializationTests
{
    private const string Bless = "PARLEY_BLESS_LAYOUTS";

    private static readonly Serializer Serializer = Contracts.ServicesOf(Contracts.Assemblies).GetRequiredService<Serializer>();

    public static TheoryData<Type> Concrete => [.. Contracts.Concrete];

    public static TheoryData<Type> All => [.. Contracts.Types];

    [Theory]
    [MemberData(nameof(Concrete))]
    public void every_member_makes_the_round_trip(Type type)
    {
        var specimen = new Specimen().Make(type);
        var back = Serializer.Deserialize<object>(Serializer.SerializeToArray(specimen));

        Assert.IsType(type, back);
        if (specimen is Exception exception)
        {
            Assert.Equal(exception.Message, ((Exception)back).Message);
        }
        else
        {
            Assert.Equal(Rendering.Json(specimen), Rendering.Json(back));
        }
    }

    /// <summary>Silos of two builds run side by side during an upgrade: what one writes the other must read.</summary>
    [Fact]
    public void layouts_are_those_that_are_checked_in()
    {
        var now = Contracts.Concrete
            .Where(static t => !t.IsAssignableTo(typeof(Exception)))
            .ToDictionary(Contracts.Alias, static t => Convert.ToHexStringLower(Serializer.SerializeToArray(new Specimen().Make(t))));
        if (Environment.GetEnvironmentVariable(Bless) == "1")
        {
            File.WriteAllLines(SourceFile(), now.OrderBy(static l => l.Key, StringComparer.Ordinal).Select(static l => $"{l.Key} {l.Value}"));
            return;
        }

        var golden = Golden.Present.ToDictionary(static line => line.Key, static line => Convert.ToHexStringLower(line.Value));
        var differences = golden.Keys.Union(now.Keys)
            .Where(alias => golden.GetValueOrDefault(alias) != now.GetValueOrDefault(alias))
            .Order(StringComparer.Ordinal)
            .ToList();
        Assert.True(
            differences.Count == 0,
            $"The serialized form of {string.Join(", ", differences)} is not the one in Serialization/Layouts.txt. A silo of the build before "
            + "must still be able to read it: give new members new ids, never reuse or change one. If the change is deliberate and readable "
            + $"(a new type, a new member at the end), run these tests once with {Bless}=1 and check the file in.");
    }

    [Theory]
    [MemberData(nameof(All))]
    public void every_type_has_an_alias_of_its_own(Type type)
    {
        Assert.True(type.IsDefined(typeof(AliasAttribute), inherit: false), "[Alias] is missing.");
        Assert.StartsWith("parley.", Contracts.Alias(type), StringComparison.Ordinal);
        Assert.Single(Contracts.Types, other => Contracts.Alias(other) == Contracts.Alias(type));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void every_member_has_an_id_of_its_own(Type type)
    {
        var members = Contracts.Members(type).ToList();

        Assert.All(members, static m => Assert.True(m.IsDefined(typeof(IdAttribute)), $"{m.Name} has no [Id]."));
        Assert.Equal(members.Count, members.Select(static m => m.GetCustomAttribute<IdAttribute>()!.Id).Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(All))]
    public void every_type_is_immutable(Type type)
    {
        if (type.IsAssignableTo(typeof(Exception)))
        {
            return;
        }

        Assert.True(type.IsDefined(typeof(ImmutableAttribute), inherit: false), "[Immutable] is missing.");
        Assert.True(type.IsValueType || type.GetMethod("<Clone>$") is not null, "It is no record.");
        Assert.True(type.IsSealed || type.IsAbstract, "It is not sealed.");
        Assert.All(type.GetProperties(), static p => Assert.True(
            p.SetMethod is not { } set || set.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)),
            $"{p.Name} can be set."));
    }

    /// <summary>A type without a serializer of its own would fail only when a call first carries it to another silo.</summary>
    [Fact]
    public void everything_that_a_grain_takes_or_returns_is_a_contract()
    {
        var carried = Contracts.Assemblies
            .SelectMany(static a => a.GetTypes())
            .Where(static t => t.IsInterface && t.IsAssignableTo(typeof(IGrain)))
            .SelectMany(static t => t.GetMethods())
            .SelectMany(static m => m.GetParameters().Select(static p => p.ParameterType).Append(m.ReturnType))
            .SelectMany(Parts)
            .Where(static t => Contracts.Assemblies.Contains(t.Assembly) && !t.IsEnum)
            .ToHashSet();

        Assert.NotEmpty(carried);
        Assert.All(carried, static t => Assert.Contains(t, Contracts.Types));
    }

    private static IEnumerable<Type> Parts(Type type) =>
        type.IsGenericType ? type.GetGenericArguments().SelectMany(Parts) : [type];

    private static string SourceFile([CallerFilePath] string path = "") => Path.Combine(Path.GetDirectoryName(path)!, "Layouts.txt");
}
