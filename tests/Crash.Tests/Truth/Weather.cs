using Parley.GatewaySimulator.Faults;
using Parley.GatewaySimulator.Webhooks;

namespace Parley.Truth;

/// <summary>What goes wrong between a gateway and Parley.</summary>
internal sealed class Weather(TruthLine line, Random random)
{
    private static readonly string[] Events = ["messages.upsert", "messages.update", "send.message", "messages.edited", "messages.delete", "send.message.update"];
    private static readonly string[] Changes = [
        "chat/updateMessage", "chat/deleteMessageForEveryone", "message/sendReaction", "chat/findMessages", "chat/getBase64FromMediaMessage",
    ];

    private static readonly string[] Sends = ["message/sendText", "message/sendText", "message/sendMedia"];

    public async Task Blow(CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            switch (random.Next(22))
            {
                case < 9:
                    line.Simulated.Webhooks.Next(OfWebhooks());
                    break;
                case < 15:
                    line.Simulated.Faults.Next(Sends[random.Next(Sends.Length)], OfSends());
                    break;
                case < 19:
                    line.Simulated.Faults.Next(Changes[random.Next(Changes.Length)], OfChanges());
                    break;
                case 19:
                    await line.Instance.Connection.Drop(428);
                    break;
                case 20:
                    await line.Instance.Connection.Hang();
                    await Task.Delay(random.Next(100, 2_000), CancellationToken.None);
                    await line.Instance.Connection.Recover();
                    break;
                default:
                    await line.Simulated.StopListening();
                    await Task.Delay(random.Next(100, 1_500), CancellationToken.None);
                    await line.Simulated.ListenAgain();
                    break;
            }

            await Task.Delay(random.Next(100, 700), CancellationToken.None);
        }
    }

    /// <summary>From now on all is well.</summary>
    public void Clear()
    {
        line.Simulated.Webhooks.Heal();
        line.Simulated.Faults.Heal();
    }

    private WebhookFault OfWebhooks()
    {
        var name = Events[random.Next(Events.Length)];
        return random.Next(8) switch
        {
            < 3 => new LoseWebhook(name),
            < 5 => new DuplicateWebhook(name, random.Next(1, 3)),
            < 7 => new DelayWebhook(name, Some(3_000)),
            _ => new ReverseWebhooks(name) { Times = random.Next(2, 4) },
        };
    }

    private RestFault OfSends() => random.Next(11) switch
    {
        0 => RestFault.Slow(Some(6_000)),
        1 => RestFault.Slow(Some(1_500)),
        2 => RestFault.Late(Some(6_000)),
        3 => RestFault.Late(Some(1_500)),
        4 => RestFault.Silence(),
        5 => RestFault.Truncate(),
        6 => RestFault.DoneInSilence(),
        7 => RestFault.Answer(500),
        8 => RestFault.Answer(500) with { Done = true },
        9 => RestFault.BadGateway() with { Done = random.Next(2) == 0 },
        _ => RestFault.TooMany(),
    };

    private RestFault OfChanges() => random.Next(4) switch
    {
        0 => RestFault.Answer(500),
        1 => RestFault.Truncate(),
        2 => RestFault.BadGateway() with { Done = random.Next(2) == 0 },
        _ => RestFault.Slow(Some(1_000)),
    };

    private TimeSpan Some(int milliseconds) => TimeSpan.FromMilliseconds(random.Next(50, milliseconds));
}
