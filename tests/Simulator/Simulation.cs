using Microsoft.Extensions.DependencyInjection;
using Parley.Domain.Addresses;
using Parley.Domain.Conversations;
using Parley.Domain.Messages;
using Parley.Domain.Sessions;
using Parley.Grains;
using Parley.Grains.Abstractions;
using Parley.Ingest;
using Parley.Ports;
using Parley.Ports.Gateways;
using Parley.Simulator.Checking;
using Parley.Simulator.Histories;
using Parley.Simulator.Hosting;
using Parley.Simulator.Scheduling;
using Parley.Simulator.Stores;
using Parley.Simulator.WhatsApp;
using Parley.Simulator.Workload;

namespace Parley.Simulator;

/// <summary>Runs one seed: makes up a history, hosts the grains, lets it happen, and holds what happened against the promises.</summary>
public sealed class Simulation
{
    private const long MostSteps = 300_000;
    private const ulong SendSeed = 0x5E4D_5E4D_5E4D_5E4D;
    private const string SendRoute = "POST /messages";
    private static readonly byte[] SendFingerprint = [1];

    private readonly Scenario _scenario;
    private readonly Dice _dice;
    private readonly SeededScheduler _scheduler;
    private readonly Faults _faults;
    private readonly Recorder _recorder;
    private readonly ModelStore _store;
    private readonly Cluster _cluster;
    private readonly List<Telling> _told;
    private readonly EchoTeller _echoes;
    private readonly SimulatedGateway _gateway;
    private readonly Dice _sendDice;
    private int _crashesLeft;
    private bool _isOver;

    private Simulation(ulong seed, Scenario scenario, Dice dice, Faults faults, bool keepsTrace)
    {
        _scenario = scenario;
        _dice = dice;
        _faults = faults;
        _told = [.. scenario.Tellings.OrderBy(t => t.Webhook.Number)];
        var trace = new Trace(keepsTrace);
        _scheduler = new SeededScheduler(dice.Fork(), trace, faults.Stall);
        _recorder = new Recorder(trace);

        // A third of the histories leaves its events to relays. Dice of their own: the others stay the histories that they were.
        var relays = new Dice(~seed);
        _store = new ModelStore(_recorder, relays.Below(3) == 0 ? relays.Fork() : null, _scheduler.Time);
        var relayLimit = relays.Pick([1, 2, 5, 500]);
        var reader = new ScriptedReader(_told);
        _sendDice = new Dice(~seed ^ SendSeed).Fork();
        _crashesLeft = scenario.Orders.Length > 0 && faults.Crashes > 0 ? _sendDice.Below(3) : 0;
        _echoes = new EchoTeller(_sendDice.Fork(), _scheduler, _told, Tell);
        _gateway = new SimulatedGateway(_scheduler, _sendDice.Fork(), faults, _recorder, scenario.Orders, _echoes) { Takes = Takes };
        var sends = SendOptionsOf(_sendDice);
        var pageSize = faults.IsCalm ? 1 : dice.Pick([1, 2, 3, 200]);
        _cluster = new Cluster(
            _scheduler,
            dice.Fork(),
            faults,
            dice.Between(1, 2),
            (cluster, node) => Composition.Compose(
                cluster, node, _scheduler, _store, faults, reader, _gateway, sends, pageSize, relayLimit));
    }

    /// <summary>Runs the history of a seed.</summary>
    public static Outcome Run(ulong seed, bool keepsTrace = false)
    {
        var dice = new Dice(seed);
        var isCalm = dice.Chance(0.2);
        var faults = new Faults(dice.Fork(), isCalm);
        var scenario = ScenarioMaker.Make(dice.Fork(), faults.Crashes, merges: isCalm);

        // A quarter of the histories sends, too. Dice of their own: the others stay the histories that they were.
        var sends = new Dice(seed ^ SendSeed).Fork();
        if (sends.Below(4) == 0)
        {
            scenario = scenario with { Orders = [.. OrderMaker.Make(sends, scenario.Cast, SeededScheduler.Start)] };
        }

        return Run(seed, scenario, dice, faults, keepsTrace);
    }

