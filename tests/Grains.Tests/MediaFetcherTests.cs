using Parley.Domain.Messages;
using Parley.Grains.Abstractions;
using Parley.Ports.Gateways;

namespace Parley.Grains.Tests;

public sealed class MediaFetcherTests(Cluster cluster) : ClusterTests(cluster)
{
    /// <summary>Who reads them must not be told to come again: each time the gateway would be asked for all of them anew.</summary>
    [Theory]
    [InlineData(GatewayFault.TooLarge, MediaStatus.TooLarge)]
    [InlineData(GatewayFault.Gone, MediaStatus.Expired)]
    public async Task media_that_never_come_are_told_as_such(GatewayFault fault, MediaStatus status)
    {
        var outbox = new Outbox(Cluster, Tenant);
        await outbox.Open();
        var externalId = $"M-{Guid.NewGuid():N}";
        Cluster.Gateway.OnMedia(externalId, _ => throw new GatewayException(fault, "A test wants it."));
        var item = Chat.Message(externalId);
        var image = new MessageContent { Type = MessageType.Image, Media = new Media { Status = MediaStatus.Pending, MimeType = "image/jpeg" } };
        await Chat.Grain(Chat.Known).Apply(new(Chat.Opening(Chat.Known), [item with { Message = item.Message with { Content = image } }]));
        var id = (await Chat.Rows(Chat.Known)).Single(row => row.Message!.ExternalId == externalId).MessageId;

        await Cluster.Factories[0].GetGrain<IMediaFetcherGrain>(GrainKey.Of(Tenant, id.ToString())).Fetch();

        var message = await outbox.Until(id, static message => message.Content.Media!.Status != MediaStatus.Pending);
        Assert.Equal(status, message.Content.Media!.Status);
    }
}
