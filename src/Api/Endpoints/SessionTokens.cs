using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Parley.Api.Auth;
using Parley.Ingest;
using Parley.Ports;
using Parley.Ports.Gateways;

namespace Parley.Api.Endpoints;

/// <summary>Makes the own webhook tokens of sessions.</summary>
internal sealed partial class SessionTokens(
    ITenantStore tenants, IOptions<ApiOptions> options, TimeProvider time, ILogger<SessionTokens> logger)
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private const int HeaderLength = 32;

    /// <summary>A gateway is not replaced by one of another version every day, and asking takes it a while.</summary>
    private static readonly TimeSpan VersionLives = TimeSpan.FromMinutes(10);

    /// <summary>How long a gateway may take to say its version. An instance can be made known without it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly Version FirstWithHeaders = new(2, 1, 1);
    private readonly ConcurrentDictionary<string, (bool SendsHeaders, DateTimeOffset At)> _gateways = new(StringComparer.Ordinal);

    /// <summary>Makes a token that only this session's instance may use, with a secret header where its gateway can send one.</summary>
    /// <remarks>A gateway that does not say what it is gets the header, too, but nothing is refused for want of it: it may turn out to be one
    /// that sends none.</remarks>
    public async Task<SessionToken> Make(OpenGateway open, string tenantId, string sessionId, CancellationToken cancellationToken)
    {
        var sends = await SendsHeaders(open, cancellationToken);
        if (sends is null)
        {
            NotRequired(open.Access.GatewayId, sessionId);
        }

        var header = sends != false ? RandomNumberGenerator.GetString(Alphabet, HeaderLength) : null;
        var secret = ApiSecret.NewToken();
        var now = time.GetUtcNow();
        var id = Guid.CreateVersion7(now).ToString("N");
        var credential = new Credential(id, tenantId, CredentialKind.WebhookToken, ApiSecret.Hash(secret), ApiSecret.Hint(secret), now)
        {
            SessionId = sessionId,
            HeaderSha256 = sends == true ? ApiSecret.Hash(header!) : null,
        };
        if (!await tenants.AddCredential(credential, int.MaxValue, cancellationToken))
        {
            throw new StoreUnavailableException("The tenant is being deleted.");
        }

        return new SessionToken(id, options.Value.WebhookUrl(secret), ApiSecret.Hint(secret), header);
    }

    public Task Delete(string tenantId, string tokenId, CancellationToken cancellationToken) =>
        tenants.DeleteCredential(tenantId, CredentialKind.WebhookToken, tokenId, cancellationToken);

    /// <summary>Older ones take headers without a word and send none (webhooks, 2).</summary>
    /// <returns>As it was when the gateway last said it; null = it does not say it now, and never did to this node.</returns>
    private async Task<bool?> SendsHeaders(OpenGateway open, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var key = $"{open.Access.GatewayId} {open.Access.Url}";
        var isKnown = _gateways.TryGetValue(key, out var known);
        if (isKnown && now - known.At < VersionLives)
        {
            return known.SendsHeaders;
        }

        using var patience = new CancellationTokenSource(Patience, time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            var named = await open.Gateway.ReadVersion(open.Access, ending.Token);
            var sends = Version.TryParse(named.TrimStart('v').Split('-')[0], out var version) && version >= FirstWithHeaders;
            _gateways[key] = (sends, now);
            return sends;
        }
        catch (Exception e) when (e is GatewayException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return isKnown ? known.SendsHeaders : null;
        }
    }

    [LoggerMessage(20, LogLevel.Warning, "Gateway {GatewayId} does not say its version: webhooks of session {SessionId} are taken without their secret header.")]
    private partial void NotRequired(string gatewayId, string sessionId);
}

/// <param name="Url">With the token in it.</param>
internal sealed record SessionToken(string Id, string Url, string Hint, string? Header)
{
    public override string ToString() => Id;
}