    /// <summary>Runs the webhooks of a seed in two orders, without what people do meanwhile.</summary>
    public static (Outcome One, Outcome Other) RunInTwoOrders(ulong seed)
    {
        var dice = new Dice(seed);
        var scenario = ScenarioMaker.Make(dice.Fork(), crashes: 0, isOrderFree: true);
        return (RunInSomeOrder(seed, scenario, dice.Fork()), RunInSomeOrder(seed, scenario, dice.Fork()));
    }

    private static Outcome RunInSomeOrder(ulong seed, Scenario scenario, Dice dice)
    {
        var faults = new Faults(dice.Fork());
        return Run(seed, ScenarioMaker.Reorder(scenario, dice.Fork()), dice, faults, keepsTrace: false);
    }

    private static Outcome Run(ulong seed, Scenario scenario, Dice dice, Faults faults, bool keepsTrace)
    {
        var simulation = new Simulation(seed, scenario, dice, faults, keepsTrace);
        IReadOnlyList<Violation> violations;
        var fingerprint = "";
        try
        {
            var history = simulation.Play();
            violations = Checker.Check(history);
            fingerprint = Checker.FingerprintOf(history);
        }
        catch (Exception e)
        {
            violations = [new Violation("stopped", e.ToString())];
        }

        var trace = simulation._scheduler.Trace;
        return new Outcome(seed, violations, trace.Hash, simulation._scheduler.Steps, trace.Lines, fingerprint);
    }

    private History Play()
    {
        _scheduler.RunUntil(_scheduler.World.Run(PlayAll), MostSteps);
        return new History
        {
            Steps = _recorder.Steps,
            Told = [.. _told.Select(static t => t.Webhook)],
            Asked = [.. _scenario.Orders.Select(Asked)],
            WorkLeft = [.. _store.WorkLeft, .. _store.Unnumbered.Select(static subject => $"events of {subject}")],
            IsCalm = _faults.IsCalm,
        };
    }

    private AskedFor Asked(Order order)
    {
        var isAlone = _scenario.Orders.All(o => o.Number == order.Number || o.Text != order.Text) && order.TypedAt is null;
        var hasOneName = order.Person is { Lids.Length: 0 } && order.Line is { NumberKnown: NumberKnown.Always, Sessions.Length: 1 };
        return new AskedFor(ScenarioMaker.Tenant, order.MessageId, order.Line.NameFor(order.SessionId), order.Text, isAlone && hasOneName);
    }

    private async Task PlayAll()
    {
        if (!_scenario.Orders.IsEmpty)
        {
            await OpenSessions();
        }

        var all = _scenario.Tellings.Select(t => _scheduler.World.Run(() => Tell(t)))
            .Concat(_scenario.Deeds.Select(d => _scheduler.World.Run(() => Do(d))))
            .Concat(_scenario.Crashes.Select(c => _scheduler.World.Run(() => Crash(c))))
            .Concat(_scenario.Orders.Select(o => _scheduler.World.Run(() => Order(o))))
            .Concat(_scenario.Orders.Where(o => o.CancelledAt is not null).Select(o => _scheduler.World.Run(() => Cancel(o))))
            .Concat(_scenario.Orders.Where(o => o.TypedAt is not null).Select(o => _scheduler.World.Run(() => Type(o))))
            .Append(_scheduler.World.Run(CalmDown))
            .ToList();
        var clock = _scheduler.World.Run(WakeWorkers);
        await Task.WhenAll(all);
        await SendingEnds();
        _isOver = true;
        await clock;
        for (var round = 0; round < 10 && !_store.WorkLeft.IsEmpty; round++)
        {
            await RunWorkers(await AnyNode());
            await _scheduler.Delay(TimeSpan.FromSeconds(1));
        }

        _recorder.Add(new AllAnswered());
        await Rest();
    }

