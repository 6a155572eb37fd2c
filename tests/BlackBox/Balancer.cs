using System.Collections.Concurrent;

namespace Parley.BlackBox;

/// <summary>Sends requests round to the nodes that say they are ready, and asks each again and again whether it is.</summary>
public sealed class Balancer : ITarget, IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<Uri, bool> _nodes = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly HttpClient _http = new() { Timeout = Patience };
    private readonly ConcurrentBag<Task> _asking = [];
    private int _last;

    public void Add(Uri node)
    {
        _nodes[node] = true;
        _asking.Add(Task.Run(() => KeepAsking(node)));
    }

    public void Remove(Uri node) => _nodes.TryRemove(node, out _);

    public async Task<Uri> Next()
    {
        while (true)
        {
            var ready = _nodes.Where(static node => node.Value).Select(static node => node.Key).ToList();
            if (ready.Count > 0)
            {
                return ready[(int)((uint)Interlocked.Increment(ref _last) % (uint)ready.Count)];
            }

            await Task.Delay(Pause, _stop.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_asking);
        _stop.Dispose();
        _http.Dispose();
    }

    /// <summary>Each node by itself: one that says nothing does not keep the others from being asked.</summary>
    private async Task KeepAsking(Uri node)
    {
        while (!_stop.IsCancellationRequested && _nodes.ContainsKey(node))
        {
            await Ask(node);
            await Task.Delay(Pause, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task Ask(Uri node)
    {
        var ready = false;
        try
        {
            using var answer = await _http.GetAsync(new Uri(node, "/health/ready"), _stop.Token);
            ready = answer.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            // Nobody there, or nobody who says anything.
        }

        if (_nodes.TryGetValue(node, out var was))
        {
            _nodes.TryUpdate(node, ready, was);
        }
    }
}
