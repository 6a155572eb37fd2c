using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using Parley.GatewaySimulator.Network;

namespace Parley.Truth;

/// <summary>What a tenant's program asks of Parley, also while nobody answers.</summary>
internal sealed class UserLife(TruthLine line, Random random)
{
    private static readonly string[] Emojis = ["👍", "🎉", "😀"];
    private readonly ConcurrentQueue<Task> _sends = new();
    private readonly List<Asked> _asked = [];
    private DateTime _deadline = DateTime.MaxValue;
    private int _number;

    public async Task Live(CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            await Act();
            await Task.Delay(random.Next(60, 400), CancellationToken.None);
        }

        // What has a key is asked again until it is answered.
        _deadline = DateTime.UtcNow + TruthSettings.PatienceWithKeys;
        await Task.WhenAll(_sends);
    }

    private async Task Act()
    {
        switch (random.Next(100))
        {
            case < 34:
                Begin(new Asked(Person(), null, NewText(), random.Next(3) == 0 ? null : NewKey()));
                break;
            case < 41:
                Begin(new Asked(null, line.Group, NewText(), NewKey()));
                break;
            case < 48:
                Begin(new Asked(line.People[0], null, "The same again.", NewKey()) { IsUnique = false });
                break;
            case < 54:
                Begin(new Asked(Person(), null, NewText(), NewKey(), Pictures.New(random)));
                break;
            case < 57:
                Begin(random.Next(2) == 0
                    ? new Asked(Person(), null, NewText(), NewKey(), Poll: Polls.New(random))
                    : new Asked(null, line.Group, NewText(), NewKey(), Poll: Polls.New(random)));
                break;
            case < 63:
                Again();
                break;
            case < 68:
                await Cancel();
                break;
            case < 72:
                await Retry();
                break;
            case < 80:
                await Edit();
                break;
            case < 85:
                await Revoke();
                break;
            case < 94:
                await React();
                break;
            default:
                await Read();
                break;
        }
    }

    private void Begin(Asked asked)
    {
        _asked.Add(asked);
        line.Asked.Enqueue(asked);
        _sends.Enqueue(asked.Key is null ? SendOnce(asked) : SendUntilAnswered(asked));
    }

    /// <summary>A key that counts already.</summary>
    private void Again()
    {
        if (Any(static a => a.Key is not null && a.Id is not null) is { } asked)
        {
            _sends.Enqueue(SendUntilAnswered(asked));
        }
    }

    private async Task SendOnce(Asked asked)
    {
        if (await Try(() => line.Client.Post("/messages", Body(asked))) is { } answer)
        {
            Note(asked, answer);
        }
    }

    private async Task SendUntilAnswered(Asked asked)
    {
        while (DateTime.UtcNow < _deadline)
        {
            var answer = await Try(() => asked.RetryOf is { } failed
                ? line.Client.Post($"/messages/{failed}/retry", null, ("Idempotency-Key", asked.Key!))
                : line.Client.Post("/messages", Body(asked), ("Idempotency-Key", asked.Key!)));
            if (answer is not null && Note(asked, answer))
            {
                return;
            }

            await Task.Delay(300);
        }

        if (TruthSettings.IsLong)
        {
            line.Surprises.Enqueue($"The key of '{asked.Text}' was never answered");
        }
    }

    /// <returns>Whether this is the last word.</returns>
    private bool Note(Asked asked, Answer answer)
    {
        switch (answer.Status)
        {
            case 202 when asked.Id is { } id && id != answer.Text("id"):
                line.Surprises.Enqueue($"The key of '{asked.Text}' was answered with {id} and then with {answer.Text("id")}");
                return true;
            case 202:
                asked.Id = answer.Text("id");
                return true;
            case 409 when answer.Code == "idempotency_in_flight":
                return false;
            case 409 when answer.Code is "session_not_open" or "not_failed":
            case 429:
                asked.Refused = asked.Id is null;
                return true;
            case 503:
                return false;
            default:
                line.Surprises.Enqueue($"A send was answered {answer.Status}: {answer.Body}");
                return true;
        }
    }

    private async Task Cancel()
    {
        if (Any(static a => a is { Id: not null, CancelAsked: false }) is { } asked)
        {
            asked.CancelAsked = true;
            asked.Cancelled = IsDone(await Try(() => line.Client.Post($"/messages/{asked.Id}/cancel")), "A cancellation");
        }
    }

    /// <summary>What failed goes out once more, as another message that says the same.</summary>
    private async Task Retry()
    {
        var failed = await Try(() => line.Client.Get($"/messages?sessionId={line.SessionId}&status=failed&limit=20"));
        if (failed?.Status != 200
            || failed.Data.Select(m => _asked.Find(a => a.Id == m!["id"]!.GetValue<string>())).FirstOrDefault(static a => a?.IsUnique == true) is not { } asked)
        {
            return;
        }

        asked.IsUnique = false;
        var again = new Asked(asked.Person, asked.Group, asked.Text, NewKey(), asked.Picture, asked.Poll) { IsUnique = false, RetryOf = asked.Id };
        line.Asked.Enqueue(again);
        _sends.Enqueue(SendUntilAnswered(again));
    }

    private async Task Edit()
    {
        if (Any(static a => a is { IsUnique: true, Picture: null, Poll: null, Id: not null, RevokeAsked: false }) is not { } asked)
        {
            return;
        }

        var text = $"changed {NewText()}";
        var body = new JsonObject { ["text"] = text };
        var answer = await Try(() => line.Client.Send(HttpMethod.Patch, $"/messages/{asked.Id}", ParleyClient.Text(body.ToJsonString())));
        asked.Edits.Add((text, IsDone(answer, "A change")));
    }

    private async Task Revoke()
    {
        if (Any(static a => a is { IsUnique: true, Id: not null, RevokeAsked: false }) is { } asked)
        {
            asked.RevokeAsked = true;
            asked.Revoked = IsDone(await Try(() => line.Client.Post($"/messages/{asked.Id}/revoke")), "A deletion");
        }
    }

    private async Task React()
    {
        var messages = await Try(() => line.Client.Get($"/messages?sessionId={line.SessionId}&limit=20"));
        if (messages?.Status != 200)
        {
            return;
        }

        var inbound = messages.Data.Where(static m => m!["direction"]!.GetValue<string>() == "in" && m["deletedAt"] is null).ToList();
        if (inbound.Count == 0)
        {
            return;
        }

        // Version 1 cannot take a reaction back.
        var id = inbound[random.Next(inbound.Count)]!["id"]!.GetValue<string>();
        var answer = !line.IsV1 && random.Next(5) == 0
            ? await Try(() => line.Client.Delete($"/messages/{id}/reaction"))
            : await Try(() => line.Client.Send(
                HttpMethod.Put,
                $"/messages/{id}/reaction",
                ParleyClient.Text(new JsonObject { ["emoji"] = Emojis[random.Next(Emojis.Length)] }.ToJsonString())));
        IsDone(answer, "A reaction");
    }

    private async Task Read()
    {
        var conversations = await Try(() => line.Client.Get($"/conversations?sessionId={line.SessionId}&limit=20"));
        if (conversations is { Status: 200 } && conversations.Data.Count > 0)
        {
            var id = Uri.EscapeDataString(conversations.Data[random.Next(conversations.Data.Count)]!["conversationId"]!.GetValue<string>());
            await Try(() => line.Client.Post($"/conversations/{id}/read", new JsonObject { ["receipt"] = random.Next(2) == 0 }));
        }
    }

    /// <summary>Refusals are no surprise: nothing is known of the message yet, it is deleted, or the gateway fails.</summary>
    private bool IsDone(Answer? answer, string what)
    {
        if (answer is not null && answer.Status is not (200 or 409 or 502 or 503 or 504))
        {
            line.Surprises.Enqueue($"{what} was answered {answer.Status}: {answer.Body}");
        }

        return answer?.Status == 200;
    }

    /// <returns>Null = no answer.</returns>
    private static async Task<Answer?> Try(Func<Task<Answer>> ask)
    {
        try
        {
            return await ask();
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            return null;
        }
    }

    private JsonObject Body(Asked asked)
    {
        var body = new JsonObject { ["sessionId"] = line.SessionId, ["to"] = asked.To };
        if (asked.Picture is { } picture)
        {
            body["media"] = new JsonObject { ["base64"] = Convert.ToBase64String(picture), ["mimeType"] = Pictures.MimeType, ["caption"] = asked.Text };
        }
        else if (asked.Poll is { } poll)
        {
            var options = new JsonArray([.. poll.Select(static option => (JsonNode)option)]);
            body["poll"] = new JsonObject { ["name"] = asked.Text, ["options"] = options, ["selectableCount"] = poll.Count };
        }
        else
        {
            body["text"] = asked.Text;
        }

        return body;
    }

    private Asked? Any(Func<Asked, bool> condition)
    {
        var some = _asked.TakeLast(30).Where(condition).ToList();
        return some.Count == 0 ? null : some[random.Next(some.Count)];
    }

    private Person Person() => line.People[random.Next(line.People.Count)];

    private string NewText() => $"sent {line.SessionId} {(++_number).ToString(CultureInfo.InvariantCulture)}.";

    private string NewKey() => $"{line.SessionId}-{(++_number).ToString(CultureInfo.InvariantCulture)}";
}