    /// <summary>A gateway posts a webhook until it is answered with success.</summary>
    private async Task Tell(Telling telling)
    {
        await _scheduler.Delay(telling.At);
        if (telling.WaitsForMerge)
        {
            await Task.WhenAny(_store.NextSeal, _scheduler.Delay(TimeSpan.FromSeconds(15)));
            await _scheduler.Delay(TimeSpan.FromMilliseconds(_dice.Below(4) == 0 ? _dice.Below(500) : 0));
        }

        while (true)
        {
            var node = await AnyNode();
            try
            {
                await node.Serve(async () =>
                {
                    var counts = await node.Services.GetRequiredService<WebhookIntake>()
                        .Take(telling.Webhook.TenantId, new MemoryStream(ScriptedReader.BodyOf(telling)), CancellationToken.None);

                    // The answer is given here: all of it must be durable now, whether the gateway hears it or not.
                    _recorder.Add(new WebhookAnswered(telling.Webhook));
                    _scheduler.Trace.Line(node.Name, $"answers webhook {telling.Webhook.Number}: {counts}");
                    return counts;
                });
                return;
            }
            catch (Exception e) when (e is NodeDiedException or IntakeUnavailableException)
            {
                _scheduler.Trace.Line("gateway", $"posts webhook {telling.Webhook.Number} again: {e.Message}");
                await _scheduler.Delay(TimeSpan.FromMilliseconds(_dice.Between(200, 3_000)));
            }
        }
    }

    /// <summary>The gateway runs every line, and each is open: whoever wants to send can.</summary>
    private async Task OpenSessions()
    {
        var now = _scheduler.Time.GetUtcNow();
        await _store.CreateGateway(
            new Gateway(SimulatedGateway.Id, SimulatedGateway.Kind, "http://gateway.invalid", "", [], "", now, now), CancellationToken.None);
        foreach (var line in _scenario.Cast.Lines)
        {
            foreach (var sessionId in line.Sessions)
            {
                var session = new Session
                {
                    SessionId = sessionId,
                    Version = 1,
                    GatewayId = SimulatedGateway.Id,
                    InstanceName = sessionId,
                    Status = SessionStatus.Open,
                    PhoneNumber = line.NumberKnown == NumberKnown.Always ? line.Number : null,
                    CreatedAt = now,
                    UpdatedAt = now,
                };
                await _store.Commit(new SessionCommit { TenantId = ScenarioMaker.Tenant, Session = session }, CancellationToken.None);
            }
        }
    }

    /// <summary>The tenant asks for a message to be sent until it is answered, and perhaps once more.</summary>
    private async Task Order(Order order)
    {
        await _scheduler.Delay(order.At);

        // As if a first try had died once it had its key: so the id of the message is the seed's.
        var (now, pair) = (_scheduler.Time.GetUtcNow(), AddressPair.Of(order.Line.NameFor(order.SessionId), order.To));
        var found = await _store.FindConversations(ScenarioMaker.Tenant, [pair], CancellationToken.None);
        var conversationId = found.GetValueOrDefault(pair) ?? ConversationId.Of(order.Line.NameFor(order.SessionId), order.To);
        var row = new IdempotencyRow(SendRoute, $"{order.Number}", SendFingerprint, conversationId, order.MessageId, now, now - Sending.TryLasts);
        await _store.BeginKey(ScenarioMaker.Tenant, row, CancellationToken.None);
        await AskFor(order);
        if (order.AskedAgainAt is { } again)
        {
            await _scheduler.Delay(again - _scheduler.Time.Elapsed);
            await AskFor(order);
        }
    }

    private async Task AskFor(Order order)
    {
        var content = new MessageContent { Type = MessageType.Text, Text = order.Text, Mentions = [order.Mark] };
        var request = new SendingRequest(order.SessionId, order.To, SeededScheduler.Start + order.At + order.Expires);
        while (true)
        {
            var node = await AnyNode();
            try
            {
                var outcome = await node.Serve(async () =>
                {
                    TenantContext.Set(ScenarioMaker.Tenant);
                    var result = await node.Services.GetRequiredService<Sending>().Send(
                        ScenarioMaker.Tenant,
                        request,
                        _ => Task.FromResult(content),
                        new SendingKey(SendRoute, $"{order.Number}", SendFingerprint),
                        CancellationToken.None);
                    if (result.Outcome is SendingOutcome.Queued or SendingOutcome.Known)
                    {
                        _recorder.Add(new SendAnswered(ScenarioMaker.Tenant, order.MessageId));
                    }

                    _scheduler.Trace.Line(node.Name, $"answers order {order.Number}: {result.Outcome}");
                    return result.Outcome;
                });
                if (outcome is SendingOutcome.Queued or SendingOutcome.Known)
                {
                    return;
                }

                await _scheduler.Delay(outcome == SendingOutcome.InFlight
                    ? Sending.TryLasts
                    : throw new InvalidOperationException($"Order {order.Number} was answered {outcome}."));
            }
            catch (Exception e) when (e is NodeDiedException || Retryable.Is(e))
            {
                _scheduler.Trace.Line("tenant", $"asks for order {order.Number} again: {e.Message}");
                await _scheduler.Delay(TimeSpan.FromMilliseconds(_sendDice.Between(200, 3_000)));
            }
        }
    }

