using Parley.Domain.Addresses;
using Parley.Domain.Messages;
using Parley.Domain.Observations;

namespace Parley.Gateways.Evolution.Tests;

/// <summary>Who a message is from and to, which pairs it teaches, and what names it gives (webhooks, 8).</summary>
public sealed class PeopleTests
{
    private const string Text = """{"conversation":"x"}""";
    private const string Phone = "5511987650001@s.whatsapp.net";
    private const string Lid = "100000000000011@lid";

    private static readonly EvolutionWebhookReader Reader = new();

    [Theory]
    [InlineData($$"""{"remoteJid":"{{Lid}}","senderPn":"{{Phone}}"}""", "5511987650001", Lid, true)] // generation 1
    [InlineData($$"""{"remoteJid":"{{Phone}}","senderLid":"{{Lid}}"}""", "5511987650001", Lid, true)]
    [InlineData($$"""{"remoteJid":"{{Phone}}","senderPn":"{{Phone}}","previousRemoteJid":"{{Lid}}"}""", "5511987650001", Lid, true)] // 2
    [InlineData($$"""{"remoteJid":"{{Lid}}","senderPn":"{{Phone}}","previousRemoteJid":"{{Lid}}"}""", "5511987650001", Lid, true)]
    [InlineData($$"""{"remoteJid":"{{Lid}}","remoteJidAlt":"{{Phone}}","addressingMode":"lid"}""", "5511987650001", Lid, true)] // 3
    [InlineData($$"""{"remoteJid":"{{Phone}}","remoteJidAlt":"{{Lid}}","addressingMode":"pn"}""", "5511987650001", Lid, true)] // 3 to 5
    [InlineData($$"""{"remoteJid":"{{Phone}}","remoteJidAlt":"{{Phone}}","participant":""}""", "5511987650001", null, false)] // 4
    [InlineData($$"""{"remoteJid":"{{Lid}}"}""", null, Lid, false)]
    [InlineData($$"""{"remoteJid":"{{Phone}}"}""", "5511987650001", null, false)]
    [InlineData($$"""{"remoteJid":"5511987650001:12@s.whatsapp.net"}""", "5511987650001", null, false)]
    [InlineData($$"""{"remoteJid":"5511987650001"}""", "5511987650001", null, false)] // EVOLUTION channel
    [InlineData($$"""{"remoteJid":"{{Lid}}","fromMe":true,"senderPn":"4915550100231@s.whatsapp.net"}""", null, Lid, false)] // the line's own
    [InlineData($$"""{"remoteJid":"{{Phone}}","fromMe":true,"senderLid":"90000000000050@lid"}""", "5511987650001", null, false)]
    [InlineData($$"""{"remoteJid":"{{Lid}}","fromMe":true,"remoteJidAlt":"{{Phone}}"}""", "5511987650001", Lid, true)]
    [InlineData($$"""{"remoteJid":"{{Phone}}","fromMe":true,"participant":"{{Lid}}"}""", "5511987650001", null, false)] // button sends
    public void The_other_person_has_every_address_that_the_key_shows(string key, string? phone, string? lid, bool teaches)
    {
        var reading = Bodies.Read("messages.upsert", Bodies.Message(Text, key: key.Replace("{", "{\"id\":\"A\",", StringComparison.Ordinal)));
        var message = reading.Items.Select(item => item.Observation).OfType<MessageObserved>().Single();

        Assert.Equal((phone, lid), (message.Peer?.Phone?.Value, message.Peer?.Lid?.Value));
        Assert.Null(message.Group);
        Assert.Null(message.Author);
        var pairs = reading.Items.Select(item => item.Observation).OfType<PairObserved>().ToList();
        Assert.Equal(teaches ? [$"{lid} {phone}"] : [], pairs.Select(pair => $"{pair.Pair.Lid} {pair.Pair.Phone}"));
        Assert.True(!teaches || reading.Items[0].Observation is PairObserved, "a pair comes before its message");
    }

