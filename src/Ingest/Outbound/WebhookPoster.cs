using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Authentication;
using Parley.Domain.Webhooks;

namespace Parley.Ingest.Outbound;

/// <summary>Opens connections to endpoints.</summary>
public sealed class WebhookConnections(NetworkGuard guard, WebhookOptions options, TimeProvider time)
{
    /// <summary>One endpoint's: no other one waits for them.</summary>
    public WebhookPoster Open() => new(guard, options, time);
}

/// <summary>Posts to one endpoint, over connections of its own.</summary>
public sealed class WebhookPoster : IDisposable
{
    /// <summary>What an endpoint answers beyond this is not even read.</summary>
    private const int MostAnswerBytes = 4_096;
    private const string UserAgent = "Parley-Webhooks/1";

    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly WebhookOptions _options;
    private readonly TimeProvider _time;
    private readonly HttpClient _http;

    internal WebhookPoster(NetworkGuard guard, WebhookOptions options, TimeProvider time)
    {
        (_options, _time) = (options, time);
        _http = new HttpClient(new SocketsHttpHandler
        {
            // A redirect could lead where the first address may not.
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,

            // The traces of this installation are nobody else's business.
            ActivityHeadersPropagator = null,
            MaxConnectionsPerServer = options.AtOnce,
            MaxResponseDrainSize = MostAnswerBytes,
            ResponseDrainTimeout = TimeSpan.FromSeconds(1),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
            ConnectCallback = (context, cancellationToken) => guard.Connect(
                context.DnsEndPoint, context.InitialRequestMessage.RequestUri?.Scheme == Uri.UriSchemeHttp, cancellationToken),
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>Posts once. Never throws but for the token.</summary>
    /// <param name="secrets">Those that sign, the newest first.</param>
    /// <param name="id">The same at every attempt.</param>
    public async Task<AttemptResult> Post(
        Uri url, IReadOnlyList<string> secrets, string id, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        var (at, began) = (_time.GetUtcNow(), _time.GetTimestamp());
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(_options.Timeout);
        try
        {
            using var request = Request(url, secrets, id, at, body);
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
            var status = (int)response.StatusCode;
            var outcome = Answers.OutcomeOf(status);
            var word = outcome switch
            {
                AttemptOutcome.Delivered => null,
                AttemptOutcome.Gone => "gone",
                _ when status is >= 300 and < 400 => "redirect",
                _ => "http_status",
            };
            return new AttemptResult(outcome, new DeliveryAttempt(at, status, word, Elapsed(began)), RetryAfter(response, at));
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            return new AttemptResult(AttemptOutcome.Failed, new DeliveryAttempt(at, null, WordOf(e), Elapsed(began)));
        }
    }

    public void Dispose() => _http.Dispose();

    private static HttpRequestMessage Request(Uri url, IReadOnlyList<string> secrets, string id, DateTimeOffset at, ReadOnlyMemory<byte> body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ReadOnlyMemoryContent(body) };
        request.Content.Headers.ContentType = Json;
        request.Headers.TryAddWithoutValidation("User-Agent", UserAgent);
        request.Headers.TryAddWithoutValidation("webhook-id", id);
        request.Headers.TryAddWithoutValidation("webhook-timestamp", at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        request.Headers.TryAddWithoutValidation("webhook-signature", WebhookSignature.Sign(secrets, id, at.ToUnixTimeSeconds(), body.Span));
        return request;
    }

    private static TimeSpan? RetryAfter(HttpResponseMessage response, DateTimeOffset now) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - now,
        _ => null,
    };

    private static string WordOf(Exception e) => e switch
    {
        OperationCanceledException => "timeout",
        NetworkRefusedException or { InnerException: NetworkRefusedException } => "network_refused",
        { InnerException: AuthenticationException } => "tls_failed",
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => "name_not_found",
        { InnerException: System.Net.Sockets.SocketException { SocketErrorCode: System.Net.Sockets.SocketError.HostNotFound } } => "name_not_found",
        _ => "connection_failed",
    };

    private long Elapsed(long began) => (long)_time.GetElapsedTime(began).TotalMilliseconds;
}