    private async Task Cancel(Order order)
    {
        await _scheduler.Delay(order.CancelledAt!.Value);
        var node = await AnyNode();
        try
        {
            await node.Serve(async () =>
            {
                TenantContext.Set(ScenarioMaker.Tenant);
                if (await _store.FindById(ScenarioMaker.Tenant, order.MessageId, CancellationToken.None) is { } kept
                    && await node.Services.GetRequiredService<Sending>().Cancel(
                        ScenarioMaker.Tenant, kept.ConversationId, order.MessageId, CancellationToken.None))
                {
                    _recorder.Add(new CancelAnswered(ScenarioMaker.Tenant, order.MessageId));
                    _scheduler.Trace.Line(node.Name, $"answers that order {order.Number} is cancelled");
                }

                return true;
            });
        }
        catch (Exception e) when (e is NodeDiedException || Retryable.Is(e))
        {
            _scheduler.Trace.Line("tenant", $"could not cancel order {order.Number}: {e.Message}");
        }
    }

    /// <summary>The line's owner writes the same on the phone.</summary>
    private async Task Type(Order order)
    {
        await _scheduler.Delay(order.TypedAt!.Value);
        _echoes.Tell(order, $"P{order.Number}", _scheduler.Time.GetUtcNow(), byApi: false);
    }

    /// <summary>Now and then a node dies while its message is on its way.</summary>
    private void Takes(Node node)
    {
        if (_crashesLeft > 0 && node.IsAlive && _faults.AreOn && _sendDice.Chance(0.5))
        {
            _crashesLeft--;
            _cluster.Kill(node);
            _ = _scheduler.World.Run(async () =>
            {
                await _scheduler.Delay(TimeSpan.FromMilliseconds(_sendDice.Between(1, 2_000)));
                _cluster.Start();
            });
        }
    }

    /// <summary>What is to be sent has been, or nobody can know any more; and what there is to tell of it is told.</summary>
    private async Task SendingEnds()
    {
        for (var i = 0; i < 200 && (_store.HasSends || _gateway.IsBusy || !_echoes.IsDone); i++)
        {
            await _scheduler.Delay(TimeSpan.FromSeconds(5));
        }
    }

    /// <summary>Half of the histories gives up soon, so that what was abandoned meets what goes on.</summary>
    private static SendOptions SendOptionsOf(Dice dice) => dice.Chance(0.5)
        ? new SendOptions()
        : new SendOptions
        {
            LeavesWithin = TimeSpan.FromSeconds(2),
            Timeout = TimeSpan.FromSeconds(5),
            Grace = TimeSpan.FromSeconds(1),
        };

    private async Task Do(Deed deed)
    {
        await _scheduler.Delay(deed.At);
        if (deed.Kind == DeedKind.DeleteTakingOver && !await TakingOverComes())
        {
            return;
        }

        var node = await AnyNode();
        try
        {
            await node.Serve(async () =>
            {
                TenantContext.Set(deed.TenantId);
                var finder = node.Services.GetRequiredService<ConversationFinder>();
                var found = deed.Kind == DeedKind.DeleteTakingOver
                    ? _store.TakingOver
                    : await finder.Find(deed.TenantId, deed.Line, deed.Peer, CancellationToken.None);
                if (found is { } id)
                {
                    await Do(node, deed, id);
                }

                return true;
            });
        }
        catch (Exception e) when (e is NodeDiedException || Retryable.Is(e))
        {
            _scheduler.Trace.Line("person", $"{deed.Kind} failed: {e.Message}");
        }
    }

    private async Task<bool> TakingOverComes()
    {
        for (var i = 0; i < 500; i++)
        {
            if (_store.TakingOver is not null)
            {
                return true;
            }

            await _scheduler.Delay(TimeSpan.FromMilliseconds(5));
        }

        return false;
    }

