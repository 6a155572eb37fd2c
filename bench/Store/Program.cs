using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Parley.Bench.Store;
using Parley.Ports;
using Parley.Storage.Sqlite;

var options = Options.Parse(args);
var data = options.Data ?? Directory.CreateTempSubdirectory("parley-bench-").FullName;
using var services = new ServiceCollection().AddSqliteStorage(new SqliteOptions { DataDirectory = data }).BuildServiceProvider();
var store = services.GetRequiredService<IConversationStore>();
using var meter = new FlushMeter();

// Each conversation has one owner: a caller takes one, commits once, and puts it at the end of the line.
var conversations = new ConcurrentQueue<Conversation>(Enumerable.Range(0, options.Conversations).Select(number => new Conversation(number)));
var latencies = new ConcurrentBag<List<double>>();
var measuring = false;
var stop = false;
var callers = Enumerable.Range(0, options.Callers).Select(_ => Task.Run(Call)).ToArray();

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

var all = latencies.SelectMany(list => list).Order().ToArray();
var count = Math.Max(all.Length, 1);
var size = new FileInfo(Path.Combine(data, "parley.db")).Length;
Console.WriteLine(
    $"{options.Callers} callers, {options.Conversations} conversations, reads {options.Reads}: {all.Length / elapsed.TotalSeconds:F0} commits/s, "
    + $"p50 {At(0.50):F1} ms, p99 {At(0.99):F1} ms, {cpu.TotalMicroseconds / count:F0} µs CPU a commit; {flushes}; "
    + $"file {size / 1024 / 1024} MiB");
if (options.Data is null)
{
    services.Dispose();
    Directory.Delete(data, recursive: true);
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

        if (Volatile.Read(ref measuring))
        {
            mine.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        conversations.Enqueue(conversation);
    }
}
