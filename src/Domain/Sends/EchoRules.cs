using Parley.Domain.Conversations;
using Parley.Domain.Messages;

namespace Parley.Domain.Sends;

/// <summary>When an own message cannot be what a send became.</summary>
public static class EchoRules
{
    /// <summary>How far a gateway's clock may be behind.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);

    /// <summary>How far the clocks of two of our nodes may differ.</summary>
    private static readonly TimeSpan NodeSkew = TimeSpan.FromSeconds(30);

    /// <summary>A gateway's list reaches back: what is in it from before a send was queued, or left, is not that send. What a webhook tells
    /// happens now, whatever time it names.</summary>
    public static bool IsFromBefore(IncomingMessage message, DateTimeOffset send) =>
        message.Origin != MessageOrigin.Live && message.Timestamp < send - ClockSkew;

    /// <summary>What was parked before a send left is not its echo: a line that sends without a pause would hold it for as long.</summary>
    public static bool LeftAfter(DateTimeOffset left, DateTimeOffset parked) => left > parked + NodeSkew;
}
