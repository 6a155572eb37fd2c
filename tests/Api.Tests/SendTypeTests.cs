using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Parley.GatewaySimulator;
using Parley.GatewaySimulator.Faults;
using Parley.GatewaySimulator.Writing;

namespace Parley.Api.Tests;

/// <summary>Every type of content reaches WhatsApp as it was given, and its echo is no second message.</summary>
public sealed class SendTypeTests(SharedProcess shared)
{
    private static readonly byte[] Bytes = [.. Enumerable.Range(0, 50_000).Select(static i => (byte)(i * 7))];

    private readonly ParleyProcess _parley = shared.Parley;

    [Theory]
    [InlineData("2.3.7")]
    [InlineData("1.8.2")]
    public async Task Uploaded_media_is_sent_more_than_once(string version)
    {
        await using var line = await Open(version);
        var upload = (await Upload(line, Bytes, "image/jpeg", "cat.jpg")).Expect(201);
        Assert.Equal("image/jpeg", upload.Text("mimeType"));
        Assert.Equal("cat.jpg", upload.Text("fileName"));
        Assert.Equal(Bytes.Length, upload.Number("size"));
        var id = await line.Send(Media(new JsonObject { ["mediaId"] = upload.Text("mediaId"), ["caption"] = "a cat" }));
        var message = await line.OnlyMessage(id);
        Assert.Equal(("image", "a cat"), (message["type"]!.GetValue<string>(), message["text"]!.GetValue<string>()));
        var sent = (MediaContent)line.Sent[0].Content!;
        Assert.Equal((MediaKind.Image, "image/jpeg", "a cat"), (sent.Kind, sent.MimeType, sent.Caption));
        Assert.Equal(Bytes, sent.Bytes);
        Assert.Equal(Bytes, (await line.Client.Get($"/messages/{id}/media")).Expect(200).Bytes);

        await line.Until(await line.Send(Media(new JsonObject { ["mediaId"] = upload.Text("mediaId") })), "delivered");
        Assert.Equal(Bytes, line.Sent[1].Media);
    }

    /// <summary>What 2.3 refuses as base64.</summary>
    [Theory]
    [InlineData("2.3.7")]
    [InlineData("2.2.3")]
    [InlineData("1.7.4")]
    public async Task Large_media_is_sent(string version)
    {
        await using var line = await Open(version);
        var bytes = new byte[9_000_000];
        new Random(7).NextBytes(bytes);
        var upload = (await Upload(line, bytes, "application/pdf", "größe.pdf")).Expect(201);
        var ana = line.Simulated.WhatsApp.AddPerson(TestGateway.NewPhone(), "Ana");
        var question = line.Instance.Phone.Write(ana, "may I have all of it?");
        await Poll.Until(async () => (await line.Messages()).Count == 1, "the question");
        var body = SendingLine.Message(ana.Phone, "media", new JsonObject { ["mediaId"] = upload.Text("mediaId"), ["caption"] = "hé" });
        body["quotedMessageId"] = question;

        var message = await line.Until(await line.Send(body), "delivered");

        Assert.Equal(("document", "hé"), (message["type"]!.GetValue<string>(), message["text"]!.GetValue<string>()));
        var sent = (MediaContent)line.Sent[0].Content!;
        Assert.Equal((MediaKind.Document, "application/pdf", "hé", "größe.pdf"), (sent.Kind, sent.MimeType, sent.Caption, sent.FileName));
        Assert.Equal(bytes, sent.Bytes);
        Assert.Equal(question, line.Sent[0].Target);
    }

    [Theory]
    [InlineData("application/pdf", "document", MediaKind.Document, "the file.pdf")]
    [InlineData("video/mp4", "video", MediaKind.Video, "the file")]
    [InlineData("audio/mpeg", "audio", MediaKind.Audio, "the file")]
    public async Task Media_as_base64_is_sent_as_what_its_type_says(string mimeType, string type, MediaKind kind, string name)
    {
        await using var line = await Open();
        var id = await line.Send(Media(new JsonObject
        {
            ["base64"] = Convert.ToBase64String(Bytes),
            ["mimeType"] = mimeType,
            ["fileName"] = "the file",
        }));
        var message = await line.OnlyMessage(id);
        Assert.Equal(type, message["type"]!.GetValue<string>());

        // The gateway goes by the name's extension, not by the type that it is told; WhatsApp shows the names of documents only. The name
        // under which it went out is told by the echo, which may be looked at a moment after the answer.
        message = await line.Until(id, m => m["media"]!["fileName"]!.GetValue<string>() == name, $"named '{name}'");
        Assert.Equal(mimeType, message["media"]!["mimeType"]!.GetValue<string>());
        var sent = (MediaContent)line.Sent[0].Content!;
        Assert.Equal((kind, mimeType, false), (sent.Kind, sent.MimeType, sent.VoiceNote));
        Assert.Equal(Bytes, sent.Bytes);
    }

