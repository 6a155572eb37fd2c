using System.Reflection;
using Orleans.Concurrency;
using Parley.Grains.Abstractions;
using Parley.Simulator.Scheduling;
using Parley.Simulator.Stores;

namespace Parley.Simulator.Hosting;

/// <summary>Nodes and the grains in them: takes each call to an owner of its key, and now and then to the wrong one, or to none.</summary>
internal sealed class Cluster
{
    private static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(15);

    private readonly SeededScheduler _scheduler;
    private readonly Dice _dice;
    private readonly Faults _faults;
    private readonly Func<Cluster, Node, IServiceProvider> _compose;
    private readonly Dictionary<(Type Interface, string Key), List<Activation>> _owners = [];
    private int _started;

    public Cluster(SeededScheduler scheduler, Dice dice, Faults faults, int nodes, Func<Cluster, Node, IServiceProvider> compose)
    {
        (_scheduler, _dice, _faults, _compose) = (scheduler, dice, faults, compose);
        for (var i = 0; i < nodes; i++)
        {
            Start();
        }
    }

    public List<Node> Nodes { get; } = [];

    public void Start()
    {
        var name = $"node{++_started}";
        var node = new Node(name, _scheduler.NewLane(name));
        node.Services = _compose(this, node);
        Nodes.Add(node);
    }

    public void Kill(Node node)
    {
        _scheduler.Trace.Line(node.Name, $"dies");
        Nodes.Remove(node);
        node.Kill();
        foreach (var owners in _owners.Values)
        {
            owners.RemoveAll(a => a.Node == node);
        }
    }

    /// <summary>The cluster agrees again on who owns what.</summary>
    public void Heal()
    {
        foreach (var owners in _owners.Values.Where(o => o.Count > 1))
        {
            owners.RemoveRange(0, owners.Count - 1);
        }
    }

    public async Task<T> Call<TGrain, T>(Node from, string key, string method, Func<TGrain, Task<T>> call)
        where TGrain : class
    {
        CheckTenant(typeof(TGrain), key);
        if (_faults.Happens(_faults.CallLost))
        {
            _scheduler.Trace.Line(from.Name, $"call {method} of {key} is lost");
            await _scheduler.Delay(_faults.Latency());
            throw new TimeoutException($"No answer from {key}.");
        }

        if (_faults.Happens(_faults.CallDoubled))
        {
            // A caller that did not wait for its answer asks again.
            _ = Deliver(from, key, method, call).ContinueWith(
                static t => t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, _scheduler.World);
        }

        var answer = Deliver(from, key, method, call);
        if (_faults.Happens(_faults.CallAnswerLost))
        {
            await ((Task)answer).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            _scheduler.Trace.Line(from.Name, $"answer to {method} of {key} is lost");
            throw new TimeoutException($"No answer from {key}.");
        }

        return await answer.WaitAsync(ResponseTimeout, _scheduler.Time);
    }

    private async Task<T> Deliver<TGrain, T>(Node from, string key, string method, Func<TGrain, Task<T>> call)
        where TGrain : class
    {
        await _scheduler.Delay(_faults.Latency());
        var activation = Locate(typeof(TGrain), key, from);
        _scheduler.Trace.Line(from.Name, $"call {method} -> {activation.Name}");
        try
        {
            return await activation.Node.Serve(() => activation.Invoke(grain => call((TGrain)grain)));
        }
        catch (NodeDiedException e)
        {
            throw new SiloUnavailableException("The silo of the grain died.", e);
        }
        finally
        {
            if (_faults.Happens(_faults.Forgotten) && !activation.IsEnding)
            {
                activation.Deactivate(new DeactivationReason(DeactivationReasonCode.ActivationIdle, "idle"));
            }
        }
    }

    private Activation Locate(Type grain, string key, Node from)
    {
        if (!_owners.TryGetValue((grain, key), out var owners))
        {
            _owners.Add((grain, key), owners = []);
        }

        owners.RemoveAll(static a => a.IsEnding || !a.Node.IsAlive);
        if (owners.Count == 0 || (owners.Count < 3 && _faults.Happens(_faults.SecondOwner)))
        {
            owners.Add(Activate(grain, key, from.IsAlive && _dice.Chance(0.5) ? from : _dice.Pick(Nodes)));
            return owners[^1];
        }

        // Some callers still have the older owner's address.
        return owners.Count > 1 && _dice.Chance(0.4) ? _dice.Pick(owners) : owners[^1];
    }

    private Activation Activate(Type grain, string key, Node node)
    {
        var implementation = Composition.ClassOf(grain);
        var name = $"{implementation.Name}({key})@{node.Name}/{_owners.Count}.{_dice.Below(1000)}";
        var isReentrant = implementation.GetCustomAttribute<ReentrantAttribute>() is not null;
        var activation = new Activation(node, GrainId.Create("sim", key), name, isReentrant);
        activation.GrainInstance = Composition.Create(implementation, activation, node.Services);
        _scheduler.Trace.Line(node.Name, $"activates {name}");
        activation.Activated = node.Lane.Run(() => ((IGrainBase)activation.GrainInstance).OnActivateAsync(CancellationToken.None));
        return activation;
    }

    /// <summary>What the call filter of the silo does: a tenant's grain is called in that tenant's name only.</summary>
    private static void CheckTenant(Type grain, string key)
    {
        if (grain.IsDefined(typeof(TenantGrainAttribute), inherit: false) && TenantContext.TenantId != GrainKey.Parse(key).TenantId)
        {
            throw new InvalidOperationException($"{grain.Name} {key} is called in the name of '{TenantContext.TenantId}'.");
        }

        if (grain.IsDefined(typeof(SystemGrainAttribute), inherit: false) && TenantContext.TenantId is { } tenant)
        {
            throw new InvalidOperationException($"{grain.Name} {key} is called in the name of '{tenant}'.");
        }
    }
}
