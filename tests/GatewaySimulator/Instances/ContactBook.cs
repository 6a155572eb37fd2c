using System.Collections.Concurrent;

namespace Parley.GatewaySimulator.Instances;

/// <summary>The chats that an instance has met: the first time is told differently, and numbers of these are known.</summary>
internal sealed class ContactBook
{
    private readonly ConcurrentDictionary<string, bool> _jids = new(StringComparer.Ordinal);

    public IReadOnlyList<string> All => [.. _jids.Keys.Order(StringComparer.Ordinal)];

    /// <returns>False when it was met before.</returns>
    public bool Add(string jid) => _jids.TryAdd(jid, true);

    public bool Contains(string jid) => _jids.ContainsKey(jid);
}
