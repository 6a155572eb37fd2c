using System.Globalization;
using Parley.GatewaySimulator.Faults;

namespace Parley.Api.Tests;

/// <summary>What waits to be sent: seen, cancelled, expired; and in which order it leaves.</summary>
public sealed class SendQueueTests(SharedProcess shared)
{
    private readonly ParleyProcess _parley = shared.Parley;

    [Fact]
    public async Task What_waits_is_seen_can_be_cancelled_and_what_is_left_leaves()
    {
        await using var line = await SendingLine.Open(_parley);
        var to = TestGateway.NewPhone();
        await line.Simulated.StopListening();
        var ids = new List<string>();
        foreach (var text in (string[])["first", "second", "third"])
        {
            ids.Add(await line.Send(to, text));
        }

        var waiting = (await line.Client.Get($"/messages?status=pending&sessionId={SendingLine.SessionId}")).Expect(200).Data;
        Assert.Equal(ids.Order(StringComparer.Ordinal), waiting.Select(static m => m!["id"]!.GetValue<string>()).Order(StringComparer.Ordinal));

        // One that is on its way this moment, in vain, cannot be cancelled; it is back soon.
        Answer? cancelled = null;
        await Poll.Until(async () => (cancelled = await line.Client.Post($"/messages/{ids[0]}/cancel")).Status == 200, "it is cancelled");
        Assert.Equal("failed", cancelled!.Text("status"));
        Assert.Equal("cancelled", cancelled.Json["error"]!["code"]!.GetValue<string>());
        (await line.Client.Post($"/messages/{ids[0]}/cancel")).Expect(409, "not_queued");
        (await line.Client.Post($"/messages/{ids[2]}/cancel")).Expect(200);
        await line.Simulated.ListenAgain();

        await line.Until(ids[1], "delivered");
        (await line.Client.Post($"/messages/{ids[1]}/cancel")).Expect(409, "not_queued");
        Assert.Equal("second", Assert.Single(line.Sent).Text);
        await line.UntilFailed(ids[0], "cancelled");
        await line.UntilFailed(ids[2], "cancelled");
        Assert.Empty((await line.Client.Get($"/messages?status=pending&sessionId={SendingLine.SessionId}")).Expect(200).Data);

        // What was cancelled can be wanted after all, as another message behind the others.
        var retried = (await line.Client.Post($"/messages/{ids[0]}/retry")).Expect(202);
        Assert.Equal((ids[0], 4), (retried.Text("retryOf"), retried.Number("sequence")));
        await line.Until(retried.Text("id"), "delivered");
        Assert.Equal(["second", "first"], line.Sent.Select(static m => m.Text!));
    }

    [Fact]
    public async Task What_is_leaving_cannot_be_cancelled()
    {
        await using var line = await SendingLine.Open(_parley);
        var leaves = new TaskCompletionSource();
        line.Simulated.Faults.Next("message/sendText", RestFault.Late(leaves.Task));
        var id = await line.Send(TestGateway.NewPhone(), "hello");
        await Poll.Until(() => Task.FromResult(line.Simulated.Requests.Of("message/sendText").Count == 1), "it is leaving");
        (await line.Client.Post($"/messages/{id}/cancel")).Expect(409, "not_queued");
        leaves.SetResult();
        await line.Until(id, "delivered");
        (await line.Client.Post($"/messages/{Guid.NewGuid()}/cancel")).Expect(404, "message_not_found");
    }

    [Fact]
    public async Task What_cannot_leave_in_time_expires_and_never_leaves()
    {
        await using var line = await SendingLine.Open(_parley);
        var to = TestGateway.NewPhone();
        await line.Simulated.StopListening();
        var body = SendingLine.Text(to, "now or never");
        body["expiresAt"] = (DateTimeOffset.UtcNow + TimeSpan.FromSeconds(6)).ToString("O", CultureInfo.InvariantCulture);
        var id = await line.Send(body);
        var later = await line.Send(to, "later");
        await line.UntilFailed(id, "expired");
        await line.Simulated.ListenAgain();
        await line.Until(later, "delivered");
        Assert.Equal("later", Assert.Single(line.Sent).Text);
        await line.UntilFailed(id, "expired");
    }

    [Theory]
    [InlineData("2.3.7")]
    [InlineData("1.8.2")]
    public async Task Messages_of_a_conversation_leave_in_the_order_of_their_sequence(string version)
    {
        await using var line = await SendingLine.Open(_parley, version);
        var to = TestGateway.NewPhone();
        var ids = await Task.WhenAll(Enumerable.Range(0, 30).Select(i => line.Send(to, $"text {i.ToString(CultureInfo.InvariantCulture)}")));
        foreach (var id in ids)
        {
            await line.UntilNamed(id);
        }

        var messages = (await line.Messages()).OrderBy(static m => m["sequence"]!.GetValue<int>()).ToList();
        Assert.Equal(Enumerable.Range(1, 30), messages.Select(static m => m["sequence"]!.GetValue<int>()));
        Assert.Equal(messages.Select(static m => m["text"]!.GetValue<string>()), line.Sent.Select(static m => m.Text!));
        Assert.Equal(messages.Select(static m => m["externalId"]!.GetValue<string>()), line.Sent.Select(static m => m.Id));
    }

