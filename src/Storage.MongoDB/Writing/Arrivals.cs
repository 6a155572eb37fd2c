using System.Threading.Channels;

namespace Parley.Storage.MongoDB.Writing;

/// <summary>Tells which shards have new events, each one once until it was taken.</summary>
internal sealed class Arrivals
{
    private readonly Channel<int> _shards = Channel.CreateUnbounded<int>();
    private readonly HashSet<int> _told = [];
    private bool _heard;

    public void Tell(int shard)
    {
        lock (_told)
        {
            // Where nobody listens (a node without grains) nothing is kept.
            if (_heard && _told.Add(shard))
            {
                _shards.Writer.TryWrite(shard);
            }
        }
    }

    public async IAsyncEnumerable<int> All([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        lock (_told)
        {
            _heard = true;
        }

        await foreach (var shard in _shards.Reader.ReadAllAsync(cancellationToken))
        {
            lock (_told)
            {
                _told.Remove(shard);
            }

            yield return shard;
        }
    }

    public void Close() => _shards.Writer.TryComplete();
}
