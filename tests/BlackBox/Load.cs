using System.Collections.Concurrent;
using Xunit;

namespace Parley.BlackBox;

/// <summary>Gateways that post without end, and repeat what was not acknowledged, to processes that may be gone at any time.</summary>
/// <param name="pause">Of a poster, after each body: without one the load takes all that the machine has.</param>
public sealed class Load(TestTenant tenant, ITarget target, int posters, int seed, TimeSpan pause = default)
{
    private static readonly TimeSpan AnswerPatience = TimeSpan.FromSeconds(60);

    private readonly ConcurrentBag<Expected> _done = [];
    private readonly ConcurrentDictionary<int, int> _refusals = new();
    private readonly ConcurrentQueue<string> _failures = new();
    private Task[] _tasks = [];
    private volatile bool _ending;
    private long _acknowledged;

    /// <summary>Bodies that were answered 200, or 202 where ingest is buffered.</summary>
    public long Acknowledged => Interlocked.Read(ref _acknowledged);

    /// <summary>Messages whose stories were acknowledged to the end.</summary>
    public IReadOnlyCollection<Expected> Done => _done;

    /// <summary>Answers other than 200, by status.</summary>
    public IReadOnlyDictionary<int, int> Refusals => _refusals;

    /// <summary>Requests that had no answer at all, or another one than 200 and a retryable 503.</summary>
    public IReadOnlyCollection<string> Failures => _failures;

    public void Start() => _tasks = [.. Enumerable.Range(0, posters).Select(n => Task.Run(() => Post(new StoryTeller(seed + n))))];

    /// <summary>The body of the last answer that was no acknowledgement.</summary>
    public string? LastRefusal { get; private set; }

    /// <summary>Waits until so many more bodies are acknowledged.</summary>
    public async Task WaitFor(long bodies)
    {
        var goal = Acknowledged + bodies;
        var deadline = DateTime.UtcNow + TimeSpan.FromMinutes(2);
        while (Acknowledged < goal)
        {
            Assert.True(
                DateTime.UtcNow < deadline,
                $"The load does not get on. Answers other than 200: {string.Join(", ", Refusals)}. {string.Join("\n", Failures.TakeLast(3))}");
            foreach (var task in _tasks.Where(static task => task.IsFaulted))
            {
                await task;
            }

            await Task.Delay(1);
        }
    }

    /// <summary>Lets every story that was begun come to its end.</summary>
    public async Task End()
    {
        _ending = true;
        await Task.WhenAll(_tasks);
    }

    private async Task Post(StoryTeller teller)
    {
        using var http = new HttpClient { Timeout = AnswerPatience };
        while (!_ending)
        {
            var story = teller.Next();
            foreach (var body in story.Bodies)
            {
                await PostUntilAcknowledged(http, body);
                if (pause > TimeSpan.Zero)
                {
                    await Task.Delay(pause);
                }
            }

            _done.Add(story.Expected);
        }
    }

    private async Task PostUntilAcknowledged(HttpClient http, string body)
    {
        while (true)
        {
            var address = await target.Next();
            try
            {
                using var content = ParleyClient.Text(body);
                using var response = await http.PostAsync(new Uri(address, $"/webhooks/evolution/{tenant.WebhookToken}"), content);
                if ((int)response.StatusCode is 200 or 202)
                {
                    Interlocked.Increment(ref _acknowledged);
                    return;
                }

                if ((int)response.StatusCode != 503 || response.Headers.RetryAfter is null)
                {
                    _failures.Enqueue($"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
                }

                _refusals.AddOrUpdate((int)response.StatusCode, 1, static (_, count) => count + 1);
                LastRefusal = await response.Content.ReadAsStringAsync();
                await Task.Delay(20);
            }
            catch (Exception e) when (e is HttpRequestException or IOException or TaskCanceledException)
            {
                // Not acknowledged: it is posted again, as a gateway does.
                _failures.Enqueue($"{address} {e.GetType().Name} {e.Message}");
                await Task.Delay(5);
            }
        }
    }
}
