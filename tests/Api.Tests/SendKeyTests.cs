using System.Globalization;
using System.Text.Json.Nodes;

namespace Parley.Api.Tests;

/// <summary>The header Idempotency-Key.</summary>
public sealed class SendKeyTests(SharedProcess shared)
{
    private readonly ParleyProcess _parley = shared.Parley;

    [Fact]
    public async Task The_same_request_under_the_same_key_is_answered_with_the_same_message()
    {
        await using var line = await SendingLine.Open(_parley);
        var (key, body) = (NewKey(), SendingLine.Text(TestGateway.NewPhone(), "hello"));
        var first = (await line.Post(body, Key(key))).Expect(202);
        await line.Until(first.Text("id"), "delivered");
        foreach (var form in (string[])[key, $"\"{key}\""])
        {
            var again = (await line.Post(body, Key(form))).Expect(202);
            Assert.Equal(first.Text("id"), again.Text("id"));
            Assert.Equal(first.Header("Location"), again.Header("Location"));
            Assert.Equal("delivered", again.Text("status"));
        }

        // Spaces and the order of names are no other request.
        var spaced = $$"""{ "text": "hello", "sessionId": "shop-1",  "to": {{body["to"]!.ToJsonString()}} }""";
        Assert.Equal(
            first.Text("id"),
            (await line.Client.Send(HttpMethod.Post, "/messages", ParleyClient.Text(spaced), Key(key))).Expect(202).Text("id"));
        await line.OnlyMessage(first.Text("id"));
    }

    [Fact]
    public async Task The_order_of_metadata_makes_no_other_request()
    {
        await using var line = await SendingLine.Open(_parley);
        var (key, body) = (Key(NewKey()), SendingLine.Text(TestGateway.NewPhone(), "hello"));
        body["metadata"] = new JsonObject { ["a"] = "1", ["b"] = "2" };
        var id = await line.Send(body, key);
        body["metadata"] = new JsonObject { ["b"] = "2", ["a"] = "1" };
        Assert.Equal(id, await line.Send(body, key));
        body["metadata"] = new JsonObject { ["b"] = "1", ["a"] = "2" };
        (await line.Post(body, key)).Expect(422, "idempotency_key_reused");
        await line.OnlyMessage(id);
    }

    [Fact]
    public async Task Another_request_under_the_same_key_is_refused()
    {
        await using var line = await SendingLine.Open(_parley);
        var (key, body) = (NewKey(), SendingLine.Text(TestGateway.NewPhone(), "hello"));
        var id = await line.Send(body, Key(key));
        body["text"] = "hello!";
        (await line.Post(body, Key(key))).Expect(422, "idempotency_key_reused");
        await line.OnlyMessage(id);

        // Another tenant's key is another key.
        await using var other = await SendingLine.Open(_parley);
        await other.Send(body, Key(key));
    }

