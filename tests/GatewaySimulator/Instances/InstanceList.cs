using System.Collections.Concurrent;

namespace Parley.GatewaySimulator.Instances;

/// <summary>The gateway's instances, by name.</summary>
public sealed class InstanceList
{
    private readonly SimulatedGateway _gateway;
    private readonly ConcurrentDictionary<string, Instance> _byName = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, MessageStore> _left = new(StringComparer.Ordinal);

    internal InstanceList(SimulatedGateway gateway) => _gateway = gateway;

    public IReadOnlyList<Instance> All => [.. _byName.Values.OrderBy(each => each.CreatedAt)];

    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public Instance this[string name] =>
        Find(name) ?? throw new KeyNotFoundException($"The gateway has no instance {name}; it has: {string.Join(", ", _byName.Keys)}.");

    public Instance? Find(string name) => _byName.GetValueOrDefault(name);

    /// <returns>Null when the name is taken.</returns>
    public Instance? Add(string name, string? token = null, string? number = null, bool ownChannel = false)
    {
        var instance = new Instance(_gateway, name, token ?? NewIds.Token(), number) { IsOwnChannel = ownChannel };
        if (ownChannel)
        {
            instance.Connection.OpenUnpaired();
        }

        // v1 keeps the messages of a deleted instance; the next of that name reads them.
        if (_left.TryGetValue(name, out var messages))
        {
            instance.Messages = messages;
        }

        return _byName.TryAdd(name, instance) ? instance : null;
    }

    internal void Remove(Instance instance)
    {
        _byName.TryRemove(instance.Name, out _);
        if (_gateway.Dialect.IsV1)
        {
            _left[instance.Name] = instance.Messages;
        }
    }
}
