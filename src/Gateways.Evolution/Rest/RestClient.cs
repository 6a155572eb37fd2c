using System.Globalization;
using System.Net;
using System.Security.Authentication;
using System.Text.Json;
using Parley.Gateways.Evolution.Bodies;
using Parley.Ports;
using Parley.Ports.Gateways;
using Polly;
using Polly.CircuitBreaker;
using Polly.Registry;
using Polly.Retry;

namespace Parley.Gateways.Evolution.Rest;

/// <summary>Makes calls: each within its time, repeated only where it just reads, behind a circuit breaker per gateway.</summary>
internal sealed class RestClient : IDisposable
{
    /// <summary>Of the HTTP client.</summary>
    public const string Name = "parley-evolution";

    private const int MostRepetitions = 2;

    /// <summary>A page of messages with their thumbnails is the largest answer that is read as a whole.</summary>
    private const long MostBytes = 32 * 1024 * 1024;

    /// <summary>Of an answer with media, base64 included: the gateway itself holds all of it in one string.</summary>
    private const long MostMediaBytes = 512L * 1024 * 1024;

    private readonly IHttpClientFactory _clients;
    private readonly EvolutionGatewayOptions _options;
    private readonly TimeProvider _time;
    private readonly ResiliencePipelineRegistry<string> _breakers = new();
    private readonly ResiliencePipeline<Attempt> _repeated;

    public RestClient(IHttpClientFactory clients, EvolutionGatewayOptions options, TimeProvider time)
    {
        _clients = clients;
        _options = options;
        _time = time;
        _repeated = new ResiliencePipelineBuilder<Attempt> { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions<Attempt>
            {
                MaxRetryAttempts = MostRepetitions,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = options.RetryDelay,
                ShouldHandle = static args => ValueTask.FromResult(args.Outcome.Result is { MayPass: true }),
            })
            .Build();
    }

    /// <returns>An answer of success, which may be empty.</returns>
    /// <exception cref="GatewayException">Anything else.</exception>
    public async Task<RestAnswer> Ask(GatewayAccess gateway, RestCall call, CancellationToken cancellationToken)
    {
        var url = RestUrl.Of(gateway, call);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(call.Timeout);
        try
        {
            var breaker = BreakerOf(gateway);
            var attempt = call.Reads
                ? await _repeated.ExecuteAsync(async token => await Guarded(token), limit.Token)
                : await Guarded(limit.Token);
            return attempt.Answer ?? throw attempt.Fault!;

            ValueTask<Attempt> Guarded(CancellationToken token) =>
                breaker.ExecuteAsync(async inner => await Try(url, gateway.ApiKey, call, inner, cancellationToken), token);
        }
        catch (BrokenCircuitException e)
        {
            throw new GatewayException(GatewayFault.Unreachable, $"{call}: the gateway did not answer lately and is left alone.", e)
            {
                RetryAfter = _options.BreakerPause,
            };
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            // Between two attempts.
            throw TimedOut(call, e);
        }
    }

    public void Dispose() => _breakers.Dispose();

    private ResiliencePipeline<Attempt> BreakerOf(GatewayAccess gateway) => _breakers.GetOrAddPipeline<Attempt>(gateway.GatewayId, builder =>
    {
        builder.TimeProvider = _time;
        builder.AddCircuitBreaker(new()
        {
            FailureRatio = 0.5,
            MinimumThroughput = _options.BreakerCalls,
            SamplingDuration = _options.BreakerWindow,
            BreakDuration = _options.BreakerPause,
            ShouldHandle = static args => ValueTask.FromResult(args.Outcome.Result is { MetNoGateway: true }),
        });
    });

