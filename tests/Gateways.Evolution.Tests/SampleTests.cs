using System.Text.Json.Nodes;
using Parley.Ports;

namespace Parley.Gateways.Evolution.Tests;

/// <summary>Every captured payload, with what a person reads in it.</summary>
public sealed class SampleTests
{
    private static readonly EvolutionWebhookReader Reader = new();

    public static TheoryData<string, string[]> Expectations() => new()
    {
        { "call.offer.v2.excerpt", ["ignored call"] },
        { "chats-update.peer-and-self.v2-3", ["ignored chats.update"] },
        { "chats-upsert.unread-zero.lid.v2-3-7", ["ignored chats.upsert"] },
        { "connection-update.close-401.v1", ["session Close 401"] },
        { "connection-update.close-405.v1", ["session Close 405"] },
        { "connection-update.connecting.v1", ["session Connecting"] },
        { "connection-update.connecting.v2-3", ["session Connecting"] },
        { "connection-update.open.rabbitmq.v2-3-7", ["session Open 5511994090898"] },
        { "contacts-update.array.v2-3", ["name 558182264097 '' https://pps.whatsapp.net/v/t61"] },
        { "contacts-update.object.empty-name-null-picture.v2-3-6", ["ignored contact"] },
        { "contacts-update.profile-picture-instead-of-edit.v1", ["name 5548990346707 '' https://pps.whatsapp.net/v/t61"] },
        { "contacts-upsert.array.v2-3-6", ["ignored contact"] },
        { "group-participants-update.add.string-list.v2-3-0", ["ignored group_participants"] },
        {
            "groups-upsert.lid-and-phone-pairs.v2-3-0",
            [
                "pair 209542323157072@lid 5521976161349",
                "pair 147725463855883@lid 5511978459740",
                "name 120363973270437496@g.us 'Grupo Teste'",
            ]
        },
        { "labels-association.add.v1", ["ignored labels.association"] },
        { "logout-instance.v2-3", ["session Close logout"] },
        { "messages-delete.by-contact.v2", ["deletion 3A9EB01234567890"] },
        { "messages-edited.contact-edit.wrong-perspective.v2-2", ["edit 3A7303AC4269E1D83ACF 'olá' sent=1744241234567"] },
        { "messages-update.deleted-status-for-an-edit.v2-3", ["ignored update_without_status"] },
        { "messages-update.delivery-ack.pn.v2-3", ["status 3EB09FDFDF395632CB82FA Delivered"] },
        { "messages-update.nested-key-update.FIXTURE", ["status BAE55175C3009B40 Delivered"] },
        { "messages-update.read.device-suffix.v2-3", ["status 3EB040F102E682CC0FEA0C Read"] },
        {
            "messages-upsert.audio.ptt-base64.inbound.v1",
            [
                "in 1A25CB35AC735200A10FD62DC0084378 audio peer=59171040812 name=Olivia Campos "
                    + "media(audio/ogg; codecs=opus 41589 19s voice) data at=1746312085",
            ]
        },
        {
            "messages-upsert.audio.ptt-base64.v2-2",
            [
                "in 3AC7E34FC432A72EFFF0 audio peer=5519991965288 name=Joao Batista "
                    + "media(audio/ogg; codecs=opus 7397 3s voice) data delivered at=1749766134",
            ]
        },
        { "messages-upsert.empty-message.v1", ["quarantine no_content"] },
        {
            "messages-upsert.extended-text.ephemeral.inbound.v1",
            ["in 3EB04CA32D6D135DD52A46 text 'blz' peer=553188606377 name=Nelson Araujo at=1705927423"]
        },
        {
            "messages-upsert.extended-text.quoting-document.from-me.v1",
            [
                "out 3EB070A04C78F48ECD780A text 'é assim que começa' peer=553199248945 "
                    + "quotes=2F138192B7EE2F0094B692D6D49F9ED0 at=1700836715",
            ]
        },
        { "messages-upsert.group.mention.v2-3-0.excerpt", ["quarantine unreadable_message"] },
        {
            "messages-upsert.group.reaction.v2-3",
            ["reaction 3ADD8800CB4656D96B5A '🚫' from=82918458251698@lid sent=1759875191970"]
        },
        {
            "messages-upsert.group.text.forwarded.participantLid.v2-3-0",
            [
                "pair 194125656661024@lid 555193084242",
                "in ACBCD428454CDB8FDBA39E22EEB65D06 text 'Vaga: Assistente Administrativo | 100% R' "
                    + "group=120363932258538983@g.us author=555193084242+194125656661024@lid name=Fabio Nunes "
                    + "forwarded delivered at=1756318511",
            ]
        },
        {
            "messages-upsert.group.text.lid-participant.v1",
            [
                "in 8537F0EA373878755BC2B24E92673FF3 text 'test 001  hola' group=120363548004671308@g.us "
                    + "author=24839249550661@lid name=Carla Mendes at=1746651774",
            ]
        },
        {
            "messages-upsert.group.text.participantAlt.v2-3.excerpt",
            [
                "pair 263284385182159@lid 558387376209",
                "in 3A52EE131B7FBF04062B text 'Olá 👋' group=120363310473630511@g.us "
                    + "author=558387376209+263284385182159@lid name=Carla Mendes at=received",
            ]
        },
        {
            "messages-upsert.image.caption-base64.from-me.v1",
            [
                "out 3EB0ECED89C8664EE0996C image 'mensaje saliente con multimedia (imagen)' peer=59173612283 "
                    + "media(image/jpeg 68236 526x526) data at=1746133903",
            ]
        },
        {
            "messages-upsert.image.caption-base64.v2-3-7",
            [
                "in ANON00000000000000000000000000AA image 'olha isso' peer=5511900000002 name=Test Customer "
                    + "media(image/jpeg) data at=1783888781",
            ]
        },
        {
            "messages-upsert.image.inbound.no-base64.v1",
            ["in 3ACD6F6982235EA3E451 image peer=553195218135 name=Henrique Dias media(image/jpeg 255244 900x1600) at=1705684448"]
        },
        {
            "messages-upsert.message-true-jid-c-us.FIXTURE",
            ["in msg_123 text 'Olá!' peer=5511999999999 name=Gabriela Torres at=1695552000"]
        },
        { "messages-upsert.metadata-only.v2-3-7", ["quarantine no_content"] },
        {
            "messages-upsert.placeholder-masked-for-linked-devices.v2-2",
            ["in 2EF4AAEDC184010FB3 unavailable placeholderMessage peer=551157336141 delivered at=1742324601"]
        },
        { "messages-upsert.quoted-reply.lid-participant.v2-3-7.excerpt", ["quarantine unreadable_message"] },
        {
            "messages-upsert.reaction.lid.v2-3-0.excerpt",
            [
                "pair 104584131604236@lid 5521976161349",
                "reaction A57A1447C528E8075B89D3BFAEE22D1E '❤️' from=5521976161349+104584131604236@lid",
            ]
        },
        {
            "messages-upsert.reply-to-image.lid.v2-3-0.excerpt",
            [
                "pair 104584131604236@lid 5521976161349",
                "in 3A123B62030FFE9BB7E7 text 'Obrigado' peer=5521976161349+104584131604236@lid "
                    + "quotes=A57A1447C528E8075B89D3BFAEE22D1E at=received",
            ]
        },
        { "messages-upsert.status-broadcast.FIXTURE", ["ignored status_story"] },
        {
            "messages-upsert.text.business-auto-reply.from-me.v1",
            ["out 4DAB690C267728158142541635B32D27 text 'Clinica Exemplo agradece seu contato. Co' peer=5511984780603 at=1717604327"]
        },
        {
            "messages-upsert.text.from-me.note-to-self.v2-3-7",
            ["out AC7F30A4284A226D3423CD142C83DFF1 text 'anotar: ligar amanha' peer=553189653705 sent at=1768698788"]
        },
        {
            "messages-upsert.text.from-me.server-ack.v2-3-6",
            ["out 3A1997FE9E71AAB8C10B text 'Texto da mensagem' peer=558195582520 sent at=1763771103"]
        },
        {
            "messages-upsert.text.inbound.ios.v1",
            ["in 3AA8155704A3BB3E1323 text 'Bom dia, tudo certo por aí?' peer=553195218135 name=Henrique Dias at=1705684420"]
        },
        {
            "messages-upsert.text.inbound.lid-only.sender-is-own-number.v2-3-7",
            [
                "in A5D287E8CE0B2C42A4BB152402EF85AA text 'O que eu preciso fazer?' peer=202681524426323@lid "
                    + "name=Mariana Costa delivered at=1785102420",
            ]
        },
        {
            "messages-upsert.text.inbound.lid-only.v2-3-0",
            ["in 3A2F5A8033DFEEC33E50 text 'Oi' peer=100396720251735@lid name=Ana Souza delivered at=1753530000"]
        },
        {
            "messages-upsert.text.inbound.lid-senderPn-and-previousRemoteJid.v2-3.excerpt",
            [
                "pair 13661893563881@lid 35792786942",
                "in 3AE3B3C50E31620C6DB3 text 'Hello' peer=35792786942+13661893563881@lid name=Tania Barros at=received",
            ]
        },
        {
            "messages-upsert.text.inbound.pn-pn-threadId.v2-3-7",
            [
                "in AC28A7ECAFC6E1D9B4F446D5E1522BA0 text 'Olá, gostaria de marcar uma consulta' peer=5511999915037 "
                    + "name=Carla Mendes delivered at=1782169148",
            ]
        },
        {
            "messages-upsert.text.inbound.pn-with-senderLid.v2-3-0",
            [
                "pair 82992392631765@lid 971599327113",
                "in 3A50F0FD405D07EFE48E text 'Saludos' peer=971599327113+82992392631765@lid name=Diego Rocha delivered at=1755920987",
            ]
        },
        {
            "messages-upsert.text.inbound.pn.v2-2",
            ["in 3EB045C8D0516813EC8101 text 'gastei 25,78 com Uber' peer=5519991965288 name=Joao Batista delivered at=1749766101"]
        },
        {
            "messages-upsert.text.inbound.web.v1",
            ["in 3EB0063D8085B57981F672 text 'hola - text' peer=59173612283 name=Carla Mendes at=1746132673"]
        },
        {
            "messages-upsert.video.caption-base64.from-me.v1",
            [
                "out 3EB09B05A9F7D919CBDC6D video 'texto con video' peer=59173612283 "
                    + "media(video/mp4 15741525 74s 1280x720) data at=1746134065",
            ]
        },
        { "presence-update.composing.lid.v2-3-7", ["ignored presence.update"] },
        { "qrcode-updated.limit-reached.v2-3.excerpt", ["session Close QR code limit reached, please login again"] },
        { "remove-instance.v2-3", ["session Destroyed"] },
        {
            "send-message.text.long-timestamp.v1",
            ["out BAE55D100CF66EFD text 'tes' peer=553195218135 api at=1705846799"]
        },
        { "status-instance.closed-401.v2-3", ["session Close 401"] },
    };

