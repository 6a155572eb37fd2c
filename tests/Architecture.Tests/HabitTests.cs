using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Parley.Architecture.Tests;

/// <summary>Habits that one careless line would break, and no compiler sees.</summary>
public sealed partial class HabitTests
{
    private const int MatchTimeout = 1_000;

    public static TheoryData<string> Rooms => [.. Tests.Rooms.Names];

    [Theory]
    [MemberData(nameof(Rooms))]
    public void a_room_says_what_belongs_in_it(string room) =>
        Assert.True(File.Exists(Path.Combine(Tests.Rooms.Source, room, "README.md")), $"{room} has no README.md.");

    [Theory]
    [MemberData(nameof(Rooms))]
    public void public_types_say_what_they_are(string room)
    {
        var documentation = Path.ChangeExtension(Tests.Rooms.Assembly(room).Location, ".xml");
        var described = XDocument.Load(documentation).Descendants("member")
            .Where(static m => m.Elements().Any())
            .Select(static m => (string)m.Attribute("name")!)
            .ToHashSet();
        var silent = Tests.Rooms.Assembly(room).GetExportedTypes()
            .Where(static t => t.Namespace?.StartsWith("Parley.", StringComparison.Ordinal) == true && !IsGenerated(t))
            .Select(static t => t.FullName!.Replace('+', '.'))
            .Where(name => !described.Contains($"T:{name}"));

        Assert.Empty(silent);
    }

    /// <summary>A grain leaves its scheduler, or blocks it, by any of these.</summary>
    [Fact]
    public void grains_never_leave_or_block_their_scheduler() => AssertNowhere("Grains", LeavesScheduler());

    [Fact]
    public void the_domain_knows_no_clock_and_makes_no_ids() => AssertNowhere("Domain", ReadsClock());

    [Fact]
    public void the_domain_waits_for_nothing() => Assert.Empty(Tests.Rooms.Assembly("Domain").GetTypes()
        .Where(static t => !IsGenerated(t))
        .SelectMany(static t => t.GetMethods(BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
        .Where(static m => m.IsDefined(typeof(AsyncStateMachineAttribute)) || m.ReturnType.IsAssignableTo(typeof(Task)))
        .Select(static m => $"{m.DeclaringType!.Name}.{m.Name}"));

    [Theory]
    [MemberData(nameof(Rooms))]
    public void time_comes_from_a_time_provider(string room) => AssertNowhere(room, WallClock());

    [Theory]
    [MemberData(nameof(Rooms))]
    public void no_file_has_regions_or_things_left_to_do(string room) => AssertNowhere(room, LeftOver());

    private static void AssertNowhere(string room, Regex habit) => Assert.Empty(Tests.Rooms.Files(room)
        .SelectMany(static file => File.ReadLines(file).Select((line, i) => (File: Path.GetFileName(file), Number: i + 1, Line: line.Trim())))
        .Where(l => !l.Line.StartsWith("//", StringComparison.Ordinal) && habit.IsMatch(l.Line))
        .Select(static l => $"{l.File}:{l.Number}: {l.Line}"));

    private static bool IsGenerated(Type type) => type.IsDefined(typeof(System.CodeDom.Compiler.GeneratedCodeAttribute), inherit: false)
        || type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false)
        || type.Namespace?.StartsWith("OrleansCodeGen", StringComparison.Ordinal) == true;

    [GeneratedRegex(@"ConfigureAwait\(\s*(continueOnCapturedContext:\s*)?false|Task\.Run\(|Task\.Factory|Thread\.Sleep|\.Result\b(?!\s*[({=])|\.Wait\(|GetAwaiter\(\)\.GetResult|ConfigureAwaitOptions\.(None|ForceYielding)", RegexOptions.ExplicitCapture, MatchTimeout)]
    private static partial Regex LeavesScheduler();

    [GeneratedRegex(@"DateTime(Offset)?\.(Utc)?Now|Guid\.(NewGuid|CreateVersion7)|Stopwatch|Environment\.TickCount|TimeProvider|Random\b", RegexOptions.ExplicitCapture, MatchTimeout)]
    private static partial Regex ReadsClock();

    [GeneratedRegex(@"DateTime(Offset)?\.(Utc)?Now", RegexOptions.ExplicitCapture, MatchTimeout)]
    private static partial Regex WallClock();

    [GeneratedRegex(@"^\s*#(end)?region|\b(TODO|FIXME|HACK)\b", RegexOptions.ExplicitCapture, MatchTimeout)]
    private static partial Regex LeftOver();
}
