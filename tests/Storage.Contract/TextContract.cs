using Parley.Domain.Conversations;
using Parley.Domain.Messages;
using Parley.Domain.Sends;
using Parley.Domain.Sessions;
using Parley.Domain.Work;
using Parley.Ports;
using Parley.Ports.Gateways;

namespace Parley.Storage.Contract;

/// <summary>No text that comes from outside makes a store fail: a NUL is kept, half of a surrogate pair becomes U+FFFD.</summary>
public abstract class TextContract(IStoreFixture fixture) : StoreTests(fixture)
{
    public static TheoryData<string, string> Texts => new()
    {
        { "a\0b", "a\0b" },
        { "\0", "\0" },
        { "a\ud83db", "a\ufffdb" },
        { "\udc00\ud800", "\ufffd\ufffd" },
        { "\ud83d\ude00\uffff$.a", "\ud83d\ude00\uffff$.a" },
    };

    [Theory]
    [MemberData(nameof(Texts))]
    public async Task Messages_take_any_text(string text, string kept)
    {
        var talk = NewTalk();
        var message = talk.NewMessage(text, sessionId: text, content: new MessageContent { Type = MessageType.Text, Text = text }) with
        {
            AuthorName = text,
        };
        await Commit(talk.Add(message));
        var found = Assert.Single((await Store.Conversations.LookUp(Tenant, [text], Token)).Messages);
        Assert.Equal(message.Id, found.MessageId);
        Assert.Equal((kept, kept), (found.Message!.Content.Text, found.Message.AuthorName));

        await Commit(talk.Change(message with { Status = MessageStatus.Read }));
        var read = Assert.Single(await Store.Conversations.ReadAfter(Tenant, talk.Id, 0, 10, Token));
        Assert.Equal((MessageStatus.Read, kept, kept), (read.Message!.Status, read.Message.ExternalId, read.Message.SessionId));
        Assert.Equal(kept, (await Events())[0].Facts.SessionId);

        // The same id once more is the same id.
        var again = talk.Add(talk.NewMessage(text));
        var result = await Store.Conversations.Commit(again, Token);
        Assert.Equal((CommitOutcome.Refused, text), (result.Outcome, result.ExternalId));
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public async Task Parked_changes_take_any_text(string text, string kept)
    {
        var change = new EditChange { TargetId = text, Stamp = new ChangeStamp(1, null, text), At = Now, Text = text };
        var parked = Assert.Single(await Store.Parking.Park(Tenant, text, [change], 10, Now, Token));
        var again = Assert.Single(await Store.Parking.Park(Tenant, text, [change], 10, Now, Token));
        Assert.Equal(parked.Id, again.Id);

        var found = Assert.Single((await Store.Conversations.LookUp(Tenant, [text], Token)).Parked);
        Assert.Equal((parked.Id, kept, kept), (found.Id, found.SessionId, ((EditChange)found.Change).Text));
        await Store.Parking.Unpark(Tenant, [parked.Id], Token);
        Assert.Empty((await Store.Conversations.LookUp(Tenant, [text], Token)).Parked);
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public async Task Sessions_take_any_text(string text, string kept)
    {
        var session = new Session
        {
            SessionId = text,
            InstanceName = text,
            Version = 1,
            Status = SessionStatus.Open,
            StatusReason = text,
            CreatedAt = Now,
            UpdatedAt = Now,
        };
        Assert.Equal(CommitResult.Done, await Store.Sessions.Commit(new SessionCommit { TenantId = Tenant, Session = session }, Token));
        await Store.Sessions.Touch(Tenant, text, Now, Token);
        await Store.Sessions.PutQr(Tenant, text, new SessionQr(text, text, Now.AddMinutes(1)), Token);

        Assert.Equal(kept, (await Store.Sessions.FindByInstance(Tenant, text, Token))!.InstanceName);
        Assert.Equal(kept, (await Store.Sessions.ReadSession(Tenant, text, Token))!.StatusReason);
        Assert.Equal(kept, (await Store.Sessions.ReadQr(Tenant, text, Now, Token))!.Code);
        Assert.Equal(Now, (await Store.Sessions.ReadEntry(Tenant, text, Token))!.LastReceivedAt);
        Assert.Equal(
            CommitResult.Done, await Store.Sessions.Commit(new SessionCommit { TenantId = Tenant, Session = session with { Version = 2 } }, Token));
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public async Task Payloads_names_and_work_take_any_text(string text, string kept)
    {
        var payload = new QuarantinedPayload(Ids.Next(Now), Tenant, text, text, text, text, Now, 1, new byte[] { 1 });
        await Store.Quarantine.Add(payload, Token);
        var read = (await Store.Quarantine.ReadQuarantined(Tenant, payload.Id, Token))!;
        Assert.Equal((kept, kept, kept, kept), (read.Code, read.Detail, read.Instance, read.Event));
        Assert.Single((await Store.Quarantine.ListQuarantined(Tenant, text, null, new PageRequest(5), Token)).Rows);

        var address = NewTalk().Head.ContactAddress;
        await Store.Directory.Put(Tenant, [new DirectoryEntry(address, text, text, Now)], Token);
        await Store.Directory.Put(Tenant, [new DirectoryEntry(address, text, text, Now)], Token);
        Assert.Equal(kept, Assert.Single((await Store.Directory.Find(Tenant, [address], Token)).Values).Name);

        await Store.Work.Leave(Tenant, [new Meet(text)], Now, Token);
        var due = Assert.Single(await Store.Work.Due(Tenant, 5, Now, Token));
        Assert.Equal(new Meet(kept), due.Item);
        await Store.Work.Complete(Tenant, due, Token);
        Assert.Empty(await Store.Work.Due(Tenant, 5, Now, Token));
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public async Task Sends_and_echoes_take_any_text(string text, string kept)
    {
        var talk = NewTalk();
        await Commit(talk.Say());
        var send = new QueuedSend(text, Ids.Next(Now), talk.Id, 1, talk.Head.Line, SendState.Queued, text, Now, Now);
        await Commit(talk.Set(head => head) with { Queued = [send] });
        Assert.Equal(
            send with { SessionId = kept, Fingerprint = kept }, Assert.Single(await Store.Sends.ListSends(Tenant, text, null, 5, Token)));
        Assert.Equal(1, await Store.Sends.CountSends(Tenant, text, 5, Token));

        var message = new IncomingMessage
        {
            ExternalId = text,
            Direction = Direction.Out,
            Origin = MessageOrigin.Live,
            Status = MessageStatus.Sent,
            SessionId = text,
            From = talk.Head.Line,
            To = talk.Head.ContactAddress,
            AuthorName = text,
            Content = new MessageContent { Type = MessageType.Text, Text = text },
            Timestamp = Now,
            ReceivedAt = Now,
        };
        var echo = new ParkedEcho(talk.Head.Line, talk.Head.Line, message, talk.Head.Contact, null, Now);
        await Store.Sends.ParkEcho(Tenant, echo, Token);
        await Store.Sends.ParkEcho(Tenant, echo, Token);
        var found = Assert.Single(await Store.Sends.ListEchoes(Tenant, talk.Head.Line, 5, Token)).Echo.Message;
        Assert.Equal((kept, kept, kept, kept), (found.ExternalId, found.SessionId, found.AuthorName, found.Content.Text));
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public async Task Keys_uploads_and_gateways_take_any_text(string text, string kept)
    {
        var row = new IdempotencyRow(text, text, [1], text, Ids.Next(Now), Now, Now);
        Assert.Null(await Store.Keys.BeginKey(Tenant, row, Token));
        Assert.Equal(kept, (await Store.Keys.BeginKey(Tenant, row, Token))!.ConversationId);
        Assert.True(await Store.Keys.RenewKey(Tenant, row, Now.AddSeconds(1), Token));
        await Store.Keys.RemoveKey(Tenant, row with { TriedAt = Now.AddSeconds(1) }, Token);
        Assert.Null(await Store.Keys.BeginKey(Tenant, row, Token));

        await Store.Uploads.AddUpload(Tenant, new Upload(text, text, text, text, 1, Now.AddDays(1)), Token);
        var upload = (await Store.Uploads.FindUpload(Tenant, text, Now, Token))!;
        Assert.Equal((kept, kept, kept), (upload.MimeType, upload.FileName, upload.Sha256));

        Assert.True(await Store.Gateways.CreateGateway(new Gateway(text, text, text, text, [1], text, Now, Now), Token));
        Assert.Equal(kept, (await Store.Gateways.ReadGateway(text, Token))!.Url);
        Assert.True(await Store.Gateways.UpdateGateway(new Gateway(text, text, "now", text, [1], text, Now, Now, 2), Token));
        Assert.Equal("now", Assert.Single((await Store.Gateways.ListGateways(new PageRequest(5), Token)).Rows).Url);
        Assert.True(await Store.Gateways.DeleteGateway(text, Token));
        Assert.Empty(await Store.Sessions.FindOwners(text, Token));
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public async Task Tokens_of_sessions_take_any_text(string text, string kept)
    {
        var key = new Credential("k", "acme", CredentialKind.ApiKey, [1], "hint", Now);
        await Store.Tenants.Create(new Tenant("acme", text, Now), key, key with { Kind = CredentialKind.WebhookToken }, Token);
        var token = new Credential(text, "acme", CredentialKind.WebhookToken, [2], text, Now) { SessionId = text };
        Assert.True(await Store.Tenants.AddCredential(token, 5, Token));
        Assert.True(await Store.Tenants.AddCredential(token with { Sha256 = [3] }, 5, Token));

        Assert.Null(await Store.Tenants.FindCredential(CredentialKind.WebhookToken, [2], Token));
        Assert.Equal(kept, (await Store.Tenants.FindCredential(CredentialKind.WebhookToken, [3], Token))!.SessionId);
        Assert.True(await Store.Tenants.DeleteCredential("acme", CredentialKind.WebhookToken, text, Token));
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public async Task Lists_take_any_text(string text, string kept)
    {
        Assert.NotEmpty(kept);
        await Say(NewTalk(), 1);
        Assert.Empty((await Store.Queries.ListMessages(Tenant, new MessagesFilter(SessionId: text), new PageRequest(5), Token)).Rows);
        Assert.Empty((await Store.Queries.ListConversations(
            Tenant, new ConversationFilter(SessionId: text, Query: text + "abc"), new PageRequest(5), Token)).Rows);
        Assert.Empty((await Store.Sessions.ListSessions(Tenant, new SessionFilter(), new PageRequest(5), Token)).Rows);
    }
}