    private async Task Do(Node node, Deed deed, string id)
    {
        var actions = node.Services.GetRequiredService<ConversationActions>();
        var seen = await _store.ReadHead(deed.TenantId, id, CancellationToken.None);
        if (deed.Kind == DeedKind.MarkRead)
        {
            if (await actions.MarkRead(deed.TenantId, id, null, CancellationToken.None) is not null)
            {
                _recorder.Add(new ReadAnswered(deed.TenantId, id, seen!.LastSequence));
            }
        }
        else if (await actions.Delete(deed.TenantId, id, CancellationToken.None))
        {
            _recorder.Add(new DeletionAnswered(deed.TenantId, id, seen!.LastSequence));
        }

        _scheduler.Trace.Line(node.Name, $"answers {deed.Kind} of {id}");
    }

    private async Task Crash(TimeSpan at)
    {
        await _scheduler.Delay(at);
        _cluster.Kill(await AnyNode());
        await _scheduler.Delay(TimeSpan.FromMilliseconds(_dice.Between(1, 2_000)));
        _cluster.Start();
    }

    private async Task<Node> AnyNode()
    {
        while (_cluster.Nodes.Count == 0)
        {
            await _scheduler.Delay(TimeSpan.FromMilliseconds(50));
        }

        return _dice.Pick(_cluster.Nodes);
    }

    /// <summary>The clock that wakes workers in every silo.</summary>
    private async Task WakeWorkers()
    {
        while (!_isOver)
        {
            await _scheduler.Delay(TimeSpan.FromSeconds(5));
            var node = await AnyNode();
            foreach (var tenantId in _store.TenantIds)
            {
                try
                {
                    await node.Serve(() => RunWorker(node, tenantId));
                }
                catch (Exception e) when (e is NodeDiedException || Retryable.Is(e))
                {
                    _scheduler.Trace.Line("clock", $"will wake the worker again: {e.Message}");
                }
            }
        }
    }

    /// <summary>An owner that was passed by learns of it only now, and fails once.</summary>
    private async Task Patiently(Node node, Func<Task<bool>> work)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await node.Serve(work);
                return;
            }
            catch (Exception e) when (Retryable.Is(e) && attempt < 10)
            {
                await _scheduler.Delay(TimeSpan.FromSeconds(1));
            }
        }
    }

    private async Task RunWorkers(Node node)
    {
        foreach (var tenantId in _store.TenantIds)
        {
            await Patiently(node, () => RunWorker(node, tenantId));
        }
    }

    private static async Task<bool> RunSweep(Node node)
    {
        TenantContext.Clear();
        await node.Services.GetRequiredService<IGrainFactory>().GetGrain<ISweepGrain>("sweep").Run();
        return true;
    }

    private static Task<bool> RunWorker(Node node, string tenantId)
    {
        TenantContext.Set(tenantId);
        return node.Services.GetRequiredService<IGrainFactory>().GetGrain<ITenantWorkerGrain>(tenantId).Run();
    }

    /// <summary>The faults end: what was tried so long can end, too.</summary>
    private async Task CalmDown()
    {
        await _scheduler.Delay(TimeSpan.FromSeconds(45));
        _faults.AreOn = false;
        _cluster.Heal();
        _scheduler.Trace.Line("world", $"the faults are over");
    }

    /// <summary>Workers and sweep run until nothing is left to do.</summary>
    private async Task Rest()
    {
        // What acts late has acted by then, and what nodes trusted is forgotten.
        await _scheduler.Delay(TimeSpan.FromMinutes(2));
        for (var round = 0; round < 20; round++)
        {
            var before = _recorder.Count;
            var node = await AnyNode();
            await Patiently(node, () => RunSweep(node));
            await RunWorkers(node);

            if (_recorder.Count == before && _store.WorkLeft.IsEmpty && _store.Unnumbered.IsEmpty)
            {
                return;
            }

            await _scheduler.Delay(TimeSpan.FromSeconds(1));
        }
    }
}

/// <summary>How a seed's history ended.</summary>
/// <param name="Fingerprint">The end state as far as no order may change it.</param>
public sealed record Outcome(
    ulong Seed, IReadOnlyList<Violation> Violations, ulong TraceHash, long Steps, IReadOnlyList<string> Trace, string Fingerprint);
