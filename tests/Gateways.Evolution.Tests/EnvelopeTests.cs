using System.Text;
using Parley.Domain.Observations;
using Parley.Ports;

namespace Parley.Gateways.Evolution.Tests;

public sealed class EnvelopeTests
{
    private static readonly EvolutionWebhookReader Reader = new();

    [Theory]
    [InlineData("messages.upsert", "messages.upsert")]
    [InlineData("MESSAGES_UPSERT", "messages.upsert")]
    [InlineData("messages-upsert", "messages.upsert")]
    [InlineData("Messages.Upsert", "messages.upsert")]
    [InlineData("MessagesUpsert", "messages.upsert")]
    [InlineData("GROUP_PARTICIPANTS_UPDATE", "group-participants.update")]
    [InlineData("group-participants-update", "group-participants.update")]
    [InlineData("send-message-update", "send.message.update")]
    [InlineData("TYPEBOT_CHANGE_STATUS", "typebot.change-status")]
    [InlineData("something.else", "something.else")]
    public void An_events_name_is_known_in_any_spelling(string written, string name) =>
        Assert.Equal(name, Bodies.Read(written, "{}").Event);

    [Fact]
    public void An_unknown_event_goes_to_quarantine() => Assert.Equal(["quarantine unknown_event"], Bodies.Lines("messages.starred", "[1,2]"));

