using System.Text.Json.Nodes;

namespace Parley.GatewaySimulator.Rest;

/// <summary>What the root says: a client picks its dialect by the version.</summary>
internal static class Welcome
{
    public static Answer Say(SimulatedGateway gateway)
    {
        var body = new JsonObject
        {
            ["status"] = 200,
            ["message"] = "Welcome to the Evolution API, it is working!",
            ["version"] = gateway.Dialect.Version,
        };
        body[gateway.Dialect.IsV1 ? "swagger" : "clientName"] = gateway.Dialect.IsV1 ? $"{gateway.Url}/docs" : "evolution_exchange";
        body["manager"] = $"{gateway.Url}/manager";
        body["documentation"] = "https://doc.evolution-api.com";
        if (!gateway.Dialect.IsV1)
        {
            body["whatsappWebVersion"] = "2.3000.1030000000";
        }

        return Answer.Ok(body);
    }
}
