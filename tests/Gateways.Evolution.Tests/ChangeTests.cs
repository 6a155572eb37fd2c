using Parley.Domain.Messages;
using Parley.Domain.Observations;

namespace Parley.Gateways.Evolution.Tests;

/// <summary>Reactions, votes, edits, deletions and receipts.</summary>
public sealed class ChangeTests
{
    private const string Own = """{"remoteJid":"5511987650001@s.whatsapp.net","fromMe":true,"id":"3A02"}""";
    private const string InGroup = """{"remoteJid":"120363025246125888@g.us","fromMe":false,"id":"3A03","participant":"100000000000011@lid"}""";
    private const string Nobody = """{"remoteJid":"120363025246125888@g.us","fromMe":false,"id":"3A04"}""";

    [Theory]
    [InlineData("""{"key":{"id":"T"},"text":"👍","senderTimestampMs":"1795346627000"}""", Bodies.Direct, "reaction T '👍' from=5511987650001 sent=1795346627000")]
    [InlineData("""{"key":{"id":"T"},"text":"👍","senderTimestampMs":{"low":49349395,"high":418,"unsigned":true}}""", Bodies.Direct, "reaction T '👍' from=5511987650001 sent=1795345679123")]
    [InlineData("""{"key":{"id":"T"},"text":"👍","senderTimestampMs":{"low":1,"high":0}}""", Bodies.Direct, "reaction T '👍' from=5511987650001 sent=1795345679000")]
    [InlineData("""{"key":{"id":"T"},"text":""}""", Bodies.Direct, "reaction T '' from=5511987650001 sent=1795345679000")]
    [InlineData("""{"key":{"id":"T"}}""", Bodies.Direct, "reaction T '' from=5511987650001 sent=1795345679000")]
    [InlineData("""{"key":{"id":"T"},"text":"👍"}""", Own, "reaction T '👍' from=line sent=1795345679000")]
    [InlineData("""{"key":{"id":"T"},"text":"👍"}""", InGroup, "reaction T '👍' from=100000000000011@lid sent=1795345679000")]
    [InlineData("""{"key":{"id":"T"},"text":"👍"}""", Nobody, "quarantine unreadable_reaction")]
    [InlineData("""{"key":{},"text":"👍"}""", Bodies.Direct, "quarantine unreadable_reaction")]
    [InlineData("""{"text":"👍"}""", Bodies.Direct, "quarantine unreadable_reaction")]
    [InlineData("""{"key":{"id":"T","remoteJid":"status@broadcast"},"text":"💚"}""", Bodies.Direct, "ignored status_story")]
    public void A_reaction_changes_a_message(string reaction, string key, string expected) =>
        Assert.Equal([expected], Bodies.Lines("messages.upsert", Bodies.Message("{\"reactionMessage\":" + reaction + "}", key: key)));

    [Fact]
    public void A_change_carries_its_times_and_its_gateway()
    {
        var change = Bodies.Change<ReactionChange>("messages.upsert", Bodies.Message("""{"reactionMessage":{"key":{"id":"T"},"text":"👍","senderTimestampMs":"1795346627000"}}"""));

        Assert.Equal(new ChangeStamp(1795346627000, 1795345679546, "shop-1"), change.Stamp);
        Assert.Equal(1795346627000, change.At.ToUnixTimeMilliseconds());
    }

    [Theory]
    [InlineData("""{"selectedOptions":["Tue"]}""", "", "vote P [Tue] from=5511987650001 sent=1795345679000")]
    [InlineData("""{"selectedOptions":[]}""", "", "vote P [] from=5511987650001 sent=1795345679000")]
    [InlineData("{}", """,'pollUpdates':[{'name':'Mon','voters':['100@lid']},{'name':'Tue','voters':[]}]""", "vote P [Mon] from=5511987650001 sent=1795345679000")]
    [InlineData("{}", """,'pollUpdates':[{'name':'Mon','voters':[]}]""", "vote P [] from=5511987650001 sent=1795345679000")]
    [InlineData("{}", "", "ignored unreadable_vote")]
    [InlineData("""{"selectedOptions":[{"0":1}]}""", "", "ignored unreadable_vote")]
    public void A_vote_as_a_message_changes_the_poll(string vote, string more, string expected) => Assert.Equal(
        [expected],
        Bodies.Lines("messages.upsert", Bodies.Message(
            "{\"pollUpdateMessage\":{\"pollCreationMessageKey\":{\"id\":\"P\"},\"vote\":" + vote + ",\"senderTimestampMs\":{\"low\":1,\"high\":0}}}",
            more.Replace('\'', '"'))));

