using FsCheck;
using FsCheck.Fluent;
using Parley.Domain.Conversations;
using Parley.Domain.Messages;
using Parley.Domain.Tests.Messages;

namespace Parley.Domain.Tests.Conversations;

/// <summary>What happens to the conversations of a tenant, in order.</summary>
public sealed record History(IReadOnlyList<Command> Commands, int Seed)
{
    public override string ToString() => "\n" + string.Join('\n', Commands);
}

public abstract record Command(string Conversation)
{
    public sealed record Keep(string Conversation, IncomingMessage Delivery) : Command(Conversation)
    {
        public override string ToString() => $"{Conversation}: keep {Rendering.Json(Delivery)}";
    }

    public sealed record Change(string Conversation, Direction Direction, MessageChange What) : Command(Conversation)
    {
        public override string ToString() => $"{Conversation}: {Direction} {What.GetType().Name} {Rendering.Json(What)}";
    }

    public sealed record MarkRead(string Conversation, int UpTo) : Command(Conversation);

    public sealed record Delete(string Conversation) : Command(Conversation);

    public sealed record Erase(string Conversation) : Command(Conversation);

    public sealed record DropDouble(string Conversation, int Which) : Command(Conversation);

    internal void Run(World world)
    {
        switch (this)
        {
            case Keep keep:
                world.Keep(Conversation, keep.Delivery);
                break;
            case Change change:
                world.Change(Conversation, change.Direction, change.What);
                break;
            case MarkRead read:
                world.MarkRead(Conversation, read.UpTo);
                break;
            case Delete when world[Conversation].Head is { IsVisible: true }:
                world.Tell(Conversation, static draft => draft.Delete());
                break;
            case Erase:
                world.Erase(Conversation, 2);
                break;
            case DropDouble drop when world[Conversation].Visible.ElementAtOrDefault(drop.Which) is { } message:
                // Which message is the last one by then, only a read could tell.
                world.KnowsLastMessage = false;
                world.Tell(Conversation, draft => draft.DropDouble(message));
                break;
            default:
                break;
        }
    }
}

public static class Histories
{
    public static readonly string[] Conversations = ["hidden", "known"];
    private static readonly string[] Ids = ["M1", "M2", "M3", "M4", "M5"];

    public static Arbitrary<History> Any() => Arb.From(Gen.Choose(int.MinValue, int.MaxValue).Select(Make), Shrink);

    /// <summary>One of the commands; a message's deliveries tell one timestamp, as gateways do.</summary>
    internal static Command One(Random random, string conversation)
    {
        var id = Sample.Pick<string>(random, Ids);
        var direction = id[1] % 2 == 0 ? Direction.Out : Direction.In;
        var minute = id[1] * 7 % 3;
        return random.Next(20) switch
        {
            < 8 => new Command.Keep(conversation, Sample.Delivery(random, direction, id) with { Timestamp = Sample.Start.AddMinutes(minute) }),
            < 14 => new Command.Change(conversation, direction, Sample.Change(random, id)),
            < 16 => new Command.MarkRead(conversation, random.Next(6)),
            16 => new Command.Delete(conversation),
            17 => new Command.Erase(conversation),
            18 => new Command.DropDouble(conversation, random.Next(3)),
            _ => new Command.Keep(conversation, Sample.Delivery(random, direction, id + "x") with { Timestamp = Sample.Start.AddMinutes(minute) }),
        };
    }

    private static History Make(int seed)
    {
        var random = new Random(seed);
        return new History(
            [.. Enumerable.Range(0, random.Next(1, 25)).Select(_ => One(random, Sample.Pick<string>(random, Conversations)))], seed);
    }

    private static IEnumerable<History> Shrink(History history)
    {
        for (var i = 0; i < history.Commands.Count; i++)
        {
            yield return history with { Commands = [.. history.Commands.Take(i), .. history.Commands.Skip(i + 1)] };
        }
    }
}
