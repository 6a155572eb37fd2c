using System.Globalization;
using System.Text.Json.Nodes;
using Parley.GatewaySimulator.Writing;

namespace Parley.Truth;

/// <summary>Lines of several versions, people and programs that write, faults of all kinds at once; then calm, and WhatsApp's record against Parley's books.</summary>
internal static class TruthRun
{
    private static readonly string[] Versions = ["2.3.7", "1.8.2", "2.3.7"];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static async Task Run(IInstallation installation, int seed, int blows)
    {
        var began = DateTimeOffset.UtcNow;
        var tenant = await installation.Api.NewTenant();
        var lines = new List<TruthLine>();
        var tale = new List<string>();
        try
        {
            foreach (var version in Versions)
            {
                lines.Add(await TruthLine.Open(installation.Api, version, tenant, $"line-{(lines.Count + 1).ToString(CultureInfo.InvariantCulture)}"));
            }

            lines[^1].Simulated.Options.AcksByHiddenId = true;
            await Storm(installation, lines, new Random(seed), blows, tale);
            await Calm(installation, lines);

            // What was answered 200 is there without anybody reading it back.
            await Agree(installation, tenant, lines, isReadBack: false, seed);
            await ReadBack(tenant, lines, began);
            await Agree(installation, tenant, lines, isReadBack: true, seed);
            await ReadPictures(tenant, lines);
        }
        catch
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"""
                PARLEY_TRUTH_SEED={seed}
                {string.Join('\n', tale)}
                {string.Join('\n', installation.Output.Split('\n').TakeLast(200))}
                """);
            throw;
        }
        finally
        {
            foreach (var line in lines)
            {
                await line.DisposeAsync();
            }
        }
    }

    private static async Task Storm(IInstallation installation, List<TruthLine> lines, Random random, int blows, List<string> tale)
    {
        using var end = new CancellationTokenSource();
        var weathers = lines.ConvertAll(line => new Weather(line, new Random(random.Next())));
        Task[] lives =
        [
            .. lines.Select(line => new PhoneLife(line, new Random(random.Next()))).Select(life => Task.Run(() => life.Live(end.Token))),
            .. lines.Select(line => new UserLife(line, new Random(random.Next()))).Select(life => Task.Run(() => life.Live(end.Token))),
        ];
        var blowing = weathers.ConvertAll(weather => Task.Run(() => weather.Blow(end.Token)));
        try
        {
            for (var blow = 0; blow < blows; blow++)
            {
                await Task.Delay(random.Next(1_500, 5_000), TestContext.Current.CancellationToken);
                tale.Add($"{DateTimeOffset.UtcNow:HH:mm:ss.fff} {await installation.Strike(random)}");
                await installation.Mend();
            }

            await Task.Delay(random.Next(500, 2_000), TestContext.Current.CancellationToken);
        }
        finally
        {
            await end.CancelAsync();
            await Task.WhenAll(blowing);
            weathers.ForEach(static weather => weather.Clear());
        }

        await installation.Mend();
        await Task.WhenAll(lives);
    }

    /// <summary>Waits until nothing is on its way: to Parley, from it, or in its queue.</summary>
    private static async Task Calm(IInstallation installation, List<TruthLine> lines)
    {
        foreach (var line in lines)
        {
            await line.Simulated.Settle(Patience);
            await installation.Mend();
            await Poll.Until(
                async () => (await line.Client.Get($"/sessions/{line.SessionId}")) is { Status: 200 } session && session.Text("status") == "open",
                $"{line.SessionId} is open",
                Patience);
            foreach (var asked in line.Asked.Where(static a => a.Id is not null))
            {
                await Poll.Until(
                    async () =>
                    {
                        await installation.Mend();
                        var message = await line.Client.Get($"/messages/{asked.Id}");
                        return message.Status == 200 && (message.Json["externalId"] is not null || message.Text("status") == "failed");
                    },
                    $"'{asked.Text}' ({asked.Id}) is named or failed",
                    Patience);
            }

            await line.Simulated.Settle(Patience);
        }
    }

    private static async Task ReadBack(TestTenant tenant, List<TruthLine> lines, DateTimeOffset since)
    {
        foreach (var line in lines)
        {
            var body = new JsonObject { ["since"] = since.AddMinutes(-1).ToString("O", CultureInfo.InvariantCulture) };
            var asked = (await tenant.Client.Post($"/sessions/{line.SessionId}/sync", body)).Expect(202);
            await Poll.Until(
                async () =>
                {
                    // Only the last run of a session is kept: one that Parley began by itself may have taken its place.
                    var run = await tenant.Client.Get(asked.Header("Location")!);
                    if (run.Status == 404)
                    {
                        asked = (await tenant.Client.Post($"/sessions/{line.SessionId}/sync", body)).Expect(202);
                        return false;
                    }

                    Assert.True(run.Expect(200).Text("status") != "failed", run.Body);
                    return run.Text("status") == "done";
                },
                $"the list of {line.SessionId} is read back",
                Patience);
        }
    }

    private static async Task ReadPictures(TestTenant tenant, List<TruthLine> lines)
    {
        var books = await Books.Read(tenant.Client);
        var read = 0;
        foreach (var line in lines)
        {
            read += await PictureCheck.Check(line, books);
        }

        Assert.True(read > 0, "There was no picture.");
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{read} pictures, {lines.Sum(static l => l.Instance.Messages.All.Count(static m => m.Content is VoteContent))} votes, {lines.Sum(static l => l.Asked.Count(static a => a.Cancelled))} cancelled, {lines.Sum(static l => l.Asked.Count(static a => a is { RetryOf: not null, Id: not null }))} sent again");
    }

    private static async Task Agree(IInstallation installation, TestTenant tenant, List<TruthLine> lines, bool isReadBack, int seed)
    {
        var deadline = DateTime.UtcNow + TimeSpan.FromSeconds(20);
        while (true)
        {
            var books = await Books.Read(tenant.Client);
            var differences = new Differences();
            foreach (var line in lines)
            {
                new LineCheck(line, books, differences, isReadBack, installation.EditsWaited).Check();
            }

            BooksCheck.Check(books, lines, differences);
            if (differences.Count == 0)
            {
                TestContext.Current.TestOutputHelper?.WriteLine(
                    $"Seed {seed}: {books.Kept.Messages.Count} messages, {books.Events.Count} events{(isReadBack ? "" : ", not read back yet")}");
                return;
            }

            if (DateTime.UtcNow > deadline)
            {
                Assert.Fail($"""
                    PARLEY_TRUTH_SEED={seed}, {(isReadBack ? "after" : "before")} reading back: {differences.Count} differences:
                      {string.Join("\n  ", differences.List.Take(40))}
                    """);
            }

            await Task.Delay(300, TestContext.Current.CancellationToken);
        }
    }
}
