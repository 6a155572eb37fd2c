using Parley.Domain.Addresses;
using Parley.Simulator.Scheduling;

namespace Parley.Simulator.Workload;

/// <summary>The lines and the people of a history.</summary>
internal sealed class Cast
{
    /// <param name="merges">One line and people who are known by number and by hidden ids: what is told of them makes merges.</param>
    public Cast(Dice dice, bool merges)
    {
        var sessions = 0;
        for (var i = dice.Chance(0.25) && !merges ? 2 : 1; i > 0; i--)
        {
            Lines.Add(new Line(
                Address.Parse($"49157000000{Lines.Count + 1}0"),
                [.. Enumerable.Range(0, dice.Chance(0.35) ? 2 : 1).Select(_ => $"s{++sessions}")],
                dice.Below(10) switch { < 5 => NumberKnown.Always, < 9 => NumberKnown.Late, _ => NumberKnown.Never }));
        }

        for (var i = merges ? 1 : dice.Below(5) switch { < 3 => 1, 3 => 2, _ => 3 }; i > 0; i--)
        {
            var number = People.Count + 1;
            var lids = dice.Below(10) switch { < 2 => merges ? 1 : 0, < 7 => 1, _ => 2 };
            People.Add(new Person(
                Address.Parse($"4916000000{number}00"),
                [.. Enumerable.Range(1, lids).Select(l => Address.Parse($"1000000000{number}{l}@lid"))],
                IsTaught: merges || dice.Chance(0.85) || lids > 1 || Lines.Exists(l => l.Sessions.Length > 1 && l.NumberKnown == NumberKnown.Late)));
        }

        if (dice.Chance(0.2))
        {
            Group = Address.Parse("120363000000000001@g.us");
        }
    }

    public List<Line> Lines { get; } = [];

    public List<Person> People { get; } = [];

    public Address? Group { get; }
}

internal enum NumberKnown
{
    /// <summary>Every webhook tells it.</summary>
    Always,

    /// <summary>Some webhook tells it, perhaps the last.</summary>
    Late,

    Never,
}

/// <summary>An own line, served by one session or two.</summary>
internal sealed record Line(Address Number, string[] Sessions, NumberKnown NumberKnown)
{
    /// <summary>The line as what a session tells of it names it in the end.</summary>
    public Address NameFor(string session) => NumberKnown == NumberKnown.Never ? Address.OfSession(session) : Number;
}

/// <summary>A person with a number and perhaps hidden ids.</summary>
/// <param name="IsTaught">Whether some webhook tells which number its hidden ids have. Always where it has two, or two sessions learn late
/// that they are one line: there a message that is told under two addresses shows nobody for sure that they are one person.</param>
internal sealed record Person(Address Phone, Address[] Lids, bool IsTaught);
