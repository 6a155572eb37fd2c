using Parley.Ports.Gateways;

namespace Parley.Gateways.Evolution.Rest;

/// <summary>The address of a call, composed from the gateway's base address and the instance's name and nothing else.</summary>
/// <remarks>A query would be taken for the path's parameters after the key was checked (gateway notes, 1), so what is not Parley's own is
/// percent-encoded, the instance's name within its segment.</remarks>
internal static class RestUrl
{
    public static Uri Of(GatewayAccess gateway, RestCall call)
    {
        var url = $"{gateway.Url.GetLeftPart(UriPartial.Path).TrimEnd('/')}/{call.Path}";
        if (call.Instance is { } instance)
        {
            // Dots alone would be taken for a step up.
            if (instance.Trim('.').Length == 0)
            {
                throw new GatewayException(GatewayFault.Refused, $"{call}: no instance can have this name.");
            }

            url = $"{url}/{Uri.EscapeDataString(instance)}";
        }

        return new(call.Query is var (name, value) ? $"{url}?{name}={Uri.EscapeDataString(value)}" : url);
    }
}
