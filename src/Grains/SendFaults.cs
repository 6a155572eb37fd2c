using Parley.Domain.Messages;
using Parley.Domain.Sends;
using Parley.Grains.Abstractions;
using Parley.Ports.Gateways;

namespace Parley.Grains;

/// <summary>What a gateway's refusal means for the send.</summary>
internal static class SendFaults
{
    public static (SendResult Result, MessageError? Error) Of(GatewayException e) => e.Fault switch
    {
        GatewayFault.Unknown => (SendResult.Unknown, SendErrors.Unknown(e.Message)),
        GatewayFault.Unreachable or GatewayFault.TooLate or GatewayFault.NotConnected => (SendResult.NotSent, null),
        GatewayFault.Busy => (SendResult.NotSent, new MessageError(SendErrors.GatewayBusy, e.Message)),
        GatewayFault.Unauthorized => (SendResult.Failed, new MessageError(SendErrors.GatewayUnauthorized, e.Message)),
        GatewayFault.InstanceMissing => (SendResult.Failed, new MessageError(SendErrors.InstanceMissing, e.Message)),
        GatewayFault.NotOnWhatsApp => (SendResult.Failed, new MessageError(SendErrors.NotOnWhatsApp, e.Message)),
        _ => (SendResult.Failed, new MessageError(SendErrors.GatewayRefused, e.Message)),
    };
}
