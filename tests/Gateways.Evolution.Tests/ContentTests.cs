using Parley.Domain.Messages;

namespace Parley.Gateways.Evolution.Tests;

/// <summary>Content by its key, its wrappers opened (webhooks, 6).</summary>
public sealed class ContentTests
{
    [Theory]
    [InlineData("""{"messageContextInfo":{},"conversation":"hi"}""", "text 'hi'")]
    [InlineData("""{"senderKeyDistributionMessage":{},"conversation":"hi"}""", "text 'hi'")]
    [InlineData("""{"conversation":"","imageMessage":{"mimetype":"image/png"}}""", "image media(image/png)")]
    [InlineData("""{"newFancyMessage":{"text":"x"},"conversation":"hi"}""", "text 'hi'")]
    [InlineData("""{"conversation":null,"extendedTextMessage":{"text":"long"}}""", "text 'long'")]
    [InlineData("""{"ptvMessage":{"seconds":5}}""", "video media(5s)")]
    [InlineData("""{"videoMessage":{"gifPlayback":true}}""", "video media(gif)")]
    [InlineData("""{"audioMessage":{"ptt":true}}""", "audio media(voice)")]
    [InlineData("""{"audioMessage":{"voice":true,"mime_type":"audio/ogg"}}""", "audio media(audio/ogg voice)")]
    [InlineData("""{"documentMessage":{"title":"t.pdf"}}""", "document media(t.pdf)")]
    [InlineData("""{"documentMessage":{"title":"t","fileName":"f.pdf"}}""", "document media(f.pdf)")]
    [InlineData("""{"documentMessage":{"filename":"a.pdf","caption":"c"}}""", "document 'c' media(a.pdf)")]
    [InlineData("""{"documentWithCaptionMessage":{"message":{"documentMessage":{"caption":"c"}}}}""", "document 'c' media()")]
    [InlineData("""{"lottieStickerMessage":{"message":{"stickerMessage":{"mimetype":"application/was"}}}}""", "sticker media(application/was)")]
    [InlineData("""{"ephemeralMessage":{"message":{"viewOnceMessageV2":{"message":{"imageMessage":{}}}}}}""", "image media() once")]
    [InlineData("""{"imageMessage":{"viewOnce":true}}""", "image media() once")]
    [InlineData("""{"viewOnceMessageV2":{}}""", "unavailable viewOnceMessageV2 once")]
    [InlineData("""{"viewOnceMessage":{"message":{}}}""", "unavailable viewOnceMessage once")]
    [InlineData("""{"editedMessage":{"message":{"conversation":"typo"}}}""", "text 'typo' edited")]
    [InlineData("""{"groupMentionedMessage":{"message":{"extendedTextMessage":{"text":"g"}}}}""", "text 'g'")]
    [InlineData("""{"botInvokeMessage":{"message":{"conversation":"@Meta"}}}""", "text '@Meta'")]
    [InlineData("""{"botForwardedMessage":{"message":{"extendedTextMessage":{"text":"AI"}}}}""", "text 'AI'")]
    [InlineData("""{"wrapperOfNextYear":{"message":{"imageMessage":{"caption":"c"}}}}""", "image 'c' media()")]
    [InlineData("""{"wrapperOfNextYear":{"message":{"conversation":"inner"}},"conversation":"outer"}""", "text 'outer'")]
    [InlineData("""{"statusMentionMessage":{"message":{"protocolMessage":{"type":25}}}}""", "unsupported statusMentionMessage")]
    [InlineData("""{"placeholderMessage":{"type":"MASK_LINKED_DEVICES"}}""", "unavailable placeholderMessage")]
    [InlineData("""{"albumMessage":{"expectedImageCount":2}}""", "system albumMessage")]
    [InlineData("""{"pinInChatMessage":{"key":{"id":"X"}}}""", "system pinInChatMessage")]
    [InlineData("""{"keepInChatMessage":{}}""", "system keepInChatMessage")]
    [InlineData("""{"callLogMesssage":{"callOutcome":"MISSED"}}""", "system callLogMesssage")]
    [InlineData("""{"requestPhoneNumberMessage":{}}""", "system requestPhoneNumberMessage")]
    [InlineData("""{"eventMessage":{"name":"Viewing"}}""", "unsupported eventMessage 'Viewing'")]
    [InlineData("""{"orderMessage":{"message":"I want these","orderTitle":"Shop"}}""", "unsupported orderMessage 'I want these'")]
    [InlineData("""{"productMessage":{"product":{"title":"Camiseta"}}}""", "unsupported productMessage 'Camiseta'")]
    [InlineData("""{"groupInviteMessage":{"caption":"join us","groupName":"N"}}""", "unsupported groupInviteMessage 'join us'")]
    [InlineData("""{"requestPaymentMessage":{"noteMessage":{"extendedTextMessage":{"text":"for lunch"}}}}""", "unsupported requestPaymentMessage 'for lunch'")]
    [InlineData("""{"commentMessage":{"message":{"conversation":"nice"}}}""", "unsupported commentMessage 'nice'")]
    [InlineData("""{"stickerPackMessage":{"name":"Cats"}}""", "unsupported stickerPackMessage 'Cats'")]
    [InlineData("""{"scheduledCallCreationMessage":{"title":"Call"}}""", "unsupported scheduledCallCreationMessage 'Call'")]
    [InlineData("""{"highlyStructuredMessage":{"elementName":"e"}}""", "unsupported highlyStructuredMessage")]
    [InlineData("""{"highlyStructuredMessage":{"hydratedHsm":{"hydratedTemplate":{"hydratedContentText":"Your code"}}}}""", "unsupported highlyStructuredMessage 'Your code'")]
    [InlineData("""{"invoiceMessage":{"note":"pay","token":"t"}}""", "unsupported invoiceMessage 'pay'")]
    [InlineData("""{"newsletterFollowerInviteMessageV2":{"newsletterName":"News"}}""", "unsupported newsletterFollowerInviteMessageV2 'News'")]
    [InlineData("""{"botForwardedMessage":{"message":{"richResponseMessage":{"submessages":[{"messageText":"one"},{},{"messageText":"two"}]}}}}""", "unsupported richResponseMessage 'one\ntwo'")]
    [InlineData("""{"newsletterAdminInviteMessage":{"caption":"be admin"}}""", "unsupported newsletterAdminInviteMessage 'be admin'")]
    [InlineData("""{"messageContextInfo":{},"somethingOfNextYear":{"caption":"c"}}""", "unsupported somethingOfNextYear 'c'")]
    public void Content_is_read_by_its_key(string content, string expected)
    {
        var line = Described.Line(Bodies.Observed(content));

        Assert.Equal(expected, line.Replace("in 3A01 ", "", StringComparison.Ordinal)
            .Replace(" peer=5511987650001", "", StringComparison.Ordinal).Replace(" at=1795345679", "", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{}", "quarantine no_content")]
    [InlineData("null", "quarantine no_content")]
    [InlineData("[]", "quarantine no_content")]
    [InlineData("\"text\"", "quarantine no_content")]
    [InlineData("""{"messageContextInfo":{}}""", "quarantine no_content")]
    [InlineData("""{"conversation":null}""", "quarantine no_content")]
    [InlineData("""{"ephemeralMessage":{"message":{}}}""", "quarantine no_content")]
    [InlineData("""{"ephemeralMessage":{}}""", "quarantine no_content")]
    [InlineData("""{"senderKeyDistributionMessage":{"groupId":"g"}}""", "ignored key_distribution")]
    [InlineData("""{"senderKeyDistributionMessage":{},"messageContextInfo":{}}""", "ignored key_distribution")]
    [InlineData("""{"conversation":5}""", "quarantine unreadable_message")]
    [InlineData("""{"conversation":{"text":"x"}}""", "quarantine unreadable_message")]
    [InlineData("""{"imageMessage":"x"}""", "quarantine unreadable_message")]
    [InlineData("""{"encReactionMessage":{}}""", "quarantine unreadable_reaction")]
    [InlineData("""{"encEventResponseMessage":{}}""", "ignored event_response")]
    public void Content_that_is_none_is_no_message(string content, string expected) =>
        Assert.Equal([expected], Bodies.Lines("messages.upsert", Bodies.Message(content)));

    [Fact]
    public void The_types_name_is_never_trusted_over_the_content()
    {
        Assert.Equal(MessageType.Image, Bodies.Observed("""{"imageMessage":{}}""", ",\"messageType\":\"conversation\"").Content.Type);
        Assert.Equal(MessageType.System, Bodies.Observed("""{"callLogMesssage":{}}""", ",\"messageType\":\"unknown\"").Content.Type);
    }

    [Fact]
    public void Wrappers_are_opened_without_end_but_not_without_bound()
    {
        Assert.Equal("deep", Bodies.Observed(Wrapped("ephemeralMessage", 20)).Content.Text);
        Assert.Equal(["quarantine unreadable_message"], Bodies.Lines("messages.upsert", Bodies.Message(Wrapped("ephemeralMessage", 200))));

        static string Wrapped(string name, int times) =>
            string.Concat(Enumerable.Repeat($$"""{"{{name}}":{"message":""", times)) + """{"conversation":"deep"}""" + new string('}', times * 2);
    }

    [Fact]
    public void Quotes_within_quotes_two_hundred_levels_deep_are_read_past()
    {
        const string Open = """{"stanzaId":"Q","quotedMessage":{"extendedTextMessage":{"contextInfo":""";
        var info = string.Concat(Enumerable.Repeat(Open, 65)) + "{}" + new string('}', 65 * 3);

        Assert.Equal("Q", Bodies.Observed("""{"conversation":"x"}""", $",\"contextInfo\":{info}").Content.QuotedMessageId);
    }

    [Theory]
    [InlineData("""{"conversation":"x"}""", ",\"contextInfo\":{\"stanzaId\":\"Q\"}", "Q")]
    [InlineData("""{"conversation":"x"}""", ",\"contextInfo\":null", null)]
    [InlineData("""{"conversation":"x"}""", ",\"contextInfo\":{\"mentionedJid\":[],\"groupMentions\":[]}", null)]
    [InlineData("""{"conversation":"x","contextInfo":{"stanzaId":"Q"}}""", "", "Q")]
    [InlineData("""{"extendedTextMessage":{"text":"x","contextInfo":{}}}""", ",\"contextInfo\":{\"stanzaId\":\"Q\"}", "Q")]
    [InlineData("""{"documentMessage":{"contextInfo":{"stanzaId":"Q"}}}""", "", "Q")]
    [InlineData("""{"ephemeralMessage":{"message":{"extendedTextMessage":{"text":"x","contextInfo":{"stanzaId":"Q"}}}}}""", "", "Q")]
    [InlineData("""{"extendedTextMessage":{"text":"x","contextInfo":{"stanzaId":"inner"}}}""", ",\"contextInfo\":{\"stanzaId\":\"lifted\"}", "lifted")]
    [InlineData("""{"conversation":"x","quoted":{"id":"Q"}}""", "", "Q")]
    [InlineData("""{"conversation":"x"}""", ",\"contextInfo\":{\"stanzaId\":7}", null)]
    public void A_quote_is_told_by_its_stanza(string content, string more, string? expected) =>
        Assert.Equal(expected, Bodies.Observed(content, more).Content.QuotedMessageId);

    [Fact]
    public void Mentions_and_forwarding_come_from_either_copy()
    {
        var lifted = Bodies.Observed("""{"conversation":"@1"}""", """,'contextInfo':{'mentionedJid':['147725463855883@lid','5511@s.whatsapp.net',7,'x@y'],'isForwarded':true}""".Replace('\'', '"')).Content;
        var inner = Bodies.Observed("""{"extendedTextMessage":{"text":"x","contextInfo":{"mentionedJid":["147725463855883@lid"],"forwardingScore":3}}}""").Content;

        Assert.Equal(["147725463855883@lid", "5511"], lifted.Mentions.Select(mention => mention.Value));
        Assert.Equal(["147725463855883@lid"], inner.Mentions.Select(mention => mention.Value));
        Assert.True(lifted.Forwarded && inner.Forwarded);
    }

    [Fact]
    public void An_advertisement_is_told_from_a_link_preview()
    {
        var record = TestFiles.Sample("API.find-messages.record.ad-click.v2-3.json");
        var ad = Bodies.Observed("""{"conversation":"Olá!"}""", ",\"contextInfo\":" + record["contextInfo"]!.ToJsonString()).Content.Referral;
        var preview = Bodies.Observed("""{"conversation":"x"}""", ",\"contextInfo\":{\"externalAdReply\":{\"title\":\"A page\",\"sourceUrl\":\"https://x.example\"}}");

        Assert.Equal(new("Converse conosco", "Sua melhor opção para sair de carro novo em 2026", "https://fb.me/5992cdb91b", "ad",
            "120239177205810192", "Affbb6a2bc671e0a66f4e5ffa345bffe5f99710df0a146e0528f3b397f1b234"), ad);
        Assert.Null(preview.Content.Referral);
        Assert.Null(Bodies.Observed("""{"conversation":"x"}""", ",\"contextInfo\":{\"conversionSource\":\"\"}").Content.Referral);
    }

    [Theory]
    [InlineData("""{"degreesLatitude":-23.5,"degreesLongitude":-46.6,"name":"Office","comment":"here"}""", -23.5, -46.6, "Office")]
    [InlineData("""{"degreesLatitude":"1.5","degreesLongitude":2}""", 1.5, 2.0, null)]
    public void A_place_is_read(string value, double latitude, double longitude, string? name)
    {
        var place = Bodies.Observed($$"""{"locationMessage":{{value}}}""").Content.Location!;

        Assert.Equal((latitude, longitude, name), (place.Latitude, place.Longitude, place.Name));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"degreesLatitude":91,"degreesLongitude":0}""")]
    [InlineData("""{"degreesLatitude":"NaN","degreesLongitude":0}""")]
    [InlineData("""{"degreesLatitude":1e999,"degreesLongitude":0}""")]
    [InlineData("""{"degreesLatitude":[1],"degreesLongitude":0}""")]
    public void A_place_that_is_nowhere_is_a_message_all_the_same(string value)
    {
        var content = Bodies.Observed($$"""{"locationMessage":{{value}}}""").Content;

        Assert.Equal(MessageType.Location, content.Type);
        Assert.Null(content.Location);
    }

    [Theory]
    [InlineData("BEGIN:VCARD\nFN:Zé\nTEL;type=CELL;waid=5511987650077:+55 11 98765-0077\nEND:VCARD", "5511987650077")]
    [InlineData("BEGIN:VCARD\r\nitem1.TEL;waid=4915587650071@s.whatsapp.net:+49 155 87650071\r\nEND:VCARD", "4915587650071")]
    [InlineData("TEL:+49 (155) 8765-0071", "4915587650071")]
    [InlineData("TEL;TYPE=cell;VALUE=uri:tel:+49-155-8765-0071", "4915587650071")]
    [InlineData("tel;type=WORK:*21#", "*21#")]
    [InlineData("TEL;waid=1:+5511987650077", "5511987650077")]
    [InlineData("NOTE:TEL:1234567\nEMAIL:b@example.com", null)]
    [InlineData("TEL:", null)]
    [InlineData("", null)]
    public void The_numbers_of_a_contact_are_read(string card, string? number)
    {
        var contact = Assert.Single(Bodies.Observed("{\"contactMessage\":{\"displayName\":\"Zé\",\"vcard\":" + Bodies.Json(card) + "}}").Content.Contacts);

        Assert.Equal("Zé", contact.Name);
        Assert.Equal(number is null ? [] : [number], contact.PhoneNumbers);
    }

    [Fact]
    public void A_contact_without_a_name_has_its_cards()
    {
        var contacts = Bodies.Observed("""{"contactsArrayMessage":{"contacts":[{"vcard":"FN: Ana \nTEL:+5511987650077"},7,{"displayName":"B"}]}}""").Content.Contacts;

        Assert.Equal(["Ana", "B"], contacts.Select(contact => contact.Name));
    }

    [Fact]
    public void A_contact_with_numbers_without_end_has_some_of_them()
    {
        var card = string.Join('\n', Enumerable.Range(0, 200_000).Select(i => $"TEL:+5511{i:D9}"));

        Assert.InRange(VCardNumbers(card), 1, 100);

        static int VCardNumbers(string card) => Assert.Single(
            Bodies.Observed("{\"contactMessage\":{\"vcard\":" + Bodies.Json(card) + "}}").Content.Contacts).PhoneNumbers.Length;
    }

    [Fact]
    public void A_poll_is_read()
    {
        var poll = Bodies.Observed("""{"pollCreationMessageV3":{"name":"Day?","options":[{"optionName":"Mon"},{},{"optionName":"Tue"}],"selectableOptionsCount":1}}""").Content.Poll!;

        Assert.Equal(("Day?", 1), (poll.Name, poll.SelectableCount));
        Assert.Equal(["Mon", "Tue"], poll.Options);
    }

    [Theory]
    [InlineData("""{"buttonsMessage":{"contentText":"Sure?","footerText":"f","buttons":[{"buttonId":"y","buttonText":{"displayText":"Yes"}}]}}""", "buttons Sure? f y=Yes")]
    [InlineData("""{"listMessage":{"title":"Menu","description":"Choose","footerText":"f","sections":[{"rows":[{"rowId":"r1","title":"R1"}]},{"rows":[{"rowId":"r2","title":"R2"}]}]}}""", "list Choose f r1=R1 r2=R2")]
    [InlineData("""{"templateMessage":{"hydratedTemplate":{"hydratedContentText":"Ready","hydratedFooterText":"f","hydratedButtons":[{"quickReplyButton":{"displayText":"Ok","id":"ok"}},{"urlButton":{"displayText":"Go","url":"https://x.example"}}]}}}""", "template Ready f ok=Ok https://x.example=Go")]
    [InlineData("""{"viewOnceMessage":{"message":{"interactiveMessage":{"body":{"text":"B"},"footer":{"text":"f"},"nativeFlowMessage":{"buttons":[{"name":"quick_reply","buttonParamsJson":"{\"display_text\":\"Yes\",\"id\":\"y\"}"},{"name":"odd","buttonParamsJson":"{"}]}}}}}""", "flow B f y=Yes =odd")]
    [InlineData("""{"interactiveMessage":{"body":{"text":"B"},"footer":{"text":"f"},"nativeFlowMessage":{"buttons":[{"name":"single_select","buttonParamsJson":"{\"title\":\"Pick\",\"sections\":[{\"rows\":[{\"id\":\"r1\",\"title\":\"R1\"}]},{\"rows\":[{\"id\":\"r2\",\"title\":\"R2\"}]}]}"},7]}}}""", "flow B f r1=R1 r2=R2")]
    [InlineData("""{"interactiveMessage":{"body":{"text":"B"},"footer":{"text":"f"},"carouselMessage":{"cards":[{"nativeFlowMessage":{"buttons":[{"name":"quick_reply","buttonParamsJson":"{\"display_text\":\"One\",\"id\":\"1\"}"}]}},7]}}}""", "flow B f 1=One")]
    [InlineData("""{"title":"T","description":"D","footer":"f","buttons":[{"type":"reply","displayText":"Y","id":"y"}]}""", "buttons D f y=Y")]
    public void A_menu_is_read(string content, string expected)
    {
        var read = Bodies.Observed(content).Content;
        var options = string.Join(' ', read.Interactive!.Options.Select(option => $"{option.Id}={option.Title}"));

        Assert.Equal(MessageType.Interactive, read.Type);
        Assert.Equal(expected, $"{read.Interactive.Kind} {read.Text} {read.Interactive.Footer} {options}");
    }

    [Theory]
    [InlineData("""{"buttonsResponseMessage":{"selectedButtonId":"y","selectedDisplayText":"Yes"}}""", "y", "Yes")]
    [InlineData("""{"listResponseMessage":{"title":"Dois","singleSelectReply":{"selectedRowId":"2"},"description":"segundo"}}""", "2", "Dois")]
    [InlineData("""{"templateButtonReplyMessage":{"selectedId":"ok","selectedDisplayText":"Ok","selectedIndex":0}}""", "ok", "Ok")]
    [InlineData("""{"interactiveResponseMessage":{"body":{"text":"A"},"nativeFlowResponseMessage":{"paramsJson":"{\"id\":\"a\"}"}}}""", "a", "A")]
    [InlineData("""{"interactiveResponseMessage":{"body":{"text":"A"},"nativeFlowResponseMessage":{"paramsJson":"not json"}}}""", null, "A")]
    [InlineData("""{"interactiveResponseMessage":{"nativeFlowResponseMessage":{"paramsJson":"{\"id\":\"a\",\"title\":\"A\"}"}}}""", "a", "A")]
    public void An_answer_to_a_menu_is_read(string content, string? id, string label)
    {
        var read = Bodies.Observed(content).Content;

        Assert.Equal((MessageType.Reply, label), (read.Type, read.Text));
        Assert.Equal(new MenuOption(id, label), read.Reply);
    }

    [Theory]
    [InlineData("""{"imageMessage":{},"base64":"QUJD"}""", "", "QUJD")]
    [InlineData("""{"ephemeralMessage":{"message":{"imageMessage":{},"base64":"QUJD"}}}""", "", "QUJD")]
    [InlineData("""{"imageMessage":{"media":"QUJD"}}""", "", "QUJD")]
    [InlineData("""{"imageMessage":{"media":"https://x.example/a.jpg"}}""", "", null)]
    [InlineData("""{"imageMessage":{},"mediaUrl":"https://x.example/a.jpg"}""", "", null)]
    [InlineData("""{"imageMessage":{},"base64":7}""", "", null)]
    public void Media_that_travels_along_is_found(string content, string more, string? expected) =>
        Assert.Equal(expected, Bodies.Observed(content, more).MediaData);

    [Theory]
    [InlineData("""{"mediaUrl":"https://x.example/a.png","caption":"c"}""", "image 'c' media()", null)]
    [InlineData("""{"mediaUrl":"QUJD"}""", "image media()", "QUJD")] // up to 2.2: the bytes as they were given
    [InlineData("""{"mediaUrl":null,"base64":"QUJD"}""", "image media()", "QUJD")]
    [InlineData("""{"base64":"QUJD","mimetype":"image/png"}""", "image media(image/png)", "QUJD")]
    public void Media_of_the_evolution_channel_is_read_by_the_types_name(string content, string expected, string? data)
    {
        var message = Bodies.Observed(content, ",\"messageType\":\"imageMessage\"");

        Assert.Equal(data, message.MediaData);
        Assert.Equal(expected, Described.Line(message with { MediaData = null }).Replace("in 3A01 ", "", StringComparison.Ordinal)
            .Replace(" peer=5511987650001", "", StringComparison.Ordinal).Replace(" at=1795345679", "", StringComparison.Ordinal));
    }

    /// <summary>2.2.1 to 2.3.3 drop the bytes of a send from what they tell of it.</summary>
    [Theory]
    [InlineData("{}", "imageMessage", "image media() pending api")]
    [InlineData("""{"quoted":{"id":"Q"}}""", "documentMessage", "document media() quotes=Q pending api")]
    [InlineData("{}", "conversation", "quarantine no_content")]
    public void A_send_of_the_evolution_channel_may_tell_no_more_than_its_type(string content, string type, string expected)
    {
        var data = Bodies.Message(content, $",\"messageType\":\"{type}\",\"status\":\"PENDING\"", """{"remoteJid":"5511987650001","fromMe":true,"id":"3A01"}""");

        var line = Assert.Single(Bodies.Lines("send.message", data));
        Assert.Equal(expected, line
            .Replace("out 3A01 ", "", StringComparison.Ordinal)
            .Replace(" peer=5511987650001", "", StringComparison.Ordinal).Replace(" at=1795345679", "", StringComparison.Ordinal));
        Assert.Equal(["quarantine no_content"], Bodies.Lines("messages.upsert", data));
    }

    [Theory]
    [InlineData("status@broadcast", true)]
    [InlineData("120363000000000001@newsletter", true)]
    [InlineData("120363025246125888@g.us", false)] // answered privately: the group's message can be there
    [InlineData("", false)]
    public void A_quoted_story_is_nobodys_message(string chat, bool expected)
    {
        var info = $$"""{"stanzaId":"Q","remoteJid":"{{chat}}"}""";

        Assert.Equal(expected, Bodies.Observed("""{"conversation":"x"}""", $",\"contextInfo\":{info}").QuotesElsewhere);
        Assert.Equal(expected, Bodies.Observed("{\"imageMessage\":{\"contextInfo\":" + info + "}}").QuotesElsewhere);
    }

    [Fact]
    public void Unknown_and_doubled_members_are_tolerated() =>
        Assert.Equal("two", Bodies.Observed("""{"conversation":"one","conversation":"two","x":[{}]}""", ",\"message\":{\"conversation\":\"two\"},\"y\":null").Content.Text);
}
