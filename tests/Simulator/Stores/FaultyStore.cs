using Parley.Ports;
using Parley.Simulator.Scheduling;

namespace Parley.Simulator.Stores;

/// <summary>A node's way to the store: slow, and now and then a call is lost, or its answer, or it acts after its caller gave up.</summary>
/// <param name="relayLimit">Rows that a relay takes at once at most.</param>
/// <remarks>The store's side of a call runs in the world, so it goes on when the node that called is dead.</remarks>
public sealed partial class FaultyStore(ModelStore store, SeededScheduler scheduler, Faults faults, Lane lane, int relayLimit)
{
    /// <summary>The longest that a store port may take.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    private int _calls;

    private enum Fate
    {
        Acts,
        IsLost,
        LosesItsAnswer,
        ActsLate,
    }

    private Task<bool> Call(string what, object? about, Func<Task> act, CancellationToken cancellationToken) => Call(
        what,
        about,
        async () =>
        {
            await act();
            return true;
        },
        cancellationToken);

    private async Task<T> Call<T>(string what, object? about, Func<Task<T>> act, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var (node, began) = (lane.Name, scheduler.Time.Elapsed);
        var fate = faults.Happens(faults.Lost) ? Fate.IsLost
            : faults.Happens(faults.AnswerLost) ? Fate.LosesItsAnswer
            : faults.Happens(faults.Late) ? Fate.ActsLate
            : Fate.Acts;
        var call = ++_calls;
        scheduler.Trace.Line(node, $"store call {call} {what} of {new Shown(about)}{(fate == Fate.Acts ? "" : $" [{fate}]")}");
        var storeSide = scheduler.World.Run(() => StoreSide(call, what, fate, began, act));
        try
        {
            return await storeSide.WaitAsync(Deadline, scheduler.Time, cancellationToken);
        }
        catch (TimeoutException e)
        {
            throw new StoreOutcomeUnknownException($"{what}: no answer in time.", e);
        }
    }

    private async Task<T> StoreSide<T>(int call, string what, Fate fate, TimeSpan began, Func<Task<T>> act)
    {
        await scheduler.Delay(faults.Latency());
        switch (fate)
        {
            case Fate.IsLost:
                throw new StoreUnavailableException($"{what}: lost.");
            case Fate.ActsLate:
                _ = scheduler.World.Run(() => ActLate(call, what, act));
                throw new StoreOutcomeUnknownException($"{what}: nobody knows.");
            default:
                var result = await Act(act, isLate: lane.IsDead || scheduler.Time.Elapsed - began >= Deadline);
                scheduler.Trace.Line(lane.Name, $"store did {call} {what}: {new Shown(result)}");
                await scheduler.Delay(faults.Latency());
                return fate == Fate.LosesItsAnswer ? throw new StoreOutcomeUnknownException($"{what}: the answer is lost.") : result;
        }
    }

    private async Task ActLate<T>(int call, string what, Func<Task<T>> act)
    {
        await scheduler.Delay(faults.Latency() * 4);
        var result = await Act(act, isLate: true);
        scheduler.Trace.Line(lane.Name, $"store did {call} {what} late: {new Shown(result)}");
    }

    private Task<T> Act<T>(Func<Task<T>> act, bool isLate)
    {
        store.IsLate = isLate;
        return act();
    }
}