    [Theory]
    [InlineData($$"""{"participant":"{{Lid}}"}""", null, Lid)]
    [InlineData($$"""{"participant":"{{Phone}}","participantLid":"{{Lid}}"}""", "5511987650001", Lid)] // generation 1, 2
    [InlineData($$"""{"participant":"{{Lid}}","participantPn":"{{Phone}}"}""", "5511987650001", Lid)] // 2
    [InlineData($$"""{"participant":"{{Lid}}","participantAlt":"{{Phone}}"}""", "5511987650001", Lid)] // 3 to 5
    [InlineData($$"""{"participant":"{{Phone}}","participantAlt":"{{Lid}}"}""", "5511987650001", Lid)]
    [InlineData($$"""{"participant":"{{Phone}}","senderLid":"{{Lid}}"}""", "5511987650001", null)]
    [InlineData("{}", null, null)]
    public void The_author_in_a_group_has_every_address_that_the_key_shows(string key, string? phone, string? lid)
    {
        var whole = key.TrimEnd('}') + (key.Length > 2 ? "," : "") + "\"remoteJid\":\"120363025246125888@g.us\",\"fromMe\":false,\"id\":\"A\"}";
        var reading = Bodies.Read("messages.upsert", Bodies.Message(Text, key: whole));
        var message = reading.Items.Select(item => item.Observation).OfType<MessageObserved>().Single();

        Assert.Equal("120363025246125888@g.us", message.Group?.Value);
        Assert.Equal((phone, lid), (message.Author?.Phone?.Value, message.Author?.Lid?.Value));
        Assert.Null(message.Peer);
        Assert.Equal(phone is not null && lid is not null, reading.Items.Any(item => item.Observation is PairObserved));
    }

    [Theory]
    [InlineData("""{"fromMe":false}""", "5511987650001")]
    [InlineData("""{"fromMe":false,"participant":"100000000000019@lid"}""", "100000000000019@lid")]
    public void An_author_beside_the_key_counts_where_the_key_has_none(string key, string expected)
    {
        var whole = key.Replace("{", "{\"remoteJid\":\"120363025246125888@g.us\",\"id\":\"A\",", StringComparison.Ordinal);

        Assert.Equal(expected, Bodies.Observed(Text, $",\"participant\":\"{Phone}\"", whole).Author?.Best?.Value);
        Assert.Null(Bodies.Observed(Text, $",\"participant\":\"{Phone}\"").Author);
    }

    [Fact]
    public void An_author_in_the_place_of_the_name_counts_in_history_only()
    {
        const string Row = """{"key":{"remoteJid":"120363025246125888@g.us","id":"A"},"pushName":"100000000000019@lid","message":{"conversation":"x"},"messageTimestamp":1795086775}""";

        Assert.Equal(["in A text 'x' group=120363025246125888@g.us author=100000000000019@lid history at=1795086775"], Bodies.Lines("messages.set", $"[{Row}]"));
        Assert.Equal(["in A text 'x' group=120363025246125888@g.us at=1795086775"], Bodies.Lines("messages.upsert", Row));
    }

    [Theory]
    [InlineData("status@broadcast", "ignored status_story")]
    [InlineData("17170000001@broadcast", "ignored broadcast_list")]
    [InlineData("120363000000000001@newsletter", "ignored newsletter")]
    [InlineData("867051314767696@bot", "quarantine unknown_chat")]
    [InlineData("@s.whatsapp.net", "quarantine unknown_chat")]
    [InlineData("letters", "quarantine unknown_chat")]
    [InlineData("", "quarantine unknown_chat")]
    public void A_chat_that_is_no_conversation_gives_no_message(string jid, string expected) => Assert.Equal(
        [expected],
        Bodies.Lines("messages.upsert", Bodies.Message(Text, key: $$"""{"remoteJid":"{{jid}}","id":"A","participant":"{{Lid}}","participantAlt":"{{Phone}}"}""")));

