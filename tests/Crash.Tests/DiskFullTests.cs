using System.Text.Json.Nodes;

namespace Parley.Crash.Tests;

public sealed class DiskFullTests
{
    private const string Peer = "5511987650002";
    private const int Room = 300_000;

    [Fact]
    public async Task A_full_disk_is_answered_503_and_nothing_acknowledged_is_lost()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Limits of a running process are set by prlimit, which only Linux has.");
        using var directory = new TemporaryDirectory();
        var acknowledged = new List<string>();
        TestTenant tenant;
        await using (var parley = await ParleyProcess.Start(directory.Path, "--Parley:Intake:Patience", "00:00:01"))
        {
            tenant = await parley.NewTenant();
            var edited = Webhook.NewId();
            await tenant.Accept(Webhook.Text(Peer, "before", edited));
            acknowledged.Add(edited);
            FileSizeLimit.Set(parley.Id, new FileInfo(Path.Combine(directory.Path, "parley.db-wal")).Length + Room);
            var refused = await Fill(tenant, acknowledged);

            // Media that does not fit is no fault of the gateway either.
            var media = Webhook.Media(Peer, "imageMessage", "image/png", new byte[4_000_000]);
            ExpectLater(await tenant.Webhook(media));
            (await tenant.Webhook(Edits.Event(Peer, edited, "after"))).Expect(200);
            Assert.Empty(acknowledged.Except(await Ids(tenant.Client), StringComparer.Ordinal));
            (await tenant.Client.Get("/conversations")).Expect(200);

            FileSizeLimit.Lift(parley.Id);
            (await PostUntilTaken(tenant, refused.Body)).Expect(200);
            acknowledged.Add(refused.Id);
            await tenant.Accept(media);
            acknowledged.Add(media["data"]!["key"]!["id"]!.GetValue<string>());
            await Poll.Until(async () => await Text(tenant.Client, edited) == "after", "The edit is applied");
            await Check(tenant.Client, acknowledged);

            FileSizeLimit.Set(parley.Id, new FileInfo(Path.Combine(directory.Path, "parley.db-wal")).Length + Room);
            await Fill(tenant, acknowledged);
            await parley.Kill();
        }

        await using var again = await ParleyProcess.Start(directory.Path);
        using var client = again.With(tenant.ApiKey);
        var kept = await Ids(client);
        Assert.Empty(acknowledged.Except(kept, StringComparer.Ordinal));

        // At most the one that was refused last may be there as well: nobody was told that it is not.
        Assert.InRange(kept.Count, acknowledged.Count, acknowledged.Count + 1);
        await Check(client, kept);
        await (tenant with { Client = client }).Accept(Webhook.Text(Peer, "goes on"));
    }

    /// <summary>Posts until one is refused.</summary>
    private static async Task<(string Id, JsonObject Body)> Fill(TestTenant tenant, List<string> acknowledged)
    {
        for (var i = 0; i < 2_000; i++)
        {
            var id = Webhook.NewId();
            var body = Webhook.Text(Peer, new string('x', 4_000), id);
            var answer = await tenant.Webhook(body);
            if (answer.Status != 200)
            {
                ExpectLater(answer);
                return (id, body);
            }

            acknowledged.Add(id);
        }

        throw new InvalidOperationException("The disk never got full.");
    }

    private static void ExpectLater(Answer answer)
    {
        answer.Expect(503, "store_unavailable");
        Assert.NotNull(answer.Header("Retry-After"));
    }

    private static async Task<Answer> PostUntilTaken(TestTenant tenant, JsonNode body)
    {
        var answer = await tenant.Webhook(body);
        for (var i = 0; i < 10 && answer.Status == 503; i++)
        {
            answer = await tenant.Webhook(body);
        }

        return answer;
    }

    private static async Task<string?> Text(ParleyClient client, string externalId) =>
        (await client.Get($"/messages?externalId={externalId}")).Expect(200).Data.Single()!["text"]?.GetValue<string>();

    private static async Task<IReadOnlyList<string>> Ids(ParleyClient client) =>
        [.. (await client.All("/messages", 200)).Select(static message => message["externalId"]!.GetValue<string>())];

    private static async Task Check(ParleyClient client, IReadOnlyList<string> ids)
    {
        Assert.Equal(ids.Order(StringComparer.Ordinal), (await Ids(client)).Order(StringComparer.Ordinal));
        var differences = new Differences();
        Recount.Check(Assert.Single((await Kept.Read(client)).Conversations), differences);
        Assert.Empty(differences.List);
    }
}
