using Parley.Domain.Addresses;
using Parley.Domain.Messages;
using Parley.Ports;
using Parley.Ports.Gateways;

namespace Parley.Grains;

/// <summary>Makes messages ready for a gateway, and holds against the book whom it says that it sent them to.</summary>
public sealed class OutgoingMessages(IConversationStore store, IAddressBook book, IMediaStore media)
{
    /// <param name="to">The other side as its conversation knows it.</param>
    /// <exception cref="MediaMissingException">Its bytes are not there any more.</exception>
    public async Task<OutgoingMessage> Prepare(string tenantId, Message message, Address to, CancellationToken cancellationToken)
    {
        var content = message.Content;
        Func<CancellationToken, Task<Stream>>? open = null;
        if (content.Media is { Sha256: { } sha256 })
        {
            await using (await Open(tenantId, sha256, cancellationToken))
            {
                open = ct => Open(tenantId, sha256, ct);
            }
        }

        return new OutgoingMessage
        {
            To = await Phone(tenantId, to, cancellationToken) ?? to,
            Content = content,
            OpenMedia = open,
            Quoted = content.QuotedMessageId is { } id ? await Quoted(tenantId, id, to, message, cancellationToken) : null,
        };
    }

    /// <summary>Whether a gateway's word on whom it sent to fits whom it was asked to send to. A hidden id of nobody known tells nothing.</summary>
    public async Task<bool> IsFor(string tenantId, Address asked, Address? told, CancellationToken cancellationToken)
    {
        if (told is not { } address || address.Canonical == asked.Canonical)
        {
            return true;
        }

        if (asked.Kind == AddressKind.Group || address.Kind == AddressKind.Group)
        {
            return false;
        }

        try
        {
            var one = asked.IsPhone ? asked : await Phone(tenantId, asked, cancellationToken);
            var other = address.IsPhone ? address : await Phone(tenantId, address, cancellationToken);
            return one is null || other is null || one.Value.Canonical == other.Value.Canonical;
        }
        catch (StoreException)
        {
            // It is out either way; that it went astray is rare, and would be told by its echo.
            return true;
        }
    }

    private async Task<Address?> Phone(string tenantId, Address address, CancellationToken cancellationToken) =>
        address.Kind == AddressKind.Lid
        && (await book.FindPhones(tenantId, [address], cancellationToken)).TryGetValue(address, out var phone)
            ? phone
            : null;

    private async Task<MessageReference> Quoted(
        string tenantId, string externalId, Address chat, Message message, CancellationToken cancellationToken)
    {
        var lookup = await store.LookUp(tenantId, [externalId], cancellationToken);
        var quoted = lookup.Messages.FirstOrDefault(m => m.Message?.SessionId == message.SessionId)?.Message
            ?? lookup.Messages.FirstOrDefault(static m => m.Message is not null)?.Message;
        return new MessageReference(
            externalId, chat, quoted?.Direction == Direction.Out, quoted?.Author?.Best, quoted?.Content.Text);
    }

    private async Task<Stream> Open(string tenantId, string sha256, CancellationToken cancellationToken) =>
        await media.Open(tenantId, sha256, cancellationToken) ?? throw new MediaMissingException();
}

/// <summary>The bytes of a message's media are not in the media store.</summary>
public sealed class MediaMissingException : Exception;
