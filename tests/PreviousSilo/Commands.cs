using System.Text.Json.Nodes;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Parley.Domain.Addresses;
using Parley.Domain.Conversations;
using Parley.Domain.Messages;
using Parley.Domain.Sessions;
using Parley.Grains.Abstractions;

namespace Parley.PreviousSilo;

/// <summary>Makes the calls that the test asks for, a line of JSON each, and tells the replies.</summary>
internal sealed class Commands(IGrainFactory grains, IHostApplicationLifetime lifetime) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        lifetime.ApplicationStarted.Register(static () => Output.Write(new { Ready = true }));
        await foreach (var line in Lines().ReadAllAsync(stoppingToken))
        {
            Output.Write(await Run(JsonNode.Parse(line)!));
        }
    }

    /// <summary>The standard input. Reading it blocks and cannot be cancelled: a thread that ends with the process does it.</summary>
    private static ChannelReader<string> Lines()
    {
        var lines = Channel.CreateUnbounded<string>();
        new Thread(() =>
        {
            while (Console.In.ReadLine() is { } line)
            {
                lines.Writer.TryWrite(line);
            }

            lines.Writer.Complete();
        })
        { IsBackground = true }.Start();
        return lines.Reader;
    }

    private async Task<object> Run(JsonNode command)
    {
        if (command["tenant"] is { } tenant)
        {
            RequestContext.Set(TenantContext.Key, (string)tenant!);
        }

        try
        {
            return new { Reply = await Call((string)command["call"]!, (string)command["key"]!, command["given"] ?? new JsonObject()) };
        }
#pragma warning disable CA1031 // Whatever it is, the test asked for it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return new { Failure = exception.GetType().Name, exception.Message };
        }
        finally
        {
            RequestContext.Clear();
        }
    }

    private async Task<object> Call(string call, string key, JsonNode given)
    {
        var conversation = grains.GetGrain<IConversationGrain>(key);
        return call switch
        {
            "Apply" => await conversation.Apply(Delivery(given)),
            "MarkRead" => await conversation.MarkRead((long?)given["upTo"]),
            "Delete" => await conversation.Delete(),
            "Learn" => await conversation.Learn(Address(given, "known"), Address(given, "better")),
            "Seal" => await conversation.Seal(
                new SealRequest((string)given["into"]!, (bool)given["intoHasPhone"]!, (DateTimeOffset)given["intoCreatedAt"]!)),
            "TakeOver" => await conversation.TakeOver((string)given["from"]!),
            "Erase" => await conversation.Erase(),
            "DropDouble" => await conversation.DropDouble((string)given["externalId"]!, Enum.Parse<Direction>((string)given["direction"]!)),
            "Observe" => await grains.GetGrain<ISessionGrain>(key).Observe((string)given["instanceName"]!, [Signal(given)]),
            _ => throw new NotSupportedException(call),
        };
    }

    private static ApplyRequest Delivery(JsonNode given)
    {
        var (contact, line) = (Address(given, "from"), Address(given, "to"));
        var pair = string.CompareOrdinal(contact.Value, line.Value) < 0 ? (contact, line) : (line, contact);
        return new ApplyRequest(
            new ConversationOpening(
                ConversationKind.Direct, line, new Party(contact, null), null, [new AddressPair { Low = pair.Item1.Value, High = pair.Item2.Value }]),
            [
                new KeepItem(new IncomingMessage
                {
                    ExternalId = (string)given["externalId"]!,
                    Direction = Direction.In,
                    Origin = MessageOrigin.Live,
                    Status = MessageStatus.Delivered,
                    SessionId = (string)given["sessionId"]!,
                    From = contact,
                    To = line,
                    Content = new MessageContent { Type = MessageType.Text, Text = (string)given["text"]! },
                    Timestamp = (DateTimeOffset)given["timestamp"]!,
                    ReceivedAt = (DateTimeOffset)given["receivedAt"]!,
                }),
            ]);
    }

    private static SessionSignal Signal(JsonNode given) => new()
    {
        PhoneNumber = Address(given, "phoneNumber"),
        ReceivedAt = (DateTimeOffset)given["receivedAt"]!,
        Traffic = true,
    };

    private static Address Address(JsonNode given, string name) => new((string)given[name]!);
}
