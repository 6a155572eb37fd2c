using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace Parley.Cluster.Tests;

/// <summary>One customer in each of many conversations, who writes the next message when the last one was taken: for how long was each of
/// them without service?</summary>
internal sealed class Conversations(TestTenant tenant, ITarget target, int count) : IDisposable
{
    private static readonly TimeSpan AnswerPatience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ProgressPatience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(50);

    private readonly ConcurrentBag<Expected> _done = [];
    private readonly ConcurrentDictionary<string, int> _refusals = new(StringComparer.Ordinal);
    private readonly TimeSpan[] _longest = new TimeSpan[count];
    private readonly int[] _written = new int[count];
    private readonly CancellationTokenSource _end = new();
    private TimeSpan _pause;
    private Task[] _tasks = [];

    public IReadOnlyCollection<Expected> Done => _done;

    /// <summary>Answers that were not 200, by what they were.</summary>
    public IReadOnlyDictionary<string, int> Refusals => _refusals;

    /// <summary>Writes as fast as it is taken, for a while.</summary>
    /// <returns>Messages a second.</returns>
    public async Task<double> FullLoad(TimeSpan duration)
    {
        await Warm();
        var before = _done.Count;
        var watch = Stopwatch.StartNew();
        using var end = new CancellationTokenSource(duration);
        await Task.WhenAll(Enumerable.Range(0, count).Select(n => Task.Run(async () =>
        {
            while (!end.IsCancellationRequested)
            {
                await Write(n);
            }
        })));
        return (_done.Count - before) / watch.Elapsed.TotalSeconds;
    }

    /// <summary>From now on writes so many messages a second, all conversations together.</summary>
    public void Start(double perSecond)
    {
        _pause = TimeSpan.FromSeconds(count / perSecond);
        Forget();
        _tasks = [.. Enumerable.Range(0, count).Select(n => Task.Run(() => WriteOn(n)))];
    }

    /// <summary>Forgets how long anybody waited so far.</summary>
    public void Forget() => Array.Clear(_longest);

    /// <returns>For each conversation, the longest time that one message took to be taken.</returns>
    public IReadOnlyList<TimeSpan> Longest() => [.. _longest];

    /// <summary>Waits until each conversation got so many messages through.</summary>
    public async Task Progress(int messages)
    {
        var before = _written.ToArray();
        await Poll.Until(
            () => Task.FromResult(Enumerable.Range(0, count).All(n => Volatile.Read(ref _written[n]) >= before[n] + messages)),
            $"Every conversation gets on (answers other than 200: {string.Join(", ", _refusals)})",
            ProgressPatience);
    }

    public async Task End()
    {
        await _end.CancelAsync();
        await Task.WhenAll(_tasks);
    }

    public void Dispose() => _end.Dispose();

    /// <summary>Each once, one after another: every conversation is loaded somewhere.</summary>
    private async Task Warm()
    {
        await Parallel.ForAsync(0, count, async (n, _) => await Write(n));
    }

    private async Task WriteOn(int n)
    {
        // Not all at the same moment.
        await Task.Delay(_pause * n / count, _end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        while (!_end.IsCancellationRequested)
        {
            var watch = Stopwatch.StartNew();
            await Write(n);
            var took = watch.Elapsed;
            _longest[n] = took > _longest[n] ? took : _longest[n];
            await Task.Delay(took < _pause ? _pause - took : TimeSpan.Zero, _end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task Write(int n)
    {
        var (peer, id) = ($"55119876{(50_000 + n).ToString(CultureInfo.InvariantCulture)}", Webhook.NewId());
        var body = Webhook.Text(peer, $"in {id}", id).ToJsonString();
        while (true)
        {
            if (await Post(body) is not { } refusal)
            {
                _done.Add(new Expected(id, "in", peer, $"in {id}", "delivered"));
                Interlocked.Increment(ref _written[n]);
                return;
            }

            _refusals.AddOrUpdate(refusal, 1, static (_, times) => times + 1);
            await Task.Delay(Again);
        }
    }

    private async Task<string?> Post(string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(await target.Next(), $"/webhooks/evolution/{tenant.WebhookToken}"))
        {
            Content = ParleyClient.Text(body),
        };
        try
        {
            using var answer = await Http.SendAsync(request);
            return answer.IsSuccessStatusCode ? null : ((int)answer.StatusCode).ToString(CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            return e.GetType().Name;
        }
    }

    private static readonly HttpClient Http = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(2) }) { Timeout = AnswerPatience };
}
