using System.Collections.Concurrent;
using Parley.Gateways.Evolution.Webhooks;
using Parley.Ports.Gateways;

namespace Parley.Gateways.Evolution.Rest;

/// <summary>Which dialect a gateway speaks: by its version, remembered for some minutes, since a gateway may be upgraded.</summary>
internal sealed class Dialects(RestClient rest, EvolutionGatewayOptions options, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, Known> _known = new(StringComparer.Ordinal);

    /// <returns>The version that the gateway names.</returns>
    public async Task<string> ReadVersion(GatewayAccess gateway, CancellationToken cancellationToken)
    {
        var call = new RestCall(HttpMethod.Get, "", null, options.VersionTimeout) { Reads = true, Prompt = true };
        var answer = await rest.Ask(gateway, call, cancellationToken);
        var version = answer.Json.Get("version"u8).Words();
        if (version is null || Dialect.Of(version) is not { } dialect)
        {
            throw Faults.Unreadable(call, "the answer names no version");
        }

        _known[gateway.GatewayId] = new(gateway.Url, dialect, time.GetTimestamp());
        return version;
    }

    /// <exception cref="GatewayException">Never <see cref="GatewayFault.Unknown"/>: what is wanted was not asked for yet.</exception>
    public async ValueTask<Dialect> Of(GatewayAccess gateway, CancellationToken cancellationToken)
    {
        if (!_known.TryGetValue(gateway.GatewayId, out var known)
            || known.Url != gateway.Url
            || time.GetElapsedTime(known.At) > options.VersionAge)
        {
            try
            {
                await ReadVersion(gateway, cancellationToken);
            }
            catch (GatewayException e) when (e.MayHaveHappened)
            {
                throw new GatewayException(GatewayFault.Unreachable, e.Message, e);
            }

            known = _known[gateway.GatewayId];
        }

        return known.Dialect;
    }

    /// <summary>What a gateway spoke when it was asked.</summary>
    private sealed record Known(Uri Url, Dialect Dialect, long At);
}