    [Fact]
    public async Task Media_at_an_address_is_read_once_and_kept()
    {
        await using var line = await Open();
        using var server = MediaServer.Start(Bytes, "image/png");
        var id = await line.Send(Media(new JsonObject { ["url"] = $"{server.Url}/cat.png" }));
        var message = await line.OnlyMessage(id);
        Assert.Equal("image", message["type"]!.GetValue<string>());
        Assert.Equal("image/png", message["media"]!["mimeType"]!.GetValue<string>());
        Assert.Equal(Bytes, line.Sent[0].Media);
        Assert.Equal(1, server.Asked);
    }

    [Fact]
    public async Task A_voice_note_is_sent_as_one()
    {
        await using var line = await Open();
        var id = await line.Send(Media(new JsonObject
        {
            ["base64"] = Convert.ToBase64String(Bytes),
            ["mimeType"] = "audio/ogg; codecs=opus",
            ["voice"] = true,
        }));
        await line.OnlyMessage(id);
        var sent = (MediaContent)line.Sent[0].Content!;
        Assert.Equal((MediaKind.Audio, true), (sent.Kind, sent.VoiceNote));
        Assert.Equal(Bytes, sent.Bytes);
    }

    [Fact]
    public async Task A_sticker_is_sent_as_one()
    {
        await using var line = await Open();
        var id = await line.Send(SendingLine.Message(
            TestGateway.NewPhone(), "sticker", new JsonObject { ["base64"] = Convert.ToBase64String(Bytes), ["mimeType"] = "image/webp" }));
        Assert.Equal("sticker", (await line.OnlyMessage(id))["type"]!.GetValue<string>());
        Assert.Equal(MediaKind.Sticker, ((MediaContent)line.Sent[0].Content!).Kind);
        Assert.Equal(Bytes, line.Sent[0].Media);
    }

    [Theory]
    [InlineData("2.3.7")]
    [InlineData("1.8.2")]
    public async Task A_place_is_sent(string version)
    {
        await using var line = await Open(version);
        var id = await line.Send(SendingLine.Message(TestGateway.NewPhone(), "location", new JsonObject
        {
            ["latitude"] = -23.55,
            ["longitude"] = -46.63,
            ["name"] = "Shop",
            ["address"] = "Rua 1",
        }));
        Assert.Equal("location", (await line.OnlyMessage(id))["type"]!.GetValue<string>());
        Assert.Equal(new LocationContent(-23.55, -46.63, "Shop", "Rua 1"), line.Sent[0].Content);
    }

