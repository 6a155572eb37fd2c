using System.Net;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Parley.GatewaySimulator.Control;
using Parley.GatewaySimulator.Faults;
using Parley.GatewaySimulator.Instances;
using Parley.GatewaySimulator.Network;
using Parley.GatewaySimulator.Rest;
using Parley.GatewaySimulator.Webhooks;

namespace Parley.GatewaySimulator;

/// <summary>An Evolution API gateway and the WhatsApp behind it, in memory, over real HTTP.</summary>
public sealed class SimulatedGateway : IAsyncDisposable
{
    private const long LargestBody = 136 * 1024 * 1024;

    private readonly CancellationTokenSource _stopping = new();
    private readonly RestSide _rest;
    private WebApplication? _listener;

    private SimulatedGateway(GatewayOptions options)
    {
        Options = options;
        Stopping = _stopping.Token;
        Dialect = new Dialect(options.Version);
        Instances = new InstanceList(this);
        Webhooks = new WebhookPoster(this);
        _rest = new RestSide(this);
    }

    /// <summary>Its base address, without a slash at the end.</summary>
    public string Url { get; private set; } = "";

    /// <summary>The global key.</summary>
    public string ApiKey => Options.ApiKey;

    /// <summary>Delays, echoes and switches can be changed while it runs.</summary>
    public GatewayOptions Options { get; }

    public Dialect Dialect { get; }

    /// <summary>People, groups, and what was sent to them.</summary>
    public WhatsApp WhatsApp { get; } = new();

    public InstanceList Instances { get; }

    /// <summary>What was posted, and what is to go wrong with it.</summary>
    public WebhookPoster Webhooks { get; }

    /// <summary>What is to go wrong with calls.</summary>
    public RestFaults Faults { get; } = new();

    /// <summary>All that it was asked, the control calls left out.</summary>
    public RequestLog Requests { get; } = new();

    internal Work Work { get; } = new();

    internal CancellationToken Stopping { get; }

    /// <param name="version">One of 1.8.2, 2.3.2, 2.3.6, 2.3.7.</param>
    public static Task<SimulatedGateway> Start(string version = "2.3.7") => Start(new GatewayOptions { Version = version });

    public static async Task<SimulatedGateway> Start(GatewayOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var gateway = new SimulatedGateway(options);
        await gateway.Listen(options.Urls);
        return gateway;
    }

    /// <summary>An outage: running calls are cut, new ones find nobody, until <see cref="ListenAgain"/>. Sessions stay; webhooks go out still.</summary>
    public async Task StopListening()
    {
        if (Interlocked.Exchange(ref _listener, null) is { } listener)
        {
            await listener.StopAsync();
            await listener.DisposeAsync();
        }
    }

    /// <summary>Ends an outage, on the same port.</summary>
    public Task ListenAgain() => Listen(Url);

    /// <summary>An instance that is created, paired and open, without the ceremony of the calls.</summary>
    /// <param name="phone">The line's number.</param>
    /// <param name="webhookUrl">Where it posts all events; null = nowhere.</param>
    public Task<Instance> Pair(string name, string phone, string? webhookUrl = null) =>
        Pair(name, phone, webhookUrl is null ? null : new WebhookRow { Url = webhookUrl, Events = Dialect.Events });

    /// <summary>As the other one, with a webhook of any kind.</summary>
    public async Task<Instance> Pair(string name, string phone, WebhookRow? webhook)
    {
        var instance = Instances.Add(name) ?? throw new InvalidOperationException($"There is an instance {name} already.");
        instance.Webhook = webhook;
        await instance.Connection.Scan(phone);
        return instance;
    }

    /// <summary>Waits until no webhook, receipt or event is under way. Those that were answered with a failure count until their retries end.</summary>
    /// <exception cref="TimeoutException">Something still is.</exception>
    public Task Settle(TimeSpan? within = null) => Work.Settle(within ?? TimeSpan.FromSeconds(10));

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await StopListening();
        Webhooks.Dispose();
        _stopping.Dispose();
    }

    private async Task Listen(string urls)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(urls);
        builder.WebHost.ConfigureKestrel(server => server.Limits.MaxRequestBodySize = LargestBody);
        // A stop is an outage: calls that run are not waited for.
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromMilliseconds(50));
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.Converters.Add(new JsonStringEnumConverter()));
        // The process ends when its program says so, not with one listener.
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        var listener = builder.Build();
        listener.MapControls(this);
        listener.MapFallback("{*path}", Serve);
        await listener.StartAsync();
        _listener = listener;
        Url = listener.Urls.First().TrimEnd('/');
    }

    private async Task Serve(HttpContext http)
    {
        try
        {
            await _rest.Serve(http);
        }
        catch (OperationCanceledException) when (Stopping.IsCancellationRequested)
        {
            http.Response.StatusCode = (int)HttpStatusCode.ServiceUnavailable;
        }
    }

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