    [Theory]
    [InlineData("""{"id":"A"}""", "quarantine unknown_chat")]
    [InlineData("""{"id":"A","remoteJid":7}""", "quarantine unknown_chat")]
    [InlineData("""{"remoteJid":"5511987650001@s.whatsapp.net"}""", "quarantine unreadable_message")]
    [InlineData("""{"id":["A"],"remoteJid":"5511987650001@s.whatsapp.net"}""", "quarantine unreadable_message")]
    [InlineData("null", "quarantine unreadable_message")]
    [InlineData("\"A\"", "quarantine unreadable_message")]
    public void A_message_without_a_readable_key_goes_to_quarantine(string key, string expected) =>
        Assert.Equal([expected], Bodies.Lines("messages.upsert", Bodies.Message(Text, key: key)));

    [Theory]
    [InlineData("true", true)]
    [InlineData("\"true\"", true)]
    [InlineData("1", true)]
    [InlineData("false", false)]
    [InlineData("null", false)]
    [InlineData("{}", false)]
    public void From_me_is_read_in_any_form(string written, bool expected) => Assert.Equal(
        expected,
        Bodies.Observed(Text, key: $$"""{"remoteJid":"{{Phone}}","id":"A","fromMe":{{written}}}""").FromMe);

    [Theory]
    [InlineData("wamid.HBgNNTUxMTk4NzY1MDAwMRUCABIYFDNBMDE=", "5511987650001")] // the number inside wins
    [InlineData("wamid.HBgLMTIwMjU1NTAxMDgVAgASGBQzQTAx", "12025550108")]
    [InlineData("wamid.MEwuiMrs8hB0izCV3A+/EFQ5TpdLRcu+", "525587650003")] // invented: says nothing
    [InlineData("wamid.T1VUMTEyMDI1NTUwMTA4", "525587650003")]
    [InlineData("wamid.OLD", "525587650003")]
    [InlineData("wamid.HBgLMTIw", "525587650003")]
    [InlineData("wamid.", "525587650003")]
    public void The_number_in_a_cloud_id_wins_over_the_chats(string id, string expected) => Assert.Equal(
        expected,
        PeerOf(Bodies.OfCloud(
            "messages.upsert", Bodies.Message(Text, key: $$"""{"remoteJid":"525587650003@s.whatsapp.net","id":"{{id}}","fromMe":false}"""))).Phone?.Value);

    /// <summary>The sender's client chooses its id, and would be whoever it names.</summary>
    [Theory]
    [InlineData("""{"remoteJid":"100000000000011@lid","fromMe":false,"id":"#"}""", null, "100000000000011@lid")]
    [InlineData("""{"remoteJid":"100000000000011@lid","fromMe":true,"id":"#"}""", null, "100000000000011@lid")]
    [InlineData("""{"remoteJid":"5511987650001@s.whatsapp.net","remoteJidAlt":"100000000000011@lid","fromMe":false,"id":"#"}""", "5511987650001", "100000000000011@lid")]
    [InlineData("""{"remoteJid":"5511987650001@s.whatsapp.net","senderLid":"100000000000011@lid","fromMe":false,"id":"#"}""", "5511987650001", "100000000000011@lid")]
    [InlineData("""{"remoteJid":"5511987650001@s.whatsapp.net","senderPn":"5511987650001@s.whatsapp.net","fromMe":false,"id":"#"}""", "5511987650001", null)]
    [InlineData("""{"remoteJid":"5511987650001@s.whatsapp.net","addressingMode":"pn","fromMe":false,"id":"#"}""", "5511987650001", null)]
    public void The_number_in_an_id_that_a_phone_chose_says_nothing(string key, string? phone, string? lid)
    {
        var message = Bodies.Message(Text, key: key.Replace("#", "wamid.HBgLMTIwMjU1NTAxMDgVAgASGBQzQTAx", StringComparison.Ordinal));
        byte[][] bodies =
        [
            Bodies.Of("messages.upsert", message), Bodies.OfCloud("messages.upsert", message),
            Bodies.OfCloud("messages.set", $"[{message}]"), Bodies.OfCloud("messages.sync", $"[{message}]"),
        ];

        Assert.All(bodies, body =>
        {
            Assert.Equal((phone, lid), (PeerOf(body).Phone?.Value, PeerOf(body).Lid?.Value));
            Assert.DoesNotContain(
                Reader.Read(body, Described.ReceivedAt).Items,
                static item => item.Observation is PairObserved { Pair.Phone.Value: not "5511987650001" });
        });
    }

