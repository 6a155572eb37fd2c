extern alias Previous;

using System.Reflection;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Orleans.CodeGeneration;
using Orleans.Serialization;
using Orleans.Serialization.Session;
using Parley.Domain.Conversations;
using Parley.Grains.Abstractions;
using IPreviousConversationGrain = Previous::Parley.Grains.Abstractions.IConversationGrain;

namespace Parley.Domain.Tests.Serialization;

/// <summary>Silos of two builds side by side: each reads what the other writes.</summary>
public sealed class VersionTests
{
    private static readonly Assembly PreviousContract = typeof(IPreviousConversationGrain).Assembly;
    private static readonly ServiceProvider Services = Contracts.ServicesOf(Contracts.Assemblies);
    private static readonly Serializer Present = Services.GetRequiredService<Serializer>();
    private static readonly Serializer Previous = Contracts.ServicesOf(PreviousContract).GetRequiredService<Serializer>();

    public static TheoryData<string> Layouts => [.. Golden.Present.Keys];

    public static TheoryData<string> PreviousLayouts => [.. Golden.Previous.Keys];

    [Theory]
    [MemberData(nameof(Layouts))]
    public void a_golden_value_is_read_back(string alias) =>
        Assert.Empty(Differences(Specimen(alias), Read(Present, Golden.Present[alias])));

    /// <summary>New to old, whatever is added: this build stands for the older one.</summary>
    [Theory]
    [MemberData(nameof(Layouts))]
    public void members_that_a_newer_build_added_are_passed_over(string alias)
    {
        var bytes = LayoutOf(alias).WithUnknownMembers();

        Assert.True(bytes.Length > Golden.Present[alias].Length);
        Assert.Empty(Differences(Specimen(alias), Read(Present, bytes)));
    }

    /// <summary>Old to new, whatever was added last: this build stands for the newer one.</summary>
    [Theory]
    [MemberData(nameof(Layouts))]
    public void a_member_that_an_older_build_does_not_write_is_empty(string alias)
    {
        if (LayoutOf(alias).WithoutLastMember() is not { } bytes)
        {
            return;
        }

        var read = Read(Present, bytes);

        // That one is lost and nothing else.
        var last = Contracts.Members(read.GetType()).MaxBy(static m => m.GetCustomAttribute<IdAttribute>()?.Id)!;
        Assert.Equal([last.Name], Differences(Specimen(alias), read).Select(static difference => difference.Split('.', '[', ' ')[1]).Distinct());
    }

    /// <summary>A kind of item that only a newer build has: that one must not send it before this one can read it.</summary>
    [Fact]
    public void a_kind_that_is_not_known_is_refused_and_not_guessed()
    {
        var known = Encoding.ASCII.GetBytes(Contracts.Alias(typeof(ChangeItem)));
        var bytes = Golden.Present[Contracts.Alias(typeof(ApplyRequest))].ToArray();
        Encoding.ASCII.GetBytes("parley.OtherItem_", bytes.AsSpan(bytes.AsSpan().IndexOf(known), known.Length));

        Assert.ThrowsAny<SerializerException>(() => Read(Present, bytes));
    }

    [Fact]
    public void every_type_of_the_copy_has_golden_bytes() => Assert.Equal(
        Contracts.In(PreviousContract).Where(static type => !type.IsAbstract && !type.IsAssignableTo(typeof(Exception))).Select(Contracts.Alias)
            .Order(StringComparer.Ordinal),
        Golden.Previous.Keys.Order(StringComparer.Ordinal));

    /// <summary>Else the copy would be of no use.</summary>
    [Theory]
    [MemberData(nameof(PreviousLayouts))]
    public void the_copy_of_the_previous_contract_writes_what_that_release_wrote(string alias)
    {
        var read = Read(Previous, Golden.Previous[alias]);

        Assert.Same(PreviousContract, read.GetType().Assembly);
        Assert.Equal(Convert.ToHexStringLower(Golden.Previous[alias]), Convert.ToHexStringLower(Previous.SerializeToArray(read)));
    }

    [Theory]
    [MemberData(nameof(PreviousLayouts))]
    public void what_the_previous_release_wrote_is_read_as_it_was_meant(string alias)
    {
        var bytes = Golden.Previous[alias];

        Assert.Empty(Differences(Read(Previous, bytes), Read(Present, bytes)));
    }

    [Theory]
    [MemberData(nameof(PreviousLayouts))]
    public void what_is_written_now_is_read_by_the_previous_release_and_comes_back(string alias)
    {
        var bytes = Golden.Present[alias];
        var theirs = Read(Previous, bytes);

        Assert.Same(PreviousContract, theirs.GetType().Assembly);
        Assert.Empty(Differences(theirs, Read(Present, bytes)));
        Assert.Empty(Differences(theirs, Read(Present, Previous.SerializeToArray(theirs))));
    }

    /// <summary>A method that a silo does not know must not be called there. Orleans sees to it by the interface's version.</summary>
    [Fact]
    public void interfaces_keep_their_methods_and_those_that_gained_some_have_a_greater_version()
    {
        var previous = PreviousContract.GetTypes().Where(static t => t.IsInterface && t.IsAssignableTo(typeof(IGrain))).ToList();

        Assert.NotEmpty(previous);
        Assert.All(previous, static then =>
        {
            var now = typeof(IConversationGrain).Assembly.GetType(then.FullName!)!;
            Assert.Equal(Contracts.Alias(then), Contracts.Alias(now));
            Assert.Subset(Signatures(now), Signatures(then));
            Assert.True(
                Version(now) > Version(then) || (Version(now) == Version(then) && Signatures(now).Count == Signatures(then).Count),
                $"{now.Name} has methods that silos of the release before do not know: raise its [Version].");
        });
    }

    /// <summary>What Orleans knows a method by, and what it carries.</summary>
    private static HashSet<string> Signatures(Type type) =>
        [.. type.GetMethods().Select(static m => $"{m.GetCustomAttribute<AliasAttribute>()!.Alias}: {m}")];

    private static int Version(Type type) => type.GetCustomAttribute<VersionAttribute>()!.Version;

    private static object Specimen(string alias) => new Specimen().Make(Contracts.Concrete.Single(type => Contracts.Alias(type) == alias));

    private static object Read(Serializer serializer, byte[] bytes) => serializer.Deserialize<object>(bytes)!;

    private static Layout LayoutOf(string alias) => new(Golden.Present[alias], Services.GetRequiredService<SerializerSessionPool>());

    private static IEnumerable<string> Differences(object older, object newer) => WireTree.Differences(WireTree.Of(older), WireTree.Of(newer));
}
