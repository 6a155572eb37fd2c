using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Parley.GatewaySimulator.Instances;

namespace Parley.GatewaySimulator.Rest;

/// <summary>A call that found its route and passed the key check.</summary>
/// <param name="Key">The key that was given.</param>
internal sealed record RestCall(SimulatedGateway Gateway, Instance? Target, JsonObject Body, IQueryCollection Query, string? Key)
{
    /// <summary>The instance of a call that is for one.</summary>
    public Instance Instance => Target!;

    public Dialect Dialect => Gateway.Dialect;

    public bool HasGlobalKey => Key == Gateway.ApiKey;
}
