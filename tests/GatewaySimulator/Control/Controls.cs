using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Parley.GatewaySimulator.Control;

/// <summary>The simulator's own calls, under <c>/control</c>: what tests in the same process do by methods.</summary>
internal static class Controls
{
    public static void MapControls(this IEndpointRouteBuilder listener, SimulatedGateway gateway)
    {
        var control = listener.MapGroup("/control");
        LineControls.Map(control, gateway);
        MessageControls.Map(control, gateway);
        WhatsAppControls.Map(control, gateway);
        FaultControls.Map(control, gateway);
        RecordControls.Map(control, gateway);
    }
}
