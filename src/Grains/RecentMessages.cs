using Parley.Domain.Conversations;

namespace Parley.Grains;

/// <summary>
/// What this activation committed lately: lies over every read that began before it, so that a read counts as of now.
/// </summary>
/// <remarks>Entries stay until every read begun before their commit has ended; beyond that some are kept as a cache, for the
/// receipts that follow a message. While this activation is the owner, an entry is the truth.</remarks>
internal sealed class RecentMessages(int capacity = 16)
{
    private readonly Dictionary<MessageKey, (KnownMessage Message, long Commit)> _entries = [];
    private readonly Queue<(MessageKey Key, long Commit)> _order = new();
    private readonly SortedDictionary<long, int> _reads = [];
    private long _commit;

    /// <summary>Marks the begin of a read; what is committed from now on is kept at least until it is disposed.</summary>
    public IDisposable BeginRead()
    {
        var at = _commit;
        _reads[at] = _reads.GetValueOrDefault(at) + 1;
        return new Reading(this, at);
    }

    public KnownMessage? Find(MessageKey key) => _entries.TryGetValue(key, out var entry) ? entry.Message : null;

    /// <summary>Takes in what one commit made of messages.</summary>
    public void Add(IReadOnlyDictionary<MessageKey, KnownMessage> committed)
    {
        _commit++;
        foreach (var (key, message) in committed)
        {
            _entries[key] = (message, _commit);
            _order.Enqueue((key, _commit));
        }

        Trim();
    }

    private void Trim()
    {
        var oldestRead = _reads.Count == 0 ? long.MaxValue : _reads.First().Key;
        while (_order.Count > capacity && _order.Peek().Commit <= oldestRead)
        {
            var (key, commit) = _order.Dequeue();
            if (_entries.TryGetValue(key, out var entry) && entry.Commit == commit)
            {
                _entries.Remove(key);
            }
        }
    }

    private void EndRead(long at)
    {
        if (--_reads[at] == 0)
        {
            _reads.Remove(at);
            Trim();
        }
    }

    private sealed class Reading(RecentMessages owner, long at) : IDisposable
    {
        private bool _ended;

        public void Dispose()
        {
            if (!_ended)
            {
                _ended = true;
                owner.EndRead(at);
            }
        }
    }
}
