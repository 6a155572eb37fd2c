using System.Text.Json.Nodes;
using Parley.GatewaySimulator.Network;
using Parley.GatewaySimulator.Writing;

namespace Parley.GatewaySimulator.Instances;

/// <summary>What REST calls send.</summary>
internal sealed class Sends(Instance instance)
{

    private SimulatedGateway Gateway => instance.Gateway;

    /// <summary>Sends a message: WhatsApp gets it (unless the line only seems open), the gateway keeps it and posts its echo.</summary>
    /// <param name="to">As WhatsApp resolved it.</param>
    /// <returns>The answer of the call.</returns>
    public async Task<JsonObject> Send(string to, Content content, MessageContext context)
    {
        var message = new StoredMessage
        {
            Id = NewIds.Sent(Gateway.Dialect),
            FromMe = true,
            SentTo = to,
            PushName = Gateway.Dialect.IsV1 ? "" : "Você",
            Content = content,
            Context = context,
            Source = Gateway.Dialect.SentSource,
        };
        if (Gateway.Options.SavesMessages)
        {
            instance.Messages.Add(message);
        }

        if (instance.Connection.IsAlive)
        {
            Gateway.WhatsApp.Add(Describe(message));
        }

        await Echo(message);
        if (instance.Connection.IsAlive && !instance.IsOwnChannel)
        {
            instance.Receipts.Begin(message.Id);
        }

        return Gateway.Dialect.IsV1 ? MessageWriter.AnswerOfV1(instance, message) : MessageWriter.Sent(instance, message);
    }

    /// <summary>Sends a change of a message: an edit or a deletion.</summary>
    /// <param name="type"><c>edit</c> or <c>revoke</c>.</param>
    public void SendChange(string to, string type, string target, string? text)
    {
        if (instance.Connection.IsAlive)
        {
            Gateway.WhatsApp.Add(new SentMessage(
                instance.Account?.Phone, instance.Name, to, NewIds.Sent(Gateway.Dialect), type, text, Media: null, target,
                DateTimeOffset.UtcNow));
        }
    }

    private SentMessage Describe(StoredMessage message) => new(
        instance.Account?.Phone,
        instance.Name,
        message.SentTo!,
        message.Id,
        message.Content.Type,
        message.Content.Text,
        (message.Content as MediaContent)?.Bytes,
        message.Content is ReactionContent reaction ? reaction.Target.Id : message.Context.QuotedId,
        message.Time)
    {
        Content = message.Content,
        Mentions = message.Context.Mentions,
    };

    private async Task Echo(StoredMessage message)
    {
        switch (Gateway.Options.Echo)
        {
            case EchoTiming.AsItComes:
                _ = Post(message);
                break;
            case EchoTiming.Before:
                await Task.WhenAny(Post(message), Task.Delay(Gateway.Options.EchoWait, Gateway.Stopping));
                break;
            case EchoTiming.After:
                _ = Gateway.Work.Run(async () =>
                {
                    await Task.Delay(Gateway.Options.EchoAfter, Gateway.Stopping);
                    await Post(message);
                });
                break;
        }
    }

    private Task Post(StoredMessage message)
    {
        var data = Gateway.Dialect.IsV1 ? MessageWriter.SentByV1(instance, message) : MessageWriter.Sent(instance, message);
        if (Gateway.Dialect.IsV1 && data["message"] is JsonObject body)
        {
            MessageWriter.PutBase64(instance, body, message.Content);
        }

        return instance.Post("send.message", data);
    }
}