    [Theory]
    [MemberData(nameof(Expectations))]
    public void A_captured_payload_says_what_a_person_reads_in_it(string name, string[] expected) =>
        Assert.Equal(expected, Described.Lines(Reader.Read(TestFiles.Bytes(Whole(name)), Described.ReceivedAt)));

    [Fact]
    public void A_captured_loop_of_connections_is_read_body_by_body()
    {
        var bodies = TestFiles.Sample("SEQUENCE.connection-update.flapping-405.v1.json").AsArray();
        var lines = bodies.SelectMany(body => Described.Lines(Reader.Read(TestFiles.Bytes(body!), Described.ReceivedAt))).ToList();

        Assert.Equal(20, lines.Count);
        Assert.All(lines.Where((_, i) => i % 2 == 0), line => Assert.Equal("session Close 405", line));
        Assert.All(lines.Where((_, i) => i % 2 == 1), line => Assert.Equal("session Connecting", line));
    }

    [Fact]
    public void A_captured_deleted_status_says_nothing_and_the_read_after_it_counts()
    {
        var bodies = TestFiles.Sample("SEQUENCE.messages-update.deleted-then-read.v2-3.json").AsArray();

        Assert.Equal(
            ["ignored update_without_status", "status A531327BC34454EE8B15383907288099 Read"],
            bodies.SelectMany(body => Described.Lines(Reader.Read(TestFiles.Bytes(body!), Described.ReceivedAt))));
    }