    /// <summary>1.x and 2.2 tell no more of a phone's message than the Cloud API does, but around it their own number.</summary>
    [Fact]
    public void The_number_in_an_id_says_nothing_where_the_instance_tells_its_own()
    {
        var message = Bodies.Message(Text, key: """{"remoteJid":"5511987650001@s.whatsapp.net","fromMe":false,"id":"wamid.HBgLMTIwMjU1NTAxMDgVAgASGBQzQTAx"}""");

        Assert.Equal("5511987650001", PeerOf(Bodies.Of("messages.upsert", message)).Phone?.Value);
        Assert.Equal("5511987650001", PeerOf(Bodies.OfCloud("messages.sync", $"[{message}]")).Phone?.Value);
        Assert.Equal("12025550108", PeerOf(Bodies.OfCloud("messages.upsert", message)).Phone?.Value);
    }

    [Theory]
    [InlineData("\"Ana Souza\"", "Ana Souza")]
    [InlineData("\" Ana \"", "Ana")]
    [InlineData("\"\"", null)]
    [InlineData("\"  \"", null)]
    [InlineData("null", null)]
    [InlineData("7", null)]
    [InlineData("\"Você\"", null)]
    [InlineData("\"5511987650001\"", null)]
    [InlineData("\"+55 11 98765-0001\"", null)]
    [InlineData("\"100000000000011:12\"", null)]
    [InlineData("\"100000000000011@lid\"", null)]
    [InlineData("\"5511987650001:3@s.whatsapp.net\"", null)]
    [InlineData("\"ana@example.com\"", "ana@example.com")]
    [InlineData("\"Loja 24\"", "Loja 24")]
    [InlineData("\"🌹\"", "🌹")]
    public void A_name_is_a_name_or_unknown(string written, string? expected) =>
        Assert.Equal(expected, Bodies.Observed(Text, $",\"pushName\":{written}").AuthorName);

    /// <summary>Nodes remember names, so one that is longer than anybody's costs no more than another.</summary>
    [Theory]
    [InlineData(511)]
    [InlineData(512)]
    public void A_name_is_cut_before_it_costs_memory(int before)
    {
        // The rose is two characters, of which there is room for one or none: half of it is no text.
        var expected = new string('a', before);
        var name = Bodies.Json(new string('a', before) + "🌹" + new string('b', 100_000));

        Assert.Equal(expected, Bodies.Observed(Text, $",\"pushName\":{name}").AuthorName);
        Assert.Equal(
            expected,
            Bodies.Read("groups.upsert", $$"""{"id":"120363025246125888@g.us","subject":{{name}}}""").Items
                .Select(item => item.Observation).OfType<NameObserved>().Single().Name);
    }

    [Fact]
    public void An_address_of_a_picture_that_is_longer_than_any_is_none() => Assert.Equal(
        ["ignored contact"],
        Bodies.Lines("contacts.upsert", $$"""{"id":"{{Phone}}","profilePicUrl":"https://pps.example/{{new string('a', 4096)}}"}"""));

    [Fact]
    public async Task More_participants_than_any_group_has_are_kept_whole_beside_the_first_of_them()
    {
        var people = string.Join(',', Enumerable.Range(0, 60_000).Select(n => $$"""{"id":"{{n + 1_000_000_000}}@lid","phoneNumber":"{{n + 4_915_000_000}}@s.whatsapp.net"}"""));
        var group = $$"""{"id":"120363025246125888@g.us","participants":[{{people}}]}""";
        var second = group.Replace("\"10000", "\"20000", StringComparison.Ordinal);

        var reading = await Task.Run(() => Bodies.Read("groups.upsert", $"[{group},{second},{second}]"), TestContext.Current.CancellationToken);

        Assert.Equal(100_000, reading.Items.Count(item => item.Observation is PairObserved));
        var rest = Assert.Single(reading.Items, item => item.Observation is NotUnderstood);
        Assert.Equal("too_many_elements", ((NotUnderstood)rest.Observation).Code);
        Assert.Contains("participants", System.Text.Encoding.UTF8.GetString(reading.PayloadOf(rest.Element).Span), StringComparison.Ordinal);
    }

