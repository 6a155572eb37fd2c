using System.Collections.Concurrent;
using NSubstitute;
using Parley.Domain.Sessions;
using Parley.Ports.Gateways;

namespace Parley.Grains.Tests;

/// <summary>A gateway that has instances in memory, and does or says what a test wants.</summary>
internal sealed class Lines
{
    private readonly ConcurrentDictionary<string, InstanceWebhook> _webhooks = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, SessionStatus?> _states = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<(string Call, string Instance)> _asked = new();
    private readonly ConcurrentDictionary<(string Call, string Instance), ConcurrentQueue<(bool Done, GatewayFault Fault)>> _faults = new();

    public Lines()
    {
        Gateway = Substitute.For<IGateway>();
        Gateway.Kind.Returns("lines");
        Gateway.Create(default!, default!, default).ReturnsForAnyArgs(call =>
        {
            var order = call.Arg<InstanceOrder>();
            return Ask<InstanceWebhook?>("create", order.InstanceName, () => _webhooks.TryAdd(order.InstanceName, order.Webhook)
                ? order.Webhook
                : throw new GatewayException(GatewayFault.NameTaken, "taken"));
        });
        Gateway.Complete(default!, default!, default).ReturnsForAnyArgs(call =>
        {
            var name = call.Arg<InstanceOrder>().InstanceName;
            return Ask("complete", name, () => Known(name, _webhooks.GetValueOrDefault(name)));
        });
        Gateway.Connect(default!, default!, default, default).ReturnsForAnyArgs(call =>
            Ask("connect", Name(call), () => new ConnectAnswer(Set(Name(call), SessionStatus.Connecting), null)));
        Gateway.ReadState(default!, default!, default).ReturnsForAnyArgs(call =>
            Ask("state", Name(call), () => new InstanceState(Known(Name(call), _states.GetValueOrDefault(Name(call))), null)));
        Gateway.ReadWebhook(default!, default!, default).ReturnsForAnyArgs(call =>
            Ask("webhook", Name(call), () => Known(Name(call), _webhooks.GetValueOrDefault(Name(call)))));
        Gateway.SetWebhook(default!, default!, default!, default).ReturnsForAnyArgs(call =>
            Ask<InstanceWebhook?>("set webhook", Name(call), () => Known(Name(call), _webhooks[Name(call)] = call.Arg<InstanceWebhook>())));
        Gateway.Delete(default!, default!, default).ReturnsForAnyArgs(call => Ask("delete", Name(call), () => _webhooks.TryRemove(Name(call), out _)));
        Gateway.Restart(default!, default!, default).ReturnsForAnyArgs(call => Ask("restart", Name(call), () => true));
    }

    public IGateway Gateway { get; }

    /// <summary>An instance that is there, and its webhook.</summary>
    public void Add(string instance, string url, SessionStatus status)
    {
        _webhooks[instance] = new InstanceWebhook(url, ["MESSAGES_UPSERT"], System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty);
        _states[instance] = status;
    }

    public SessionStatus Set(string instance, SessionStatus status)
    {
        _states[instance] = status;
        return status;
    }

    public InstanceWebhook? Webhook(string instance) => _webhooks.GetValueOrDefault(instance);

    /// <summary>The next call of a kind fails.</summary>
    /// <param name="done">Whether what was asked for is done all the same.</param>
    public void Fail(string call, string instance, GatewayFault fault, bool done = false) =>
        _faults.GetOrAdd((call, instance), static _ => new()).Enqueue((done, fault));

    public int Asked(string call, string instance) => _asked.Count(a => a == (call, instance));

    private static string Name(NSubstitute.Core.CallInfo call) => (string)call[1];

    private T Known<T>(string instance, T value) =>
        _webhooks.ContainsKey(instance) ? value : throw new GatewayException(GatewayFault.InstanceMissing, "missing");

    private async Task<T> Ask<T>(string call, string instance, Func<T> answer)
    {
        _asked.Enqueue((call, instance));
        await Task.Yield();
        if (_faults.TryGetValue((call, instance), out var faults) && faults.TryDequeue(out var fault))
        {
            if (fault.Done)
            {
                answer();
            }

            throw new GatewayException(fault.Fault, "scripted");
        }

        return answer();
    }
}