    [Fact]
    public async Task A_message_that_waits_holds_up_its_own_conversation_only()
    {
        await using var line = await SendingLine.Open(_parley);
        var (slow, fast) = (TestGateway.NewPhone(), TestGateway.NewPhone());
        var leaves = new TaskCompletionSource();
        line.Simulated.Faults.Next("message/sendText", RestFault.Late(leaves.Task));
        var first = await line.Send(slow, "first");
        await Poll.Until(() => Task.FromResult(line.Simulated.Requests.Of("message/sendText").Count == 1), "it is leaving");
        var second = await line.Send(slow, "second");
        var other = await line.Send(fast, "other");
        await line.UntilNamed(other);
        Assert.Equal("other", Assert.Single(line.Sent).Text);
        leaves.SetResult();
        await line.UntilNamed(first);
        await line.UntilNamed(second);
        Assert.Equal(["other", "first", "second"], line.Sent.Select(static m => m.Text!));
    }

    [Fact]
    public async Task A_sessions_pace_is_kept()
    {
        await using var line = await SendingLine.Open(_parley);

        // What takes time once (the gateway's secrets, a connection to it) would hold up the first of those that are timed.
        await line.UntilNamed(await line.Send(TestGateway.NewPhone(), "hello"));
        await Pace(line, 60);
        var before = DateTimeOffset.UtcNow;
        var ids = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => line.Send(TestGateway.NewPhone(), "hello")));
        foreach (var id in ids)
        {
            await line.UntilNamed(id);
        }

        // Each has its turn a second after the one before, the first at once. On its way to the gateway it may be held up, and each in its own way.
        var took = line.Simulated.Requests.Of("message/sendText")[^1].At - before;
        Assert.True(took >= TimeSpan.FromSeconds(2.9), $"They left within {took}.");
    }

    [Fact]
    public async Task What_waits_for_its_sessions_pace_does_not_leave_when_the_line_has_closed_meanwhile()
    {
        await using var line = await SendingLine.Open(_parley);
        await Pace(line, 20);
        var ids = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => line.Send(TestGateway.NewPhone(), "hello")));
        await Poll.Until(() => Task.FromResult(line.Sent.Count >= 1), "the first one leaves at once");
        await line.Instance.Connection.LogOutOnPhone();
        await line.Tenant.Until(SendingLine.SessionId, "close");
        var asked = line.Simulated.Requests.Of("message/sendText").Count;

        // Longer than the turns of all that wait.
        await Task.Delay(TimeSpan.FromSeconds(8), TestContext.Current.CancellationToken);
        Assert.Equal(asked, line.Simulated.Requests.Of("message/sendText").Count);
        var waiting = await Task.WhenAll(ids.Select(line.Read));
        Assert.Equal(ids.Length - asked, waiting.Count(static m => m["status"]!.GetValue<string>() == "pending" && m["externalId"] is null));
    }

    [Fact]
    public async Task What_waits_for_its_sessions_pace_expires_in_time_and_a_quicker_pace_counts_at_once()
    {
        await using var line = await SendingLine.Open(_parley);
        await Pace(line, 1);
        await line.UntilNamed(await line.Send(TestGateway.NewPhone(), "now"));
        var body = SendingLine.Text(TestGateway.NewPhone(), "short-lived");
        body["expiresAt"] = DateTimeOffset.UtcNow.AddSeconds(6);
        var expires = await line.Send(body);
        var waits = await line.Send(TestGateway.NewPhone(), "later");

        await line.UntilFailed(expires, "expired", TimeSpan.FromSeconds(20));
        Assert.Null((await line.Read(waits))["externalId"]);
        await Pace(line, 600);
        await line.Until(waits, static m => m["externalId"] is not null, "named", TimeSpan.FromSeconds(20));
        Assert.Equal(["now", "later"], line.Sent.Select(static m => m.Text!));
    }

    [Fact]
    public async Task No_more_than_a_hundred_wait_in_a_conversation()
    {
        await using var line = await SendingLine.Open(_parley);
        var to = TestGateway.NewPhone();
        await line.Simulated.StopListening();
        var answers = await Task.WhenAll(Enumerable.Range(0, 103).Select(_ => line.Post(SendingLine.Text(to, "hello"))));
        Assert.Equal(100, answers.Count(static a => a.Status == 202));
        Assert.All(answers.Where(static a => a.Status != 202), static a => Assert.NotNull(a.Expect(429, "queue_full").Header("Retry-After")));
        await line.Send(TestGateway.NewPhone(), "another conversation");
    }

    [Fact]
    public async Task Deleting_a_conversation_takes_its_messages_out_of_the_queue()
    {
        // One in twelve seconds: the second one is in the queue for as long as that.
        await using var line = await SendingLine.Open(_parley);
        await Pace(line, 5);
        var first = await line.Send(TestGateway.NewPhone(), "first");
        await line.Until(first, "delivered");
        var id = await line.Send(TestGateway.NewPhone(), "hello");
        var conversation = (await line.Read(id))["conversationId"]!.GetValue<string>();
        (await line.Client.Delete($"/conversations/{conversation}")).Expect(204);
        var other = await line.Send(TestGateway.NewPhone(), "other");
        await line.Until(other, "delivered", TimeSpan.FromMinutes(1));
        Assert.Equal(["first", "other"], line.Sent.Select(static s => s.Text));
        Assert.Equal(
            new[] { first, other }.Order(StringComparer.Ordinal),
            (await line.Messages()).Select(static m => m["id"]!.GetValue<string>()).Order(StringComparer.Ordinal));
    }

    private static async Task Pace(SendingLine line, int perMinute) => (await line.Client.Send(
        HttpMethod.Patch,
        $"/sessions/{SendingLine.SessionId}",
        ParleyClient.Text($$$"""{"settings":{"sendsPerMinute":{{{perMinute.ToString(CultureInfo.InvariantCulture)}}}}}"""))).Expect(200);
}
