using Parley.Domain.Addresses;
using Parley.Domain.Messages;

namespace Parley.Ports;

/// <summary>The numbers of lines that messages and changes name by a session, because they came before the number was known.</summary>
/// <remarks>Two sessions of one line can tell a message and its change on either side of that moment: by these names they meet.</remarks>
public sealed class LineNames
{
    private readonly Dictionary<Address, Address> _numbers;

    private LineNames(Dictionary<Address, Address> numbers) => _numbers = numbers;

    public static LineNames None { get; } = new([]);

    /// <summary>The number of a line if it is known, else the name as given.</summary>
    public Address Of(Address line) => _numbers.GetValueOrDefault(line, line);

    /// <summary>Reads the numbers of all sessions that stand for lines in a look-up; where none does, nothing is read.</summary>
    /// <param name="lines">Further names of lines.</param>
    public static async Task<LineNames> Read(
        ISessionStore sessions, string tenantId, MessageLookup lookup, IEnumerable<Address?> lines, CancellationToken cancellationToken)
    {
        HashSet<Address>? standIns = null;
        foreach (var line in lines.Concat(lookup.Parked.Select(static p => p.Change.Line)).Concat(lookup.Messages.SelectMany(LinesOf)))
        {
            if (line is { Kind: AddressKind.Session } standIn)
            {
                (standIns ??= []).Add(standIn);
            }
        }

        if (standIns is null)
        {
            return None;
        }

        var numbers = new Dictionary<Address, Address>();
        foreach (var standIn in standIns)
        {
            if (await sessions.ReadSession(tenantId, standIn.SessionId!, cancellationToken) is { PhoneNumber: { } number })
            {
                numbers[standIn] = number;
            }
        }

        return new LineNames(numbers);
    }

    private static IEnumerable<Address?> LinesOf(KeptMessage kept) => kept.Message is { } message
        ? [message.Direction == Direction.In ? message.To : message.From]
        : ChangeTarget.PartiesOf(kept.ConversationId).Select(static party => (Address?)party);
}
