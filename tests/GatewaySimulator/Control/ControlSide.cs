using Microsoft.AspNetCore.Http;

namespace Parley.GatewaySimulator.Control;

/// <summary>The simulator's own calls, under <c>/control</c>.</summary>
internal sealed class ControlSide(SimulatedGateway gateway)
{
    public Task Serve(HttpContext http) => http.Response.WriteAsync(gateway.Dialect.Version);
}
