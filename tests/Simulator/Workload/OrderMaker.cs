using System.Buffers.Binary;
using Parley.Simulator.Scheduling;

namespace Parley.Simulator.Workload;

/// <summary>Makes up what a tenant sends: few messages, close to each other and to what is told meanwhile.</summary>
internal static class OrderMaker
{
    private const int MostOrders = 5;

    /// <param name="now">The wall clock when the history begins.</param>
    public static IEnumerable<Order> Make(Dice dice, Cast cast, DateTimeOffset now)
    {
        var span = dice.Below(3) switch { 0 => 20, 1 => 2_000, _ => 20_000 };
        var isAlike = dice.Chance(0.3);
        var count = dice.Between(1, MostOrders);
        for (var number = 1; number <= count; number++)
        {
            var line = dice.Pick(cast.Lines);
            var session = dice.Pick(line.Sessions);
            var at = TimeSpan.FromMilliseconds(dice.Below(span));
            var person = cast.Group is not null && dice.Chance(0.2) ? null : dice.Pick(cast.People);
            var to = person is null ? cast.Group!.Value : dice.Chance(0.3) && person.Lids.Length > 0 ? dice.Pick(person.Lids) : person.Phone;
            var text = isAlike && dice.Chance(0.7) ? "ok" : $"order {number}";
            yield return new Order(
                number, at, IdOf(now + at, number, dice), line, session, to, person, text, TimeSpan.FromSeconds(dice.Chance(0.15) ? dice.Between(1, 20) : 600))
            {
                CancelledAt = dice.Chance(0.15) ? at + TimeSpan.FromMilliseconds(dice.Below(3_000)) : null,
                AskedAgainAt = dice.Chance(0.3) ? at + TimeSpan.FromSeconds(dice.Between(1, 90)) : null,
                TypedAt = dice.Chance(0.2) ? at + TimeSpan.FromMilliseconds(dice.Below(3_000)) : null,
            };
        }
    }

    /// <summary>As a UUIDv7, but for its chance: queues are read in the order of the ids, and a seed must replay it.</summary>
    private static Guid IdOf(DateTimeOffset at, int number, Dice dice)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(bytes, at.ToUnixTimeMilliseconds() << 16);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[6..], (ushort)(0x7000 | number));
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], dice.Next() >> 2 | 0x8000_0000_0000_0000);
        return new Guid(bytes, bigEndian: true);
    }
}
