using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace Parley.Silo.Demo;

/// <summary>What people do all day: the shop over Parley's API, its customers on their phones. One scene after another, for ever.</summary>
/// <param name="instance">The line's name at the gateway.</param>
internal sealed class DemoTraffic(JsonCalls api, JsonCalls phones, string instance, CancellationToken stopping)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(200);

    /// <summary>How long something that must come is waited for, in glances.</summary>
    private const int Patience = 100;

    /// <summary>A PNG of one point.</summary>
    private static readonly byte[] Picture = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");

    private int _scene;

    /// <summary>Plays the next scene.</summary>
    public async Task Act()
    {
        Func<Task>[] scenes = [Question, Change, Photos, InGroup, Offer, FromThePhone, Delivered, WrongNumber, Missed];
        var scene = scenes[_scene++ % scenes.Length];
        await scene();
        await Task.Delay(Pause, stopping);
    }

    /// <summary>A customer asks, the shop reads it and answers, the customer likes the answer.</summary>
    private async Task Question()
    {
        var asked = await Kept(await Write(DemoShop.Ana, "Is the blue one still available?"));
        await api.Post($"/conversations/{DemoShop.Line}/{DemoShop.Ana.Phone}/read", new JsonObject { ["receipt"] = true });
        var answer = await Send(DemoShop.Ana, new JsonObject { ["text"] = "Yes, until Friday.", ["quotedMessageId"] = Text(asked, "id") });
        await Phone("react", DemoShop.Ana, new JsonObject { ["id"] = Text(answer, "externalId"), ["emoji"] = "👍" });
    }

    /// <summary>Both change what they wrote. The customer shows the hidden id only.</summary>
    private async Task Change()
    {
        var id = await Write(DemoShop.Bruno, "Two of the blue ones, plaese", new JsonObject { ["addressing"] = "HiddenId" });
        await Kept(id);
        await Phone("edit", DemoShop.Bruno, new JsonObject { ["id"] = id, ["text"] = "Two of the blue ones, please", ["addressing"] = "HiddenId" });
        var answer = await Send(DemoShop.Bruno, new JsonObject { ["text"] = "That makes 40." });
        await Task.Delay(Pause, stopping);
        await api.Patch($"/messages/{Text(answer, "id")}", new JsonObject { ["text"] = "That makes 38, with the discount." });
    }

    /// <summary>A customer sends a photo, the shop reacts.</summary>
    private async Task Photos()
    {
        var photo = await Kept(await Write(DemoShop.Chen, "Do you have it in green?", new JsonObject
        {
            ["media"] = Convert.ToBase64String(Picture),
            ["kind"] = "Image",
            ["mimeType"] = "image/png",
        }));
        await api.Put($"/messages/{Text(photo, "id")}/reaction", new JsonObject { ["emoji"] = "👀" });
    }

    private async Task InGroup()
    {
        await Kept(await Write(DemoShop.Bruno, "Are you there this Friday?", new JsonObject { ["group"] = DemoShop.Group }));
        await Send($"{DemoShop.Group}@g.us", new JsonObject { ["text"] = "From eight to noon." });
    }

    /// <summary>The shop sends a picture, and takes back what it wrote too fast.</summary>
    private async Task Offer()
    {
        using var form = new MultipartFormDataContent();
        using var file = new ByteArrayContent(Picture);
        file.Headers.ContentType = new MediaTypeHeaderValue("image/png");
        form.Add(file, "file", "green.png");
        var upload = await api.Call(HttpMethod.Post, "/media", form);
        await Send(DemoShop.Chen, new JsonObject { ["media"] = new JsonObject { ["mediaId"] = Text(upload, "mediaId"), ["caption"] = "Here it is." } });
        var rash = await Send(DemoShop.Chen, new JsonObject { ["text"] = "Half price!" });
        await api.Post($"/messages/{Text(rash, "id")}/revoke", []);
    }

    /// <summary>The owner types on the phone: it is the shop's message, though Parley did not send it.</summary>
    private async Task FromThePhone() =>
        await Kept((await Phone("owner-writes", DemoShop.Chen, new JsonObject { ["text"] = "I kept the last one for you." }))["id"]!.GetValue<string>());

    /// <summary>The gateway tells one message three times; one is kept.</summary>
    private async Task Delivered()
    {
        await phones.Post("/control/webhook-faults", new JsonObject { ["event"] = "messages.upsert", ["kind"] = "duplicate", ["copies"] = 2 });
        await Kept(await Write(DemoShop.Ana, "Then I will take it."));
        await Send(DemoShop.Ana, new JsonObject { ["text"] = "Gladly!" });
    }

    /// <summary>A number that has no WhatsApp: the message says so.</summary>
    private async Task WrongNumber() => await Send(DemoShop.NotOnWhatsApp, new JsonObject { ["text"] = "Your parcel is ready." });

    /// <summary>A webhook is lost; reading back from the gateway brings the message in.</summary>
    private async Task Missed()
    {
        await phones.Post("/control/webhook-faults", new JsonObject { ["event"] = "messages.upsert", ["kind"] = "lose" });
        var id = await Write(DemoShop.Bruno, "Can I collect them today?");
        await Task.Delay(Pause, stopping);
        await api.Post($"/sessions/{DemoShop.SessionId}/sync", []);
        await Kept(id);
        await Send(DemoShop.Bruno, new JsonObject { ["text"] = "Any time before six." });
    }

    private async Task<string> Write(DemoPerson person, string text, JsonObject? more = null)
    {
        var body = more ?? [];
        body["text"] = text;
        return Text(await Phone("write", person, body), "id");
    }

    private Task<JsonNode> Phone(string what, DemoPerson person, JsonObject body)
    {
        body["peer"] = person.Phone;
        return phones.Post($"/control/instances/{instance}/{what}", body);
    }

    /// <summary>Waits for what the gateway told.</summary>
    private async Task<JsonNode> Kept(string externalId)
    {
        for (var i = 0; i < Patience; i++)
        {
            if ((await api.Get($"/messages?externalId={Uri.EscapeDataString(externalId)}"))["data"]!.AsArray() is [{ } message, ..])
            {
                return message;
            }

            await Task.Delay(Glance, stopping);
        }

        throw new DemoException("A message did not come in.");
    }

    private Task<JsonNode> Send(DemoPerson person, JsonObject message) => Send(person.Phone, message);

    /// <summary>Sends, and waits until it has left or never will.</summary>
    private async Task<JsonNode> Send(string to, JsonObject message)
    {
        message["sessionId"] = DemoShop.SessionId;
        message["to"] = to;
        var id = Text(await api.Post("/messages", message), "id");
        for (var i = 0; i < Patience; i++)
        {
            var sent = await api.Get($"/messages/{id}");
            if (Text(sent, "status") != "pending")
            {
                return sent;
            }

            await Task.Delay(Glance, stopping);
        }

        throw new DemoException("A message did not leave.");
    }

    private static string Text(JsonNode node, string name) => node[name]?.ToString() ?? "";
}