    [Theory]
    [InlineData("""[{"name":"Hoje","voters":["5511998877001@s.whatsapp.net"]},{"name":"Amanhã","voters":[]}]""", "vote P [Hoje] from=5511998877001")]
    [InlineData("""[{"name":"Hoje","voters":["4915550100231@s.whatsapp.net"]}]""", "vote P [Hoje] from=line")]
    [InlineData("""[{"name":"Hoje","voters":["me"]},{"name":"Amanhã","voters":[]}]""", "vote P [Hoje] from=line")]
    [InlineData("""[{"name":"Hoje","voters":[]}]""", "vote P [] from=5511987650001")]
    [InlineData("""[{"name":"A","voters":["55119@s.whatsapp.net"]},{"name":"B","voters":["55119@s.whatsapp.net","55118@s.whatsapp.net"]}]""", "vote P [A,B] from=55119", "vote P [B] from=55118")]
    public void A_vote_as_an_update_changes_the_poll(string updates, params string[] expected) => Assert.Equal(
        expected,
        Bodies.Lines("messages.update", """{"remoteJid":"5511987650001@s.whatsapp.net","fromMe":true,"id":"P","datetime":1795346856005,"pollUpdates":""" + updates + "}"));

    /// <summary>Nothing in a body may cost more than its length.</summary>
    [Fact]
    public async Task Votes_of_more_people_than_any_group_has_are_kept_whole_beside_the_first_of_them()
    {
        var voters = string.Join(',', Enumerable.Range(0, 150_000).Select(n => $"\"{n + 1_000_000_000}@lid\""));
        var data = $$"""{"remoteJid":"120363025246125888@g.us","fromMe":true,"id":"P","pollUpdates":[{"name":"A","voters":[{{voters}}]},{"name":"B","voters":["1000000000@lid","1000000000@lid","me"]}]}""";

        var reading = await Task.Run(() => Bodies.Read("messages.update", data), TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

        var votes = reading.Items.Select(item => item.Observation).OfType<ChangeObserved>().Select(c => (VoteChange)c.Change).ToList();
        Assert.Equal(100_000, votes.Count);
        Assert.Equal(["A", "B"], votes[0].Options);
        Assert.Equal(["A"], votes[1].Options);
        var rest = Assert.Single(reading.Items, item => item.Observation is NotUnderstood);
        Assert.Equal("too_many_elements", ((NotUnderstood)rest.Observation).Code);
    }

    [Fact]
    public void A_vote_that_nobody_takes_back_in_a_group_goes_to_quarantine() => Assert.Equal(
        ["quarantine unreadable_vote"],
        Bodies.Lines("messages.update", """{"remoteJid":"120363025246125888@g.us","fromMe":true,"id":"P","pollUpdates":[{"name":"A","voters":[]}]}"""));

    [Theory]
    [InlineData("""{"key":{"id":"T"},"type":"MESSAGE_EDIT","editedMessage":{"conversation":"new"},"timestampMs":"1795345729266"}""", "edit T 'new' sent=1795345729266")]
    [InlineData("""{"key":{"id":"T"},"type":14,"editedMessage":{"extendedTextMessage":{"text":"new"}},"timestampMs":1795345729266}""", "edit T 'new' sent=1795345729266")]
    [InlineData("""{"key":{"id":"T"},"editedMessage":{"imageMessage":{"caption":"new"}}}""", "edit T 'new'")]
    [InlineData("""{"key":{"id":"T"},"type":"MESSAGE_EDIT","editedMessage":{"ephemeralMessage":{"message":{"conversation":"new"}}}}""", "edit T 'new'")]
    [InlineData("""{"key":{"id":"T"},"type":"MESSAGE_EDIT"}""", "edit T unread")]
    [InlineData("""{"type":"MESSAGE_EDIT","editedMessage":{"conversation":"new"}}""", "quarantine unreadable_edit")]
    [InlineData("""{"key":{"id":"T"},"type":"14","editedMessage":{"conversation":"new"}}""", "edit T 'new'")]
    [InlineData("""{"key":{"id":"T"},"type":"0"}""", "deletion T")]
    [InlineData("""{"key":{"id":"T"},"type":"REVOKE"}""", "deletion T")]
    [InlineData("""{"key":{"id":"T"},"type":0}""", "deletion T")]
    [InlineData("""{"type":"REVOKE"}""", "quarantine unreadable_deletion")]
    [InlineData("""{"type":"EPHEMERAL_SETTING","ephemeralExpiration":86400}""", "ignored protocol_message")]
    [InlineData("""{"type":"HISTORY_SYNC_NOTIFICATION","historySyncNotification":{}}""", "ignored protocol_message")]
    [InlineData("""{"type":"SHARE_PHONE_NUMBER"}""", "ignored protocol_message")]
    [InlineData("""{"type":3}""", "ignored protocol_message")]
    [InlineData("""{"key":{"id":"T"}}""", "quarantine unreadable_edit")]
    [InlineData("""{"key":{"id":"T"},"type":{}}""", "quarantine unreadable_edit")]
    [InlineData("null", "quarantine unreadable_edit")]
    [InlineData("\"x\"", "quarantine unreadable_edit")]
    public void An_edited_event_is_what_its_type_says(string data, string expected)
    {
        Assert.Equal([expected], Bodies.Lines("messages.edited", data));
        Assert.Equal([expected], Bodies.Lines("send.message.update", data));
    }

    [Theory]
    [InlineData("""{"editedMessage":{"message":{"protocolMessage":{"key":{"id":"T"},"type":"MESSAGE_EDIT","editedMessage":{"conversation":"new"},"timestampMs":"1795345729266"}}}}""", "edit T 'new' sent=1795345729266")]
    [InlineData("""{"protocolMessage":{"key":{"id":"T"},"type":0}}""", "deletion T")]
    [InlineData("""{"protocolMessage":{"type":5}}""", "ignored protocol_message")]
    [InlineData("""{"secretEncryptedMessage":{"targetMessageKey":{"id":"T"},"encPayload":"Aw==","secretEncType":2}}""", "edit T unread sent=1795345679000")]
    [InlineData("""{"secretEncryptedMessage":{"encPayload":"Aw=="}}""", "quarantine unreadable_edit")]
    public void An_edit_or_deletion_inside_a_message_is_no_message(string content, string expected) =>
        Assert.Equal([expected], Bodies.Lines("messages.upsert", Bodies.Message(content)));

    /// <summary>A phone's history has an edited message in the form of its edit, not the first form beside it.</summary>
    [Theory]
    [InlineData("""{"editedMessage":{"message":{"protocolMessage":{"key":{"id":"T"},"type":14,"editedMessage":{"conversation":"new"},"timestampMs":"1795345729266"}}}}""", "edit T 'new' sent=1795345729266")]
    [InlineData("""{"protocolMessage":{"key":{"id":"T"},"type":"MESSAGE_EDIT","editedMessage":{"extendedTextMessage":{"text":"new"}}}}""")]
    public void An_edit_in_history_is_the_message(string content, params string[] changes)
    {
        var reading = Bodies.Read("messages.set", $"[{Bodies.Message(content)}]");
        var message = Assert.IsType<MessageObserved>(reading.Items[0].Observation);
        Assert.Equal(changes, Described.Lines(reading).Skip(1));

        Assert.Equal(("T", "new", true, MessageOrigin.History), (message.ExternalId, message.Content.Text, message.Content.Edited, message.Origin));
        Assert.Equal(1795345679, message.Timestamp.ToUnixTimeSeconds());
    }

    [Theory]
    [InlineData("""{"protocolMessage":{"key":{"id":"T"},"type":0}}""", "deletion T")]
    [InlineData("""{"protocolMessage":{"type":14,"editedMessage":{"conversation":"new"}}}""", "quarantine unreadable_edit")]
    [InlineData("""{"protocolMessage":{"key":{"id":"T"},"type":14,"editedMessage":{}}}""", "edit T unread")]
    public void Other_changes_in_history_are_changes(string content, string expected) =>
        Assert.Equal([expected], Bodies.Lines("messages.set", $"[{Bodies.Message(content)}]"));

    [Theory]
    [InlineData("""{"remoteJid":"1@lid","fromMe":true,"id":"T","status":"DELETED"}""", "deletion T")]
    [InlineData("""{"remoteJid":"1@lid","fromMe":true,"id":"T","participant":""}""", "deletion T")]
    [InlineData("""{"id":"cmwrr662c0084sp7dop1u57tc","key":{"id":"T"},"status":"DELETED","message":{"conversation":"x"}}""", "deletion T")]
    [InlineData("""{"remoteJid":"1@lid"}""", "quarantine unreadable_deletion")]
    [InlineData("""{"id":"cmwrr662c0084sp7dop1u57tc","key":{}}""", "quarantine unreadable_deletion")]
    [InlineData("null", "quarantine unreadable_deletion")]
    public void A_deletion_names_its_message_in_either_shape(string data, string expected) =>
        Assert.Equal([expected], Bodies.Lines("messages.delete", data));

    [Theory]
    [InlineData("""{"keyId":"T","messageId":"db","status":"SERVER_ACK"}""", "status T Sent")]
    [InlineData("""{"keyId":"T","status":"DELIVERY_ACK","remoteJid":"5516996815660:90@s.whatsapp.net"}""", "status T Delivered")]
    [InlineData("""{"id":"T","status":"READ","datetime":1795346695145}""", "status T Read")]
    [InlineData("""{"keyId":"T","status":"PLAYED"}""", "status T Read")]
    [InlineData("""{"keyId":"T","status":"PENDING"}""", "status T Pending")]
    [InlineData("""{"keyId":"T","status":"ERROR"}""", "status T Failed gateway_refused")]
    [InlineData("""{"keyId":"T","status":"SENT"}""", "status T Sent")]
    [InlineData("""{"keyId":"T","status":"DELIVERED"}""", "status T Delivered")]
    [InlineData("""{"keyId":"T","status":"FAILED"}""", "status T Failed gateway_refused")]
    [InlineData("""{"keyId":"T","status":3}""", "status T Delivered")]
    [InlineData("""{"keyId":"T","status":0}""", "status T Failed gateway_refused")]
    [InlineData("""{"keyId":"T","status":"4"}""", "status T Read")]
    [InlineData("""{"key":{"id":"T"},"update":{"status":4}}""", "status T Read")]
    [InlineData("""{"keyId":"T","status":"DELETED"}""", "ignored update_without_status")]
    [InlineData("""{"keyId":"T","status":"EDITED"}""", "ignored update_without_status")]
    [InlineData("""{"keyId":"T"}""", "ignored update_without_status")]
    [InlineData("""{"keyId":"T","status":"DELETED","pollUpdates":[]}""", "ignored update_without_status")]
    [InlineData("""{"keyId":"T","status":"SERVER_ACK","message":{"editedMessage":{"message":{"conversation":"new"}}}}""", "edit T 'new'")]
    [InlineData("""{"keyId":"T","status":"DELETED","message":{"editedMessage":{"message":{"conversation":"new"}}}}""", "edit T 'new'")]
    [InlineData("""{"keyId":"T","status":"SEEN_BY_CAT"}""", "quarantine unknown_status")]
    [InlineData("""{"keyId":"T","status":99}""", "quarantine unknown_status")]
    [InlineData("""{"keyId":"T","status":[1]}""", "quarantine unknown_status")]
    [InlineData("""{"status":"READ"}""", "quarantine unreadable_receipt")]
    [InlineData("""{"keyId":7,"status":"READ"}""", "quarantine unreadable_receipt")]
    [InlineData("null", "quarantine unreadable_receipt")]
    public void An_update_is_a_receipt_an_edit_or_nothing(string data, string expected) =>
        Assert.Equal([expected], Bodies.Lines("messages.update", data));

    [Theory]
    [InlineData("DELIVERY_ACK", "status T Delivered")]
    [InlineData("READ", "status T Read")]
    public void An_edit_that_came_with_a_receipt_is_both(string status, string receipt) => Assert.Equal(
        ["edit T 'new'", receipt],
        Bodies.Lines("messages.update", $$"""{"keyId":"T","message":{"editedMessage":{"message":{"conversation":"new"} } },"status":"{{status}}"}"""));

    [Theory]
    [InlineData("""{"keyId":"T","status":"SERVER_ACK","message":{"imageMessage":{"url":"https://x.example/new.enc","caption":"c"}}}""", "ignored update_without_edit")]
    [InlineData("""{"keyId":"T","status":"SERVER_ACK","message":{"groupInviteMessage":{"inviteExpiration":0}}}""", "ignored update_without_edit")]
    [InlineData("""{"keyId":"T","status":"SERVER_ACK","message":{}}""", "ignored update_without_edit")]
    [InlineData("""{"keyId":"T","status":"READ","message":{"imageMessage":{}}}""", "status T Read")]
    public void A_message_whose_media_was_uploaded_anew_was_not_edited(string data, string expected) =>
        Assert.Equal([expected], Bodies.Lines("messages.update", data));

    [Fact]
    public void A_receipt_has_no_time_but_that_of_receipt_or_the_older_gateways()
    {
        Assert.Equal(Described.ReceivedAt, Bodies.Change<StatusChange>("messages.update", """{"keyId":"T","status":"READ"}""").At);
        Assert.Equal(
            1795346695145,
            Bodies.Change<StatusChange>("messages.update", """{"id":"T","status":"READ","datetime":1795346695145}""").At.ToUnixTimeMilliseconds());
    }

    [Fact]
    public void Each_element_is_an_item_of_its_own_and_a_bad_one_costs_no_other()
    {
        var reading = Bodies.Read("messages.update", """[{"keyId":"A","status":"READ"},7,{"status":"READ"},{"keyId":"B","status":"READ"},[]]""");

        Assert.Equal(
            ["status A Read", "quarantine unreadable_receipt", "quarantine unreadable_receipt", "status B Read", "quarantine unreadable_receipt"],
            Described.Lines(reading));
        Assert.Equal([0, 1, 2, 3, 4], reading.Items.Select(item => item.Element));
    }

    [Fact]
    public void An_empty_list_says_nothing() => Assert.Equal(["ignored empty"], Bodies.Lines("messages.set", "[]"));
}
