#:sdk Microsoft.NET.Sdk.Web
#:package StandardWebhooks@1.1.2
#:property PublishAot=false

// Receives Parley's webhooks and verifies their signatures with the library of Standard Webhooks.
using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using StandardWebhooks;
using StandardWebhooks.Diagnostics;

var secret = Environment.GetEnvironmentVariable("WEBHOOK_SECRET") ?? throw new InvalidOperationException("WEBHOOK_SECRET is not set.");
var port = Environment.GetEnvironmentVariable("PORT") ?? "8080";
var most = int.Parse(Environment.GetEnvironmentVariable("MOST") ?? $"{int.MaxValue}");

var builder = WebApplication.CreateBuilder(args);
builder.Logging.ClearProviders();
builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
var app = builder.Build();
var webhook = new StandardWebhook(secret);

// A real program keeps these where they survive it, together with what it did for the event.
var done = new ConcurrentDictionary<string, bool>();

app.MapPost("/", async (HttpRequest request) =>
{
    // The bytes as they came: a body that was parsed and written again has another signature.
    var body = await new StreamReader(request.Body).ReadToEndAsync();
    try
    {
        webhook.Verify(body, request.Headers);
    }
    catch (WebhookVerificationException)
    {
        Console.Error.WriteLine("A request with a wrong signature was refused.");
        return Results.Unauthorized();
    }

    var id = request.Headers["webhook-id"].ToString();
    if (done.TryAdd(id, true))
    {
        Console.WriteLine($"{id} {JsonNode.Parse(body)!["type"]}");
    }

    if (done.Count >= most)
    {
        app.Lifetime.StopApplication();
    }

    // Only now: what is not answered with 2xx comes again.
    return Results.NoContent();
});
app.Lifetime.ApplicationStarted.Register(() => Console.Error.WriteLine($"Listening on {new Uri(app.Urls.First()).Port}"));
app.Run();