    private async Task<Attempt> Try(Uri url, string key, RestCall call, CancellationToken limit, CancellationToken cancellationToken)
    {
        using var request = RequestOf(url, key, call);
        try
        {
            using var client = _clients.CreateClient(Name);
            if (call.LeavesBy is { IsOver: true })
            {
                return new(null, new(GatewayFault.TooLate, $"{call}: it would have left too late."));
            }

            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit);
            var answer = RestAnswer.Of(response, await BodyOf(response, call, limit), _time.GetUtcNow());
            if (answer is { IsSuccess: true, IsJson: true })
            {
                return new(answer, null);
            }

            return answer.IsSuccess
                ? new(null, Faults.Unreadable(call, "an answer that is cut off or not JSON")) { MayPass = true }
                : Refused(call, answer, key);
        }
        catch (HttpRequestException e) when (e.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError
            or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError)
        {
            return new(null, Unreachable(call, e)) { MayPass = true, MetNoGateway = true };
        }
        catch (OperationCanceledException e) when (e.InnerException is TimeoutException && !limit.IsCancellationRequested)
        {
            // Only the time for the port is told in this way.
            return new(null, Unreachable(call, e)) { MayPass = true, MetNoGateway = true };
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            return new(null, TimedOut(call, e)) { MetNoGateway = call.Prompt };
        }
        catch (Exception e) when (e is BodyTooLargeException
            or HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded })
        {
            // Of a call that reads nothing but media it is the media that is too large: asking again would bring the same.
            return new(null, new(call.Store is null ? GatewayFault.Unknown : GatewayFault.TooLarge, $"{call}: the answer is too large.", e));
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            // A store's own trouble is no IOException: those are the store's to tell.
            return new(null, new(GatewayFault.Unknown, $"{call}: the connection broke off before the answer was complete.", e))
            {
                MayPass = true,
                MetNoGateway = true,
            };
        }
    }

    private static HttpRequestMessage RequestOf(Uri url, string key, RestCall call)
    {
        var request = new HttpRequestMessage(call.Method, url) { Content = ContentOf(call) };

        // An odd key is the gateway's to refuse, not the client's.
        request.Headers.TryAddWithoutValidation("apikey", key);
        return request;
    }

    private static HttpContent? ContentOf(RestCall call)
    {
        if (call.Body is not { } body)
        {
            // .NET itself repeats a request without a content whose connection was closed before the answer; with one, if empty, it does not.
            return call.Reads ? null : new ByteArrayContent([]);
        }

        if (call.Media is { } media)
        {
            return call.IsForm ? new FormWithMedia(body, media) : new JsonWithMedia(body, media);
        }

        return new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body)) { Headers = { ContentType = new("application/json") } };
    }

    private static async ValueTask<ReadOnlyMemory<byte>> BodyOf(HttpResponseMessage response, RestCall call, CancellationToken limit)
    {
        var most = call.Store is null ? MostBytes : MostMediaBytes;
        if (response.Content.Headers.ContentLength > most)
        {
            throw new BodyTooLargeException(most);
        }

        if (call.Store is { } store)
        {
            await using var stream = await response.Content.ReadAsStreamAsync(limit);
            return await BodyReader.Read(stream, most, store, limit);
        }

        await response.Content.LoadIntoBufferAsync(most, limit);
        return await response.Content.ReadAsByteArrayAsync(limit);
    }

    private static Attempt Refused(RestCall call, RestAnswer answer, string key)
    {
        var fault = Faults.Of(call, answer, key);
        var isDown = answer.Status is HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout
            || (answer.Status == HttpStatusCode.ServiceUnavailable && !Faults.IsFromWithin(answer));
        return new(null, fault) { MayPass = isDown, MetNoGateway = isDown };
    }

    /// <summary>An operator who reads that nobody answers would look at the network, where it is a certificate.</summary>
    private static GatewayException Unreachable(RestCall call, Exception e) => new(
        GatewayFault.Unreachable,
        e is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError, InnerException: AuthenticationException tls }
            ? $"{call}: no connection to the gateway, its TLS is not trusted: {tls.Message}"
            : $"{call}: no connection to the gateway.",
        e);

    private static GatewayException TimedOut(RestCall call, Exception e)
    {
        var seconds = call.Timeout.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture);
        return new(GatewayFault.Unknown, $"{call}: no answer within {seconds} s.", e);
    }

    /// <summary>What came of one request. Either has an answer or a fault.</summary>
    private sealed record Attempt(RestAnswer? Answer, GatewayException? Fault)
    {
        /// <summary>A repetition may go better.</summary>
        public bool MayPass { get; init; }

        /// <summary>Counts for the breaker: nobody was there, or only somebody who stands before the gateway.</summary>
        public bool MetNoGateway { get; init; }
    }
}
