using Parley.Domain.Messages;
using Parley.Ports.Gateways;
using Parley.Simulator.Histories;
using Parley.Simulator.Hosting;
using Parley.Simulator.Scheduling;
using Parley.Simulator.Stores;
using Parley.Simulator.Workload;

namespace Parley.Simulator.WhatsApp;

/// <summary>The gateway that all lines are run by: takes a message and says so, or takes it and does not, or late, or not at all.</summary>
/// <remarks>It lives in the world: a message that is on its way when its node dies is taken all the same.</remarks>
internal sealed class SimulatedGateway(
    SeededScheduler scheduler, Dice dice, Faults faults, Recorder recorder, IReadOnlyList<Order> orders, EchoTeller echoes)
{
    public const string Id = "gateway";
    public const string Kind = "simulated";

    private readonly bool _isKind = dice.Chance(0.25);
    private int _lastId;
    private int _late;

    private enum Fate
    {
        Answers,

        /// <summary>It takes it, and its answer is lost.</summary>
        LosesItsAnswer,

        /// <summary>It takes it and answers when nobody waits any more.</summary>
        Hangs,

        /// <summary>Its answer is an error, and it takes it later.</summary>
        TakesItLate,

        /// <summary>Its answer is an error of which nobody knows what it means; it does not take it.</summary>
        LosesIt,

        /// <summary>It says that it does not take it.</summary>
        RefusesIt,
    }

    /// <summary>Whether something that it has answered is still to be taken.</summary>
    public bool IsBusy => _late > 0;

    /// <summary>Told of a node whose message it takes at that moment; the worst time to die.</summary>
    public Action<Node>? Takes { get; set; }

    public async Task<SendAnswer> Send(Node node, OutgoingMessage message, TimeSpan timeout)
    {
        var order = OrderOf(message);
        await scheduler.Delay(faults.Latency());
        var fate = FateOf();
        scheduler.Trace.Line("gateway", $"gets order {order.Number} for {message.To}: {fate}");
        switch (fate)
        {
            case Fate.RefusesIt:
                throw new GatewayException(dice.Chance(0.5) ? GatewayFault.Busy : GatewayFault.Unreachable, "Not now.");
            case Fate.LosesIt:
                throw new GatewayException(GatewayFault.Unknown, "500.");
            case Fate.TakesItLate:
                _late++;
                _ = scheduler.World.Run(() => TakeLate(order, timeout));
                throw new GatewayException(GatewayFault.Unknown, "500.");
        }

        var answer = Take(order, message, isLate: false);
        Takes?.Invoke(node);
        await scheduler.Delay(TimeSpan.FromMilliseconds(dice.Below(3) switch { 0 => 0, 1 => dice.Below(20), _ => dice.Below(3_000) }));
        switch (fate)
        {
            case Fate.LosesItsAnswer:
                throw new GatewayException(GatewayFault.Unknown, "The answer was cut off.");
            case Fate.Hangs:
                await scheduler.Delay(timeout * 2);
                break;
        }

        return answer;
    }

    /// <summary>Its answer has reached whoever asked.</summary>
    public void Heard(OutgoingMessage message, SendAnswer answer) =>
        recorder.Add(new SendHeard(ScenarioMaker.Tenant, OrderOf(message).MessageId, answer.ExternalId));

    private Order OrderOf(OutgoingMessage message) => orders[Order.NumberOf(message.Content.Mentions[0]) - 1];

    private Fate FateOf() => _isKind || !faults.AreOn ? Fate.Answers : dice.Below(20) switch
    {
        < 11 => Fate.Answers,
        < 13 => Fate.LosesItsAnswer,
        < 14 => Fate.Hangs,
        < 16 => Fate.TakesItLate,
        < 17 => Fate.LosesIt,
        _ => Fate.RefusesIt,
    };

    private async Task TakeLate(Order order, TimeSpan timeout)
    {
        await scheduler.Delay(dice.Below(2) == 0 ? TimeSpan.FromMilliseconds(dice.Below(2_000)) : timeout * dice.Between(1, 3));
        Take(order, null, isLate: true);
        _late--;
    }

    private SendAnswer Take(Order order, OutgoingMessage? message, bool isLate)
    {
        var (id, at) = ($"W{++_lastId}", scheduler.Time.GetUtcNow());
        recorder.Add(new SentOut(ScenarioMaker.Tenant, order.MessageId, id, isLate));
        scheduler.Trace.Line("gateway", $"takes order {order.Number} as {id}");
        echoes.Tell(order, id, at, byApi: true);
        return new SendAnswer(
            id,
            dice.Chance(0.5) ? message?.To : null,
            dice.Pick<MessageStatus?>([null, MessageStatus.Pending]),
            dice.Chance(0.7) ? at : null);
    }
}