    [Theory]
    [InlineData("presence.update")]
    [InlineData("chats.set")]
    [InlineData("chats.upsert")]
    [InlineData("chats.update")]
    [InlineData("chats.delete")]
    [InlineData("labels.edit")]
    [InlineData("labels.association")]
    [InlineData("typebot.start")]
    [InlineData("typebot.change-status")]
    [InlineData("call")]
    [InlineData("application.startup")]
    [InlineData("creds.update")]
    [InlineData("new.jwt")]
    [InlineData("messaging-history.set")]
    public void Known_noise_is_ignored_once_whatever_its_data(string name)
    {
        Assert.Equal([$"ignored {name}"], Bodies.Lines(name, """["5521977660007@s.whatsapp.net", {}, null]"""));
        Assert.Equal([$"ignored {name}"], Bodies.Lines(name, "null"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("{}")]
    [InlineData("hello")]
    [InlineData("""{"event":"messages.upsert"}""")]
    [InlineData("""{"instance":"a"}""")]
    [InlineData("""{"event":"","instance":"a"}""")]
    [InlineData("""{"event":7,"instance":"a"}""")]
    [InlineData("""{"event":"messages.upsert","instance":["a"]}""")]
    [InlineData("""{"event":"messages.upsert","instance":"a"} x""")]
    [InlineData("""{"event":"error","data":{"status":401},"api_key":"k"}""")]
    public void A_body_without_envelope_is_refused(string body) =>
        Assert.Throws<WebhookFormatException>(() => Reader.Read(Encoding.UTF8.GetBytes(body), Described.ReceivedAt));

    /// <summary>They stand in rows and keys, which have no room for a body.</summary>
    [Theory]
    [InlineData(256, 7)]
    [InlineData(7, 256)]
    public void A_name_that_no_gateway_has_is_refused(int eventName, int instance)
    {
        var body = Body(0);
        Assert.Equal((eventName, instance), (Read(body).Event.Length, Read(body).Instance.Length));

        Assert.Throws<WebhookFormatException>(() => Read(Body(1)));

        static WebhookReading Read(byte[] body) => Reader.Read(body, Described.ReceivedAt);

        byte[] Body(int more) => Encoding.UTF8.GetBytes(
            $$"""{"event":"{{Name(eventName, more)}}","instance":"{{Name(instance, more)}}","data":null}""");

        static string Name(int length, int more) => new('x', length == 256 ? length + more : length);
    }

    [Fact]
    public void A_body_that_breaks_off_anywhere_is_refused()
    {
        var body = Bodies.Of("messages.upsert", Bodies.Message("""{"conversation":"olá \ud83d\ude00"}"""));
        for (var length = 0; length < body.Length; length++)
        {
            var part = body.AsMemory(0, length);
            Assert.Throws<WebhookFormatException>(() => Reader.Read(part, Described.ReceivedAt));
        }
    }

    [Fact]
    public void A_byte_order_mark_changes_nothing()
    {
        byte[] body = [0xEF, 0xBB, 0xBF, .. Bodies.Of("logout.instance", "null")];

        Assert.Equal(["session Close logout"], Described.Lines(Reader.Read(body, Described.ReceivedAt)));
    }

    [Theory]
    [InlineData("\"2026-11-22T11:07:59.546Z\"", 1795345679546)]
    [InlineData("\"2026-11-22T08:07:59.546-03:00\"", 1795345679546)]
    [InlineData("\"2026-11-22 11:07:59\"", 1795345679000)]
    [InlineData("\"2026-11-22T11:07:59\"", 1795345679000)]
    [InlineData("\"yesterday\"", null)]
    [InlineData("\"0001-01-01T00:00:00Z\"", null)]
    [InlineData("\"9999-01-01T00:00:00Z\"", null)]
    [InlineData("17", null)]
    [InlineData("null", null)]
    public void The_envelopes_time_is_read_in_any_form(string written, long? expected)
    {
        var body = Encoding.UTF8.GetBytes($$"""{"event":"call","instance":"a","date_time":{{written}}}""");

        Assert.Equal(expected, Reader.Read(body, Described.ReceivedAt).EnvelopeMs);
    }

    [Theory]
    [InlineData("\"4915550100231@s.whatsapp.net\"", "4915550100231")]
    [InlineData("\"4915550100231:12@s.whatsapp.net\"", "4915550100231")]
    [InlineData("\"4915550100231\"", "4915550100231")]
    [InlineData("\"100000000000011@lid\"", null)]
    [InlineData("\"\"", null)]
    [InlineData("null", null)]
    [InlineData("{}", null)]
    [InlineData("\"nobody\"", null)]
    public void The_line_is_the_envelopes_sender(string written, string? expected)
    {
        var body = Encoding.UTF8.GetBytes($$"""{"event":"call","instance":"a","sender":{{written}}}""");

        Assert.Equal(expected, Reader.Read(body, Described.ReceivedAt).Line?.Value);
    }

    [Fact]
    public void A_connection_that_opens_names_the_line_even_where_the_sender_is_still_the_one_before()
    {
        var reading = Bodies.Read("connection.update", """{"state":"open","wuid":"5511994090898@s.whatsapp.net"}""");

        Assert.Equal("5511994090898", reading.Line?.Value);
        Assert.Equal("5511994090898", Assert.IsType<SessionObserved>(Assert.Single(reading.Items).Observation).Signal.PhoneNumber?.Value);
    }

    [Theory]
    [InlineData("connection.update", """{"state":"open","statusReason":200}""", "session Open 4915550100231")]
    [InlineData("connection.update", """{"state":"connecting","statusReason":200}""", "session Connecting")]
    [InlineData("connection.update", """{"state":"close","statusReason":428}""", "session Close 428")]
    [InlineData("connection.update", """{"state":"close"}""", "session Close")]
    [InlineData("connection.update", """{"state":"refused","statusReason":428,"wuid":"5511994090898@s.whatsapp.net"}""", "session Close refused")]
    [InlineData("connection.update", """{"state":"paused"}""", "quarantine unknown_state")]
    [InlineData("connection.update", "7", "quarantine unknown_state")]
    [InlineData("status.instance", """{"status":"closed","disconnectionReasonCode":401}""", "session Close 401")]
    [InlineData("status.instance", """{"instance":"shop-1","status":"created"}""", "ignored instance_loaded")]
    [InlineData("logout.instance", "null", "session Close logout")]
    [InlineData("remove.instance", "null", "session Destroyed")]
    [InlineData("instance.delete", """{"instanceName":"shop-1"}""", "session Destroyed")]
    [InlineData("instance.create", """{"instanceName":"shop-1"}""", "session Creating")]
    [InlineData("qrcode.updated", """{"message":"QR code limit reached","statusCode":500}""", "session Close QR code limit reached")]
    [InlineData("qrcode.updated", "null", "session Close QR code limit reached")]
    public void The_state_of_the_instance_is_read(string name, string data, string expected) =>
        Assert.Equal([expected], Bodies.Lines(name, data));

    [Theory]
    [InlineData("connection.update", "{'state':'close','statusReason':'#'}")]
    [InlineData("status.instance", "{'status':'closed','disconnectionReasonCode':'#'}")]
    [InlineData("qrcode.updated", "{'message':'#'}")]
    public void A_reason_is_cut_before_it_costs_memory(string name, string data)
    {
        var reading = Bodies.Read(name, data.Replace('\'', '"').Replace("#", new string('x', 100_000), StringComparison.Ordinal));

        Assert.Equal(new string('x', 256), Assert.IsType<SessionObserved>(Assert.Single(reading.Items).Observation).Signal.Reason);
    }

    [Fact]
    public void A_qr_code_is_a_secret_of_a_connecting_session()
    {
        var reading = Bodies.Read("qrcode.updated", """{"qrcode":{"instance":"shop-1","pairingCode":"WZYEH1YY","code":"2@y8","base64":"data:image/png;base64,AAAA"}}""");

        Assert.Equal(["session Connecting", "qr"], Described.Lines(reading));
        var qr = Assert.IsType<QrObserved>(reading.Items[1].Observation);
        Assert.Equal(("2@y8", "WZYEH1YY"), (qr.Code, qr.PairingCode));
    }

    [Fact]
    public void The_signal_carries_both_times()
    {
        var signal = Assert.IsType<SessionObserved>(Assert.Single(Bodies.Read("logout.instance", "null").Items).Observation).Signal;

        Assert.Equal(1795345679546, signal.EnvelopeMs);
        Assert.Equal(Described.ReceivedAt, signal.ReceivedAt);
        Assert.False(signal.Traffic);
    }
}