    [Fact]
    public void The_lines_own_name_is_no_contacts()
    {
        const string OwnInGroup = """{"remoteJid":"120363025246125888@g.us","fromMe":false,"id":"A","participant":"90000000000050@lid","participantPn":"4915550100231@s.whatsapp.net"}""";
        var typed = Bodies.Observed(Text, ",\"pushName\":\"Shop\",\"status\":\"DELIVERY_ACK\"", OwnInGroup);

        Assert.Null(typed.AuthorName);
        Assert.Null(typed.Status);
        Assert.Null(Bodies.Observed(Text, ",\"pushName\":\"Shop\"", """{"remoteJid":"5511987650001@s.whatsapp.net","fromMe":true,"id":"A"}""").AuthorName);
    }

    [Theory]
    [InlineData("\"DELIVERY_ACK\"", false, MessageStatus.Delivered)]
    [InlineData("\"READ\"", false, MessageStatus.Read)]
    [InlineData("\"ERROR\"", false, null)]
    [InlineData("\"ERROR\"", true, MessageStatus.Failed)]
    [InlineData("\"SERVER_ACK\"", true, MessageStatus.Sent)]
    [InlineData("\"PENDING\"", true, MessageStatus.Pending)]
    [InlineData("2", true, MessageStatus.Sent)]
    [InlineData("null", true, null)]
    [InlineData("\"DELETED\"", true, null)]
    [InlineData("\"odd\"", true, null)]
    public void A_messages_own_status_is_read(string written, bool fromMe, MessageStatus? expected) => Assert.Equal(
        expected,
        Bodies.Observed(Text, $",\"status\":{written}", $$"""{"remoteJid":"{{Phone}}","id":"A","fromMe":{{(fromMe ? "true" : "false")}}}""").Status);

    [Fact]
    public void A_send_by_api_is_told_from_one_typed_on_the_phone()
    {
        var sent = Bodies.Read("send.message", Bodies.Message(Text)).Items.Select(item => item.Observation).OfType<MessageObserved>().Single();

        Assert.True(sent.ByApi);
        Assert.False(Bodies.Observed(Text).ByApi);
    }

    [Fact]
    public void History_comes_oldest_first_with_the_pair_before_its_message()
    {
        var old = """{"key":{"remoteJid":"100000000000011@lid","remoteJidAlt":"5511987650001@s.whatsapp.net","id":"old"},"message":{"conversation":"1"},"messageTimestamp":1795086595}""";
        var reading = Bodies.Read("messages.set", $$"""
            [{"key":{"remoteJid":"1234567@s.whatsapp.net","id":"new"},"message":{"conversation":"3"},"messageTimestamp":1795086775},
             {"key":{"remoteJid":"1234567@s.whatsapp.net","id":"tie2"},"message":{"conversation":"2"},"messageTimestamp":1795086600},
             {"key":{"remoteJid":"1234567@s.whatsapp.net","id":"tie1"},"message":{"conversation":"2"},"messageTimestamp":1795086600},
             7, {{old}}]
            """);

        Assert.Equal(
            ["pair", "old", "tie1", "tie2", "new", "unreadable_message"],
            reading.Items.Select(item => item.Observation switch
            {
                MessageObserved message => message.ExternalId,
                NotUnderstood unknown => unknown.Code,
                _ => "pair",
            }));
        Assert.All(reading.Items.Select(item => item.Observation).OfType<MessageObserved>(), message => Assert.Equal(MessageOrigin.History, message.Origin));
        Assert.Equal([4, 4, 2, 1, 0, 3], reading.Items.Select(item => item.Element));
    }