    [Theory]
    [InlineData("2.3.7", 1)]
    [InlineData("2.3.7", 2)]
    [InlineData("1.8.2", 1)]
    public async Task Contacts_are_sent(string version, int count)
    {
        await using var line = await Open(version);
        var contacts = Enumerable.Range(1, count)
            .Select(static i => new JsonObject { ["name"] = $"Contact {i}", ["phoneNumbers"] = new JsonArray($"551198765010{i}") });
        var id = await line.Send(SendingLine.Message(TestGateway.NewPhone(), "contacts", new JsonArray([.. contacts])));
        Assert.Equal("contact", (await line.OnlyMessage(id))["type"]!.GetValue<string>());
        var cards = ((ContactContent)line.Sent[0].Content!).Cards;
        Assert.Equal(Enumerable.Range(1, count).Select(static i => $"Contact {i}"), cards.Select(static c => c.Name));
        Assert.Contains("waid=5511987650101", cards[0].VCard, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2.3.7")]
    [InlineData("1.8.2")]
    public async Task A_poll_is_sent(string version)
    {
        await using var line = await Open(version);
        var id = await line.Send(SendingLine.Message(TestGateway.NewPhone(), "poll", new JsonObject
        {
            ["name"] = "When?",
            ["options"] = new JsonArray("now", "later", "never"),
            ["selectableCount"] = 2,
        }));
        Assert.Equal("poll", (await line.OnlyMessage(id))["type"]!.GetValue<string>());
        var sent = (PollContent)line.Sent[0].Content!;
        Assert.Equal(("When?", 2), (sent.Question, sent.Selectable));
        Assert.Equal(["now", "later", "never"], sent.Options);
    }

    /// <summary>As the echo tells it before the answer does, and where only the echo tells that it went out.</summary>
    [Theory]
    [InlineData("2.3.7", false)]
    [InlineData("2.3.7", true)]
    [InlineData("1.8.2", false)]
    [InlineData("1.8.2", true)]
    public async Task A_poll_is_known_by_its_echo(string version, bool fails)
    {
        await using var line = await Open(version);
        line.Simulated.Options.Echo = EchoTiming.Before;
        if (fails)
        {
            line.Simulated.Faults.Next("message/sendPoll", RestFault.Answer(500) with { Done = true });
        }

        var id = await line.Send(SendingLine.Message(
            TestGateway.NewPhone(), "poll", new JsonObject { ["name"] = "When?", ["options"] = new JsonArray("now", "later") }));
        var only = await line.OnlyMessage(id);
        Assert.Null(only["error"]);
        Assert.Equal("When?", only["poll"]!["name"]!.GetValue<string>());

        // In a cluster events get their numbers a moment after what they tell of.
        JsonArray events = [];
        await Poll.Until(
            async () =>
            {
                events = (await line.Client.Get("/events?after=0&limit=200", ("Accept", "application/json"))).Expect(200).Data;
                return events.Any(static e => e!["type"]!.GetValue<string>() == "message.created");
            },
            "its event");
        Assert.Single(events, static e => e!["type"]!.GetValue<string>() == "message.created");
        Assert.DoesNotContain(events, static e => e!["type"]!.GetValue<string>() == "message.deleted");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_message_is_quoted_by_either_id(bool byGatewaysId)
    {
        await using var line = await Open();
        var ana = line.Simulated.WhatsApp.AddPerson(TestGateway.NewPhone(), "Ana");
        var question = line.Instance.Phone.Write(ana, "open today?");
        await Poll.Until(async () => (await line.Messages()).Count == 1, "the question");
        var quoted = byGatewaysId ? question : (await line.Messages())[0]["id"]!.GetValue<string>();
        var body = SendingLine.Text(ana.Phone, "yes");
        body["quotedMessageId"] = quoted;
        var id = await line.Send(body);
        Assert.Equal(question, (await line.UntilNamed(id))["quotedMessageId"]!.GetValue<string>());
        Assert.Equal(question, Assert.Single(line.Sent).Target);
        await line.Simulated.Settle();
        Assert.Equal(2, (await line.Messages()).Count);
    }

    [Fact]
    public async Task People_are_mentioned()
    {
        await using var line = await Open();
        var ana = line.Simulated.WhatsApp.AddPerson(TestGateway.NewPhone(), "Ana");
        var group = line.Simulated.WhatsApp.AddGroup("120363041234567891", "Shop", ana);
        var body = SendingLine.Text(group.GroupJid, $"@{ana.Phone} look");
        body["mentions"] = new JsonArray(ana.Phone);
        var id = await line.Send(body);
        await line.OnlyMessage(id);
        Assert.Equal([ana.PhoneJid], line.Sent[0].Mentions);
        Assert.Single((await line.Read(id))["mentions"]!.AsArray());
    }

    private static JsonObject Media(JsonObject media) => SendingLine.Message(TestGateway.NewPhone(), "media", media);

    private static Task<Answer> Upload(SendingLine line, byte[] bytes, string mimeType, string fileName)
    {
        var file = new ByteArrayContent(bytes);
        file.Headers.ContentType = MediaTypeHeaderValue.Parse(mimeType);
        return line.Client.Send(HttpMethod.Post, "/media", new MultipartFormDataContent { { file, "file", fileName } });
    }

    /// <summary>Echoes come first: what their form lacks must not make them other messages.</summary>
    private async Task<SendingLine> Open(string version = "2.3.7")
    {
        var line = await SendingLine.Open(_parley, version);
        line.Simulated.Options.Echo = EchoTiming.Before;
        return line;
    }
}
