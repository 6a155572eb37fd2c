using System.Collections.Concurrent;
using System.Diagnostics;
using Parley.Bench.Store;
using Parley.Ports;

var options = Options.Parse(args);
await using var target = await Target.Open(options);
var store = target.Store;
using var meter = new FlushMeter();
var relayMeter = new RelayMeter();

// Each conversation has one owner: a caller takes one, commits once, and puts it at the end of the line.
var conversations = new ConcurrentQueue<Conversation>(Enumerable.Range(0, options.Conversations).Select(number => new Conversation(number)));
var latencies = new ConcurrentBag<List<double>>();
var measuring = false;
var stop = false;
var committed = 0;
using var relayed = new CancellationTokenSource();
var relay = options.Relay && target.Relay is { } numbering ? Task.Run(() => Number(numbering)) : Task.CompletedTask;
var callers = Enumerable.Range(0, options.Callers).Select(_ => Task.Run(Call)).ToArray();

while (Volatile.Read(ref committed) < options.Filled && !callers.Any(static c => c.IsCompleted))
{
    await Task.Delay(100);
}

await Task.Delay(TimeSpan.FromSeconds(options.Seconds / 5.0));
meter.Reset();
Volatile.Write(ref measuring, true);
var cpu = Process.GetCurrentProcess().TotalProcessorTime;
var watch = Stopwatch.StartNew();
await Task.Delay(TimeSpan.FromSeconds(options.Seconds));
Volatile.Write(ref measuring, false);
var elapsed = watch.Elapsed;
cpu = Process.GetCurrentProcess().TotalProcessorTime - cpu;
var flushes = meter.ToString();
Volatile.Write(ref stop, true);
await Task.WhenAll(callers);
await relayed.CancelAsync();
await relay;
var waits = options.Relay && target.Relay is not null ? await relayMeter.Measure(target.Log, Conversation.TenantId) : null;

var all = latencies.SelectMany(list => list).Order().ToArray();
var count = Math.Max(all.Length, 1);
Console.WriteLine(
    $"{options.Callers} callers, {options.Conversations} conversations, reads {options.Reads}: {all.Length / elapsed.TotalSeconds:F0} commits/s, "
    + $"p50 {At(0.50):F1} ms, p99 {At(0.99):F1} ms, {cpu.TotalMicroseconds / count:F0} µs CPU a commit; {flushes}");
if (waits is not null)
{
    Console.WriteLine(waits);
}

if (target.Url is { } url)
{
    var raw = await RawInserts.Measure(url, TimeSpan.FromSeconds(options.Seconds / 2.0));
    Console.WriteLine($"raw InsertMany of such messages: {raw:F0}/s; commits are {all.Length / elapsed.TotalSeconds / raw:P0} of it");
}

double At(double share) => all.Length == 0 ? 0 : all[(int)(share * (all.Length - 1))];

async Task Call()
{
    var mine = new List<double>();
    latencies.Add(mine);
    while (!Volatile.Read(ref stop))
    {
        if (!conversations.TryDequeue(out var conversation))
        {
            await Task.Yield();
            continue;
        }

        var started = Stopwatch.GetTimestamp();
        if (options.Reads)
        {
            await store.LookUp(Conversation.TenantId, [conversation.NextExternalId], CancellationToken.None);
        }

        var result = await store.Commit(conversation.Next(), CancellationToken.None);
        if (result.Outcome != CommitOutcome.Done)
        {
            throw new InvalidOperationException($"A commit was answered with {result.Outcome}.");
        }

        Interlocked.Increment(ref committed);
        if (Volatile.Read(ref measuring))
        {
            mine.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            if (options.Relay)
            {
                relayMeter.Committed(conversation.Head.ConversationId, conversation.Head.EventNumber);
            }
        }

        conversations.Enqueue(conversation);
    }
}

async Task Number(IEventRelay numbering)
{
    try
    {
        await foreach (var shard in numbering.Arrivals(relayed.Token))
        {
            while (await numbering.Relay(shard, 500, CancellationToken.None) is > 0 and var count)
            {
                relayMeter.Numbered(count);
            }
        }
    }
    catch (OperationCanceledException)
    {
        // The measuring is over.
    }
}