    [Fact]
    public async Task Of_many_at_once_one_message_is_made()
    {
        await using var line = await SendingLine.Open(_parley);
        var (key, body) = (Key(NewKey()), SendingLine.Text(TestGateway.NewPhone(), "hello"));
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => line.Post(body.DeepClone(), key)));
        Assert.Contains(answers, static a => a.Status == 202);
        Assert.All(answers.Where(static a => a.Status != 202), static a => a.Expect(409, "idempotency_in_flight"));
        var id = Assert.Single(answers.Where(static a => a.Status == 202).Select(static a => a.Text("id")).Distinct(StringComparer.Ordinal));
        Assert.Equal(id, await line.Send(body, key));
        await line.OnlyMessage(id);
    }

    [Fact]
    public async Task Of_one_key_for_two_people_at_once_one_message_is_made()
    {
        await using var line = await SendingLine.Open(_parley);
        var key = Key(NewKey());
        JsonNode[] bodies = [SendingLine.Text(TestGateway.NewPhone(), "hello"), SendingLine.Text(TestGateway.NewPhone(), "hello")];
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => line.Post(bodies[i % 2].DeepClone(), key)));
        var id = Assert.Single(answers.Where(static a => a.Status == 202).Select(static a => a.Text("id")).Distinct(StringComparer.Ordinal));
        Assert.All(
            answers.Where(static a => a.Status != 202),
            static a => Assert.True((a.Status, a.Code) is (409, "idempotency_in_flight") or (422, "idempotency_key_reused"), a.Body));
        await line.OnlyMessage(id);
    }

    [Fact]
    public async Task A_key_counts_for_its_route_only()
    {
        await using var line = await SendingLine.Open(_parley);
        var key = Key(NewKey());
        var (one, other) = (await ConversationWith(line), await ConversationWith(line));
        var body = new JsonObject { ["text"] = "hello" };
        var first = (await line.Client.Post($"/conversations/{one}/messages", body, key)).Expect(202);
        var second = (await line.Client.Post($"/conversations/{other}/messages", body, key)).Expect(202);
        Assert.NotEqual(first.Text("id"), second.Text("id"));
        Assert.Equal((one, other), (first.Text("conversationId"), second.Text("conversationId")));
        Assert.Equal(first.Text("id"), (await line.Client.Post($"/conversations/{one}/messages", body, key)).Expect(202).Text("id"));
        await line.Until(first.Text("id"), "delivered");
        await line.Until(second.Text("id"), "delivered");
        Assert.Equal(4, line.Sent.Count);
    }

    [Fact]
    public async Task While_the_first_request_is_under_way_its_repeat_is_told_so()
    {
        await using var line = await SendingLine.Open(_parley);
        using var server = MediaServer.Start([1, 2, 3], "image/png", open: false);
        var key = Key(NewKey());
        var body = SendingLine.Message(TestGateway.NewPhone(), "media", new JsonObject { ["url"] = server.Url });
        var first = line.Post(body.DeepClone(), key);
        await Poll.Until(() => Task.FromResult(server.Asked == 1), "the media is asked for");
        var early = (await line.Post(body.DeepClone(), key)).Expect(409, "idempotency_in_flight");
        Assert.NotNull(early.Header("Retry-After"));
        server.Open();

        var id = (await first).Expect(202).Text("id");
        Assert.Equal(id, await line.Send(body, key));
        Assert.Equal(1, server.Asked);
        await line.OnlyMessage(id);
    }

    [Fact]
    public async Task A_request_that_was_refused_frees_its_key()
    {
        await using var line = await SendingLine.Open(_parley);
        var key = Key(NewKey());
        (await line.Post(SendingLine.Message(TestGateway.NewPhone(), "media", new JsonObject { ["mediaId"] = "nobody" }), key))
            .Expect(400, "unknown_media");
        (await line.Post(SendingLine.Text("12", "x"), key)).Expect(400, "invalid_address");
        var missing = SendingLine.Text(TestGateway.NewPhone(), "x");
        missing["sessionId"] = "nobody";
        (await line.Post(missing, key)).Expect(404, "session_not_found");
        var id = await line.Send(SendingLine.Text(TestGateway.NewPhone(), "hello"), key);
        await line.OnlyMessage(id);

        // Not so a message that was taken and failed later: it is what the key stands for.
        var gone = TestGateway.NewPhone();
        line.Simulated.WhatsApp.HasNoWhatsApp(gone);
        var other = Key(NewKey());
        var failed = await line.Send(SendingLine.Text(gone, "x"), other);
        await line.UntilFailed(failed, "not_on_whatsapp");
        var again = (await line.Post(SendingLine.Text(gone, "x"), other)).Expect(202);
        Assert.Equal((failed, "failed"), (again.Text("id"), again.Text("status")));
    }

    [Fact]
    public async Task A_repeat_is_answered_also_after_the_message_can_no_longer_leave()
    {
        await using var line = await SendingLine.Open(_parley);
        var key = Key(NewKey());
        var body = SendingLine.Text(TestGateway.NewPhone(), "hello");
        var expires = DateTimeOffset.UtcNow + TimeSpan.FromSeconds(6);
        body["expiresAt"] = expires.ToString("O", CultureInfo.InvariantCulture);
        var id = await line.Send(body, key);
        await line.Until(id, "delivered");
        await Poll.Until(() => Task.FromResult(DateTimeOffset.UtcNow > expires), "its end");
        Assert.Equal(id, await line.Send(body, key));

        // And when its session is closed meanwhile.
        (await line.Client.Post($"/sessions/{SendingLine.SessionId}/logout")).Expect(202);
        await line.Tenant.Until(SendingLine.SessionId, "close");
        Assert.Equal(id, await line.Send(body, key));
        (await line.Post(body, Key(NewKey()))).Expect(409, "session_not_open");
    }

    [Fact]
    public async Task A_retry_has_its_keys_too()
    {
        await using var line = await SendingLine.Open(_parley);
        var to = TestGateway.NewPhone();
        line.Simulated.Faults.Next("message/sendText", GatewaySimulator.Faults.RestFault.Answer(401, "Unauthorized"));
        var id = await line.Send(to, "hello");
        await line.UntilFailed(id, "gateway_unauthorized");
        var key = Key(NewKey());
        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => line.Client.Post($"/messages/{id}/retry", null, key)));
        var retried = Assert.Single(
            answers.Where(static a => a.Status == 202).Select(static a => a.Text("id")).Distinct(StringComparer.Ordinal));
        await line.Until(retried, "delivered");
        Assert.Single(line.Sent);
        Assert.Equal(retried, (await line.Client.Post($"/messages/{id}/retry", null, key)).Expect(202).Text("id"));
    }

    [Fact]
    public async Task A_retry_is_answered_again_also_after_a_late_echo_said_that_the_first_message_was_sent()
    {
        await using var line = await SendingLine.Open(_parley);
        line.Simulated.Webhooks.Next(new GatewaySimulator.Webhooks.HoldWebhook("send.message"));
        line.Simulated.Faults.Next("message/sendText", GatewaySimulator.Faults.RestFault.Answer(500) with { Done = true });
        var id = await line.Send(TestGateway.NewPhone(), "hello");
        await line.UntilFailed(id, "outcome_unknown");
        var key = Key(NewKey());
        var retried = (await line.Client.Post($"/messages/{id}/retry", null, key)).Expect(202).Text("id");
        await line.Until(retried, "delivered");
        await line.Simulated.Webhooks.Release();
        await line.Until(id, static m => m["error"] is null, "sent after all");

        Assert.Equal(retried, (await line.Client.Post($"/messages/{id}/retry", null, key)).Expect(202).Text("id"));
        (await line.Client.Post($"/messages/{id}/retry", null, Key(NewKey()))).Expect(409, "not_failed");
        (await line.Client.Post($"/messages/{id}/retry")).Expect(409, "not_failed");
        Assert.Equal(2, line.Sent.Count);

        // Nor can it be when the line is away: whoever waits for it would wait for nothing.
        (await line.Client.Post($"/sessions/{SendingLine.SessionId}/logout")).Expect(202);
        await line.Tenant.Until(SendingLine.SessionId, "close");
        (await line.Client.Post($"/messages/{id}/retry", null, Key(NewKey()))).Expect(409, "not_failed");
    }

    [Theory]
    [InlineData("")]
    [InlineData("\"\"")]
    [InlineData("long")]
    public async Task A_key_that_is_none_is_refused(string key)
    {
        await using var line = await SendingLine.Open(_parley);
        (await line.Post(SendingLine.Text(TestGateway.NewPhone(), "x"), Key(key == "long" ? new string('k', 256) : key)))
            .Expect(400, "invalid_request");
        Assert.Empty(await line.Messages());
    }

    private static string NewKey() => Guid.NewGuid().ToString();

    private static (string Name, string Value) Key(string key) => ("Idempotency-Key", key);

    private static async Task<string> ConversationWith(SendingLine line)
    {
        var id = await line.Send(TestGateway.NewPhone(), "first");
        return (await line.Until(id, "delivered"))["conversationId"]!.GetValue<string>();
    }
}