    [Fact]
    public void An_answer_of_the_gateways_rest_side_is_no_webhook()
    {
        var answers = Directory.GetFiles(TestFiles.Samples, "API.*.json");

        Assert.NotEmpty(answers);
        Assert.All(answers, path =>
            Assert.Throws<WebhookFormatException>(() => Reader.Read(File.ReadAllBytes(path), Described.ReceivedAt)));
    }

    [Fact]
    public void Every_captured_file_has_a_test()
    {
        var tested = Expectations().Select(row => row.Data.Item1).ToHashSet();

        Assert.DoesNotContain(
            Directory.GetFiles(TestFiles.Samples, "*.json").Select(Path.GetFileNameWithoutExtension),
            name => !name!.StartsWith("API.", StringComparison.Ordinal) && !name.StartsWith("SEQUENCE.", StringComparison.Ordinal)
                && !tested.Contains(name));
    }

    /// <summary>The body, where the file shows a part of it only.</summary>
    internal static JsonObject Whole(string name)
    {
        var body = TestFiles.Sample(name + ".json").AsObject();
        if (!body.ContainsKey("event") && !body.ContainsKey("data"))
        {
            body = new() { ["data"] = body };
        }

        body["event"] ??= name[..name.IndexOf('.', StringComparison.Ordinal)].Replace("qrcode-", "qrcode.", StringComparison.Ordinal);
        body["instance"] ??= "instance-1";
        return body;
    }
}