    [Theory]
    [InlineData("messages.update", $$"""{"keyId":"A","status":"READ","remoteJid":"{{Lid}}","remoteJidAlt":"{{Phone}}","participant":"{{Phone}}"}""")]
    [InlineData("messages.delete", $$"""{"id":"A","remoteJid":"{{Lid}}","remoteJidAlt":"{{Phone}}","participant":"{{Phone}}"}""")]
    [InlineData("messages.edited", $$"""{"key":{"id":"A","remoteJid":"{{Lid}}","remoteJidAlt":"{{Phone}}"},"type":"MESSAGE_EDIT","editedMessage":{"conversation":"x"} }""")]
    [InlineData("contacts.update", $$"""{"remoteJid":"{{Lid}}","id":"{{Phone}}","profilePicUrl":"https://x.example/p.jpg"}""")]
    [InlineData("presence.update", $$"""{"id":"{{Lid}}","remoteJidAlt":"{{Phone}}"}""")]
    [InlineData("group-participants.update", """{"id":"120363025246125888@g.us","participantsData":[{"jid":{"id":"100000000000019@lid","phoneNumber":"919876500009@s.whatsapp.net"},"phoneNumber":"[object Object]"}]}""")]
    public void Receipts_edits_deletions_and_contacts_teach_no_pair(string name, string data) =>
        Assert.DoesNotContain(Bodies.Read(name, data).Items, item => item.Observation is PairObserved);

    [Fact]
    public void Groups_teach_pairs_and_their_own_name()
    {
        Assert.Equal(
            [
                "pair 100000000000011@lid 5511987650001",
                "pair 90000000000050@lid 4915550100250",
                "name 120363025246125777@g.us 'New group'",
            ],
            Bodies.Lines("groups.upsert", """
                [{"id":"120363025246125777@g.us","subject":"New group","owner":"100000000000011@lid","ownerPn":"5511987650001@s.whatsapp.net",
                  "participants":[{"id":"100000000000011@lid","jid":"5511987650001@s.whatsapp.net"},
                                  {"id":"4915550100250@s.whatsapp.net","lid":"90000000000050@lid"},
                                  {"id":"100000000000099@lid","phoneNumber":null}, 7, "x"]}]
                """));
        Assert.Equal(
            ["pair 100000000000019@lid 919876500009", "ignored group_participants"],
            Bodies.Lines("group-participants.update", """{"id":"120363025246125888@g.us","author":null,"participants":[{"id":"100000000000019@lid","phoneNumber":"919876500009@s.whatsapp.net"}],"action":"add"}"""));
    }

    [Theory]
    [InlineData("""{"id":"120363025246125777@g.us","subject":""}""", "ignored group")]
    [InlineData("""{"id":"5511987650001@s.whatsapp.net","subject":"x"}""", "quarantine unreadable_group")]
    [InlineData("null", "quarantine unreadable_group")]
    public void A_group_without_a_name_or_id_says_little(string data, string expected) => Assert.Equal([expected], Bodies.Lines("groups.upsert", data));

    [Theory]
    [InlineData("""{"remoteJid":"5511987650001@s.whatsapp.net","pushName":"Ana","profilePicUrl":"https://x.example/p.jpg"}""", "name 5511987650001 '' https://x.example/p.jpg")]
    [InlineData("""{"id":"100000000000011@lid","profilePictureUrl":"https://x.example/p.jpg"}""", "name 100000000000011@lid '' https://x.example/p.jpg")]
    [InlineData("""{"remoteJid":"120363025246125777@g.us","pushName":"Ana","profilePicUrl":"https://x.example/p.jpg"}""", "ignored contact")]
    [InlineData("""{"remoteJid":"5511987650001@s.whatsapp.net","pushName":"Ana","profilePicUrl":null}""", "ignored contact")]
    [InlineData("""{"remoteJid":"5511987650001@s.whatsapp.net","profilePicUrl":"javascript:alert(1)"}""", "ignored contact")]
    [InlineData("7", "ignored contact")]
    public void A_contact_gives_a_picture_and_never_a_name(string data, string expected) => Assert.Equal([expected], Bodies.Lines("contacts.upsert", data));

    private static Party PeerOf(byte[] body) =>
        Assert.Single(Reader.Read(body, Described.ReceivedAt).Items.Select(static item => item.Observation).OfType<MessageObserved>()).Peer!;
}
