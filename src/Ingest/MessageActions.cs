using Parley.Domain.Addresses;
using Parley.Domain.Conversations;
using Parley.Domain.Messages;
using Parley.Domain.Sessions;
using Parley.Ports;
using Parley.Ports.Gateways;

namespace Parley.Ingest;

/// <summary>What a person does to a message that WhatsApp has: edit it, delete it for everyone, react to it.</summary>
/// <remarks>The gateway is asked first, and what it did is noted: some tell nothing of it afterwards (gateway notes, 8).</remarks>
/// <exception cref="GatewayException">Any call: nothing is noted, and the gateway's webhook tells if it happened all the same.</exception>
public sealed class MessageActions(ISessionStore sessions, IAddressBook book, Gateways gateways, ChangeRouter changes, TimeProvider time)
{
    /// <returns>Whether it could be asked for: an own message that WhatsApp has, of an open session.</returns>
    public Task<MessageActionOutcome> Edit(string tenantId, MessageEntry entry, string text, CancellationToken cancellationToken) =>
        entry.Message is { Direction: Direction.Out, Content.Type: MessageType.Text }
            ? Act(
                tenantId,
                entry,
                async (line, reference) =>
                {
                    var at = await line.Gateway.Gateway.Edit(
                        line.Gateway.Access, line.Session.InstanceName, reference, text, cancellationToken);
                    return new EditChange
                    {
                        TargetId = entry.Message.ExternalId,
                        Stamp = at is { } told ? Stamp(line.Session, told) : EditStamp(entry.Message, line.Session),
                        At = at ?? time.GetUtcNow(),
                        Line = line.Session.Line,
                        Text = text,
                    };
                },
                cancellationToken)
            : Task.FromResult(MessageActionOutcome.NotPossible);

    /// <summary>Deletes an own message for everyone.</summary>
    public Task<MessageActionOutcome> Revoke(string tenantId, MessageEntry entry, CancellationToken cancellationToken) =>
        entry.Message.Direction == Direction.Out
            ? Act(
                tenantId,
                entry,
                async (line, reference) =>
                {
                    await line.Gateway.Gateway.Revoke(line.Gateway.Access, line.Session.InstanceName, reference, cancellationToken);
                    var now = time.GetUtcNow();
                    return new DeletionChange
                    {
                        TargetId = entry.Message.ExternalId,
                        Stamp = Stamp(line.Session, now),
                        At = now,
                        Line = line.Session.Line,
                    };
                },
                cancellationToken)
            : Task.FromResult(MessageActionOutcome.NotPossible);

    /// <param name="emoji">Null takes the reaction back.</param>
    public Task<MessageActionOutcome> React(string tenantId, MessageEntry entry, string? emoji, CancellationToken cancellationToken) =>
        Act(
            tenantId,
            entry,
            async (line, reference) =>
            {
                // The gateway's time, which its webhook has, too: by this machine's clock a later one from a phone might lose.
                var at = await line.Gateway.Gateway.React(
                    line.Gateway.Access, line.Session.InstanceName, reference, emoji, cancellationToken) ?? time.GetUtcNow();
                return new ReactionChange
                {
                    TargetId = entry.Message.ExternalId,
                    Stamp = Stamp(line.Session, at),
                    At = at,
                    Line = line.Session.Line,
                    From = Party.Of(line.Session.Line),
                    Emoji = emoji,
                };
            },
            cancellationToken);

    /// <summary>Shows the customer that messages were read (blue ticks).</summary>
    /// <param name="head">Their conversation.</param>
    /// <returns>Of several lines, the worst that came of it.</returns>
    public async Task<ReceiptOutcome> MarkRead(
        string tenantId, ConversationHead head, IReadOnlyList<Message> messages, CancellationToken cancellationToken)
    {
        if (messages.Count == 0)
        {
            return head.SessionIds.LastOrDefault() is { } last ? await MarkRead(tenantId, last, head.ContactAddress, [], cancellationToken) : ReceiptOutcome.Unsupported;
        }

        // Two own lines that write to each other share it: each has read its own messages, at its own gateway.
        var outcomes = new List<ReceiptOutcome>();
        foreach (var side in messages.GroupBy(head.OtherSideOf))
        {
            outcomes.Add(await MarkRead(tenantId, side.First().SessionId, side.Key, [.. side], cancellationToken));
        }

        return outcomes.Max();
    }

