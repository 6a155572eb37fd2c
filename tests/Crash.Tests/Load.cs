using System.Collections.Concurrent;

namespace Parley.Crash.Tests;

/// <summary>Gateways that post without end, and repeat what was not acknowledged, to a process that may be gone at any time.</summary>
internal sealed class Load(TestTenant tenant, Uri address, int posters, int seed)
{
    private static readonly TimeSpan AnswerPatience = TimeSpan.FromSeconds(60);

    private readonly ConcurrentBag<Expected> _done = [];
    private readonly ConcurrentDictionary<int, int> _refusals = new();
    private Task[] _tasks = [];
    private volatile TaskCompletionSource<Uri> _up = Ready(address);
    private volatile bool _ending;
    private long _acknowledged;

    /// <summary>Bodies that were answered 200.</summary>
    public long Acknowledged => Interlocked.Read(ref _acknowledged);

    /// <summary>Messages whose stories were acknowledged to the end.</summary>
    public IReadOnlyCollection<Expected> Done => _done;

    /// <summary>Answers other than 200, by status.</summary>
    public IReadOnlyDictionary<int, int> Refusals => _refusals;

    public void Start() => _tasks = [.. Enumerable.Range(0, posters).Select(n => Task.Run(() => Post(new StoryTeller(seed + n))))];

    /// <summary>From now on it is gone.</summary>
    public void Down() => _up = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>It listens again, somewhere.</summary>
    public void Up(Uri address) => _up.TrySetResult(address);

    /// <summary>Waits until so many more bodies are acknowledged.</summary>
    public async Task WaitFor(long bodies)
    {
        var goal = Acknowledged + bodies;
        var deadline = DateTime.UtcNow + TimeSpan.FromMinutes(2);
        while (Acknowledged < goal)
        {
            Assert.True(DateTime.UtcNow < deadline, $"The load does not get on. Answers other than 200: {string.Join(", ", Refusals)}.");
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

    private static TaskCompletionSource<Uri> Ready(Uri address)
    {
        var source = new TaskCompletionSource<Uri>();
        source.SetResult(address);
        return source;
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
            }

            _done.Add(story.Expected);
        }
    }

    private async Task PostUntilAcknowledged(HttpClient http, string body)
    {
        while (true)
        {
            var up = _up;
            var target = await up.Task;
            try
            {
                using var content = ParleyClient.Text(body);
                using var response = await http.PostAsync(new Uri(target, $"/webhooks/evolution/{tenant.WebhookToken}"), content);
                if ((int)response.StatusCode == 200)
                {
                    Interlocked.Increment(ref _acknowledged);
                    return;
                }

                _refusals.AddOrUpdate((int)response.StatusCode, 1, static (_, count) => count + 1);
                await Task.Delay(20);
            }
            catch (Exception e) when (e is HttpRequestException or IOException or TaskCanceledException)
            {
                // Not acknowledged: it is posted again, as a gateway does.
                await Task.Delay(5);
            }
        }
    }
}
