using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Parley.Gateways.Evolution.Rest;
using Parley.Ports.Gateways;

namespace Parley.Gateways.Evolution.Tests.Rest;

/// <summary>A web server that answers as it is told and remembers what it was asked; and a client that speaks to it.</summary>
public sealed class ScriptedGateway : IAsyncLifetime
{
    public const string Key = "KEY-5f2b9c";

    public const string Instance = "shop-1";

    /// <summary>A time that is not over before a test is.</summary>
    public static readonly Deadline Soon = new(TimeProvider.System, TimeSpan.FromHours(1));

    private readonly ConcurrentQueue<Asked> _asked = new();
    private WebApplication? _app;
    private ServiceProvider? _services;

    /// <summary>What is answered; <c>GET /</c> apart.</summary>
    public Func<Asked, Answer> Script { get; set; } = static _ => Answer.Json(200, "{}");

    public string Version { get; set; } = "2.3.7";

    /// <summary>How long the answer to <c>GET /</c> takes.</summary>
    public TimeSpan VersionWait { get; set; }

    /// <summary>Everything but the questions for the version.</summary>
    public IReadOnlyList<Asked> Requests => [.. _asked.Where(static asked => !asked.AsksVersion)];

    public int VersionsAsked => _asked.Count(static asked => asked.AsksVersion);

    public Asked Request => Assert.Single(Requests);

    public Uri Url { get; private set; } = null!;

    public IGateway Client => _services!.GetRequiredService<IGateway>();

    /// <summary>One id per use: a version and a breaker of its own.</summary>
    public GatewayAccess Access { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Limits.MaxRequestBodySize = null).UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(Serve);
        await _app.StartAsync();
        Url = new(_app.Services.GetRequiredService<Microsoft.AspNetCore.Hosting.Server.IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        With(new());
    }

    /// <summary>A new client with these options, and a gateway that is not known yet.</summary>
    public ScriptedGateway With(EvolutionGatewayOptions options, TimeProvider? time = null)
    {
        _services?.Dispose();
        _services = new ServiceCollection().AddSingleton(options).AddSingleton(time ?? TimeProvider.System).AddEvolutionGateway().BuildServiceProvider();
        return Anew();
    }

    /// <summary>Forgets what was asked, and which gateway it was.</summary>
    public ScriptedGateway Anew(string version = "2.3.7")
    {
        _asked.Clear();
        Version = version;
        Access = new(Guid.NewGuid().ToString(), Url, Key);
        return this;
    }

    /// <summary>Answers every request alike.</summary>
    public ScriptedGateway Says(int status, string body)
    {
        Script = _ => Answer.Json(status, body);
        return this;
    }

    /// <summary>The server goes away; the client stays.</summary>
    public async Task StopAsync()
    {
        if (_app is { } app)
        {
            _app = null;
            await app.StopAsync(new CancellationToken(canceled: true));
            await app.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _services?.Dispose();
        await StopAsync();
    }

    /// <returns>Of a form its fields by their names as they came, and its file as base64.</returns>
    private static async Task<string> BodyOf(HttpRequest request, CancellationToken cancellationToken)
    {
        if (!request.HasFormContentType)
        {
            using var reader = new StreamReader(request.Body);
            return await reader.ReadToEndAsync(cancellationToken);
        }

        var form = await request.ReadFormAsync(cancellationToken);
        var fields = new JsonObject([.. form.Select(static field => KeyValuePair.Create(field.Key, (JsonNode?)field.Value.ToString()))]);
        foreach (var file in form.Files)
        {
            using var bytes = new MemoryStream();
            await file.CopyToAsync(bytes, cancellationToken);
            fields[file.Name] = Convert.ToBase64String(bytes.ToArray());
        }

        return fields.ToJsonString();
    }

    private async Task Serve(HttpContext context)
    {
        var body = await BodyOf(context.Request, context.RequestAborted);
        var asked = new Asked(
            context.Request.Method, context.Features.Get<IHttpRequestFeature>()!.RawTarget, context.Request.Headers["apikey"].ToString(), body);
        _asked.Enqueue(asked);
        var answer = asked.AsksVersion
            ? Answer.Json(200, $$"""{"status":200,"message":"Welcome","version":"{{Version}}","manager":"http://x/manager"}""") with { Wait = VersionWait }
            : Script(asked);
        if (answer.Wait > TimeSpan.Zero)
        {
            await Task.Delay(answer.Wait, context.RequestAborted);
        }

        if (answer.Drops)
        {
            context.Abort();
            return;
        }

        context.Response.StatusCode = answer.Status;
        context.Response.ContentType = answer.Type;
        foreach (var (name, value) in answer.Headers)
        {
            context.Response.Headers[name] = value;
        }

        var bytes = System.Text.Encoding.UTF8.GetBytes(answer.Body);
        if (answer.CutAt is { } cut)
        {
            context.Response.ContentLength = answer.Announced ?? bytes.Length;
            await context.Response.Body.WriteAsync(bytes.AsMemory(0, cut));
            await context.Response.Body.FlushAsync();

            // A reset takes along what was not read yet.
            await Task.Delay(100);
            context.Abort();
            return;
        }

        await context.Response.Body.WriteAsync(bytes);
    }
}

/// <summary>A request as it came.</summary>
public sealed record Asked(string Method, string Target, string Key, string Text)
{
    public JsonNode Body => JsonNode.Parse(Text)!;

    /// <summary>The call's name, as in <c>message/sendText</c>.</summary>
    public string Call => string.Join('/', Target.Split('?')[0].Split('/').Skip(1).Take(2));

    public bool AsksVersion => Method == "GET" && Target.EndsWith('/');

    public bool Is(string call) => Call == call;
}

/// <summary>What is answered.</summary>
public sealed record Answer(int Status, string Body, string Type = "application/json")
{
    public TimeSpan Wait { get; init; }

    /// <summary>The connection ends after this many bytes of the body.</summary>
    public int? CutAt { get; init; }

    /// <summary>How long one that is cut says it is, bytes; null = as long as its body.</summary>
    public long? Announced { get; init; }

    /// <summary>The connection ends without a word.</summary>
    public bool Drops { get; init; }

    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    public static Answer Json(int status, string body) => new(status, body);

    public static Answer Json(int status, JsonNode? body) => new(status, body?.ToJsonString() ?? "null");
}