    private async Task<ReceiptOutcome> MarkRead(
        string tenantId, string sessionId, Address otherSide, IReadOnlyList<Message> messages, CancellationToken cancellationToken)
    {
        if (await Line(tenantId, sessionId, cancellationToken) is not { } line || messages.Any(m => IsOfAnotherPhone(m, line.Session)))
        {
            return ReceiptOutcome.Unsupported;
        }

        // A gateway drops hidden ids without a word.
        var chat = await Chat(tenantId, otherSide, cancellationToken);
        if (chat.Kind is not (AddressKind.Phone or AddressKind.Group))
        {
            return ReceiptOutcome.Unsupported;
        }

        if (messages.Count == 0)
        {
            return ReceiptOutcome.Skipped;
        }

        try
        {
            await line.Gateway.Gateway.MarkRead(
                line.Gateway.Access,
                line.Session.InstanceName,
                [.. messages.Select(m => new MessageReference(m.ExternalId, chat, FromMe: false, m.Author?.Best))],
                cancellationToken);
            return ReceiptOutcome.Sent;
        }
        catch (GatewayException e)
        {
            return e.Fault == GatewayFault.Unsupported ? ReceiptOutcome.Unsupported : ReceiptOutcome.Failed;
        }
    }

    private async Task<MessageActionOutcome> Act(
        string tenantId,
        MessageEntry entry,
        Func<OpenLine, MessageReference, Task<MessageChange>> act,
        CancellationToken cancellationToken)
    {
        if (entry.Message is not { IsNamed: true, DeletedAt: null } message)
        {
            return MessageActionOutcome.NotPossible;
        }

        if (await Line(tenantId, message.SessionId, cancellationToken) is not { } line)
        {
            return MessageActionOutcome.NotOpen;
        }

        if (IsOfAnotherPhone(message, line.Session))
        {
            return MessageActionOutcome.NotPossible;
        }

        var chat = await Chat(tenantId, entry.Head.OtherSideOf(message), cancellationToken);
        var change = await act(line, new MessageReference(
            message.ExternalId, chat, message.Direction == Direction.Out, message.Author?.Best, message.Content.Text));

        // It has happened: whoever asked may go away, it is noted all the same.
        await changes.Route(tenantId, line.Session.SessionId, [change], CancellationToken.None);
        return MessageActionOutcome.Done;
    }

    /// <summary>Whether the line was paired with another phone since. That one has no such message, and its gateway says that all is well.</summary>
    private static bool IsOfAnotherPhone(Message message, Session session)
    {
        var own = message.Direction == Direction.Out ? message.From : message.To;
        return own.Kind == AddressKind.Phone && session.PhoneNumber is { } number && own.Canonical != number.Canonical;
    }

    private async Task<OpenLine?> Line(string tenantId, string sessionId, CancellationToken cancellationToken) =>
        await sessions.ReadSession(tenantId, sessionId, cancellationToken) is { Status: SessionStatus.Open, GatewayId: { } gatewayId } session
        && await gateways.Open(gatewayId, cancellationToken) is { } gateway
            ? new OpenLine(session, gateway)
            : null;

    private async Task<Address> Chat(string tenantId, Address otherSide, CancellationToken cancellationToken) =>
        otherSide.Kind == AddressKind.Lid
        && (await book.FindPhones(tenantId, [otherSide], cancellationToken)).TryGetValue(otherSide, out var phone)
            ? phone
            : otherSide;

    /// <summary>Of the session's gateway, as its webhooks are.</summary>
    private static ChangeStamp Stamp(Session session, DateTimeOffset at) => new(at.ToUnixTimeMilliseconds(), null, session.InstanceName);

    /// <summary>
    /// Of an edit whose time the gateway does not say. The webhook that tells of it has the true time, and is the same edit as one without:
    /// so a first edit is noted without. A later one has to win over those that are known, whatever they say of their time, since some
    /// gateways tell nothing of it.
    /// </summary>
    private ChangeStamp EditStamp(Message message, Session session)
    {
        if (message.Edits.IsEmpty)
        {
            return new ChangeStamp(null, null, session.InstanceName);
        }

        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        return message.Edits.Max(static e => e.Stamp.SentMs) is { } sent
            ? new ChangeStamp(Math.Max(now, sent + 1), null, session.InstanceName)
            : new ChangeStamp(null, (message.Edits.Max(static e => e.Stamp.EnvelopeMs) + 1) ?? now, session.InstanceName);
    }

    private sealed record OpenLine(Session Session, OpenGateway Gateway);
}

/// <summary>What became of something that was done to a message.</summary>
public enum MessageActionOutcome
{
    Done,

    /// <summary>The session is not open, or Parley does not run it.</summary>
    NotOpen,

    /// <summary>It is not the line's own, is deleted, the gateway has not named it yet, or the line has another phone since.</summary>
    NotPossible,
}

/// <summary>Whether the customer was shown that messages were read.</summary>
public enum ReceiptOutcome
{
    Sent,

    /// <summary>Not asked for, or nothing was unread.</summary>
    Skipped,

    /// <summary>The line is not open, has another phone since, or the customer is known by a hidden id alone.</summary>
    Unsupported,

    /// <summary>The gateway did not do it.</summary>
    Failed,
}
