namespace Parley.GatewaySimulator.Instances;

/// <summary>The gateway's own list of an instance's messages.</summary>
public sealed class MessageStore
{
    private readonly Lock _lock = new();
    private readonly List<StoredMessage> _messages = [];
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

    /// <summary>In the order in which they came.</summary>
    public IReadOnlyList<StoredMessage> All
    {
        get
        {
            lock (_lock)
            {
                return [.. _messages];
            }
        }
    }

    public StoredMessage? Find(string id)
    {
        lock (_lock)
        {
            return _messages.FindLast(each => each.Id == id);
        }
    }

    internal void Add(StoredMessage message)
    {
        lock (_lock)
        {
            _messages.Add(message);
        }
    }

    /// <returns>False when the id came before.</returns>
    internal bool IsNew(string id)
    {
        lock (_lock)
        {
            return _seen.Add(id);
        }
    }
}
