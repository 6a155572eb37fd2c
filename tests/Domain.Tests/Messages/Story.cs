using FsCheck;
using FsCheck.Fluent;
using Parley.Domain.Conversations;
using Parley.Domain.Messages;

namespace Parley.Domain.Tests.Messages;

/// <summary>All that is ever told of one message: a set of deliveries and changes, in no order.</summary>
/// <param name="Tells">Each an <see cref="IncomingMessage"/> or a <see cref="MessageChange"/>.</param>
public sealed record Story(Direction Direction, object[] Tells, int Seed)
{
    public IEnumerable<IncomingMessage> Deliveries => Tells.OfType<IncomingMessage>();

    public IEnumerable<T> Changes<T>()
        where T : MessageChange => Tells.OfType<T>();

    /// <summary>The same story in some order, with some of it told more than once.</summary>
    public object[] Shuffled(int number)
    {
        var random = new Random(HashCode.Combine(Seed, number));
        var told = Tells.Concat(Tells.Where(_ => random.Next(3) == 0)).ToArray();
        random.Shuffle(told);
        return told;
    }

    public override string ToString() =>
        $"{Direction}\n" + string.Join('\n', Tells.Select(t => $"  {t.GetType().Name} {Rendering.Json(t)}"));
}

public static class Stories
{
    public static Arbitrary<Story> Any() => Arb.From(Gen.Choose(int.MinValue, int.MaxValue).Select(Make), Shrink);

    private static Story Make(int seed)
    {
        var random = new Random(seed);
        var direction = random.Next(2) == 0 ? Direction.In : Direction.Out;
        var deliveries = Enumerable.Range(0, random.Next(1, 5)).Select(_ => (object)Sample.Delivery(random, direction));
        var changes = Enumerable.Range(0, random.Next(0, 9)).Select(_ => (object)Sample.Change(random));
        return new Story(direction, [.. deliveries, .. changes], seed);
    }

    private static IEnumerable<Story> Shrink(Story story)
    {
        for (var i = 0; i < story.Tells.Length; i++)
        {
            object[] fewer = [.. story.Tells[..i], .. story.Tells[(i + 1)..]];
            if (fewer.Any(static t => t is IncomingMessage))
            {
                yield return story with { Tells = fewer };
            }
        }
    }
}
