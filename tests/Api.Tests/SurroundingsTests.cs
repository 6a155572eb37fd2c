using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Parley.TestServers;

namespace Parley.Api.Tests;

/// <summary>Health, metrics, the document and its pages.</summary>
public sealed partial class SurroundingsTests(SharedProcess shared)
{
    private readonly ParleyProcess _parley = shared.Parley;

    [Fact]
    public async Task Probes_answer_without_a_key()
    {
        using var nobody = _parley.With(null);
        Assert.Equal("ok", (await nobody.Get("/health/live")).Expect(200).Text("status"));

        // A store that does not answer within 2 s is not ready, as on a busy machine.
        Answer? ready = null;
        await Poll.Until(async () => (ready = await nobody.Get("/health/ready")).Status == 200, "it is ready");
        Assert.True(ready!.Json["checks"]!["store"]!.GetValue<bool>());
        Assert.True(ready.Json["checks"]!["membership"]!.GetValue<bool>());
    }

    [Fact]
    public async Task Metrics_tell_of_the_store_and_of_requests()
    {
        var tenant = await _parley.NewTenant();
        await tenant.Accept(Webhook.Text("5511987650002", "measured"));
        using var admin = _parley.Admin();
        var metrics = (await admin.Get("/metrics")).Expect(200);
        Assert.StartsWith("text/plain", metrics.Header("Content-Type"), StringComparison.Ordinal);
        foreach (var name in (string[])["parley_storage_flush_seconds_bucket", "parley_storage_read_seconds_count", "parley_ingest_webhook_items_total", "http_server_request_duration", "dotnet_gc"])
        {
            Assert.Contains(name, metrics.Body, StringComparison.Ordinal);
        }

        Assert.DoesNotContain(tenant.WebhookToken, metrics.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("5511987650002", metrics.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_have_a_port_of_their_own_when_it_is_wanted()
    {
        var port = FreePorts.Next();
        await using var parley = await ParleyProcess.Start(
            null, "--Parley:MetricsPort", port.ToString(CultureInfo.InvariantCulture));
        using var scraper = new ParleyClient(new Uri($"http://127.0.0.1:{port}"), null);
        Assert.Contains("dotnet_gc", (await scraper.Get("/metrics")).Expect(200).Body, StringComparison.Ordinal);
        (await scraper.Get("/sessions")).Expect(404);
    }

    [Fact]
    public async Task The_pages_of_the_documentation_need_nothing_from_elsewhere()
    {
        using var nobody = _parley.With(null);
        var page = await nobody.Get("/docs");
        if (page.Status is 301 or 302)
        {
            page = await nobody.Get(new Uri(new Uri(_parley.Address, "/docs"), page.Header("Location")!).PathAndQuery);
        }

        page.Expect(200);
        Assert.Equal("text/html", page.ContentHeaders.ContentType?.MediaType);
        foreach (Match source in Source().Matches(page.Body))
        {
            var address = source.Groups["address"].Value;
            Assert.DoesNotContain("//", address, StringComparison.Ordinal);
            (await nobody.Get(new Uri(new Uri(_parley.Address, "/docs/"), address).PathAndQuery)).Expect(200);
        }
    }

    [Fact]
    public async Task The_document_tells_no_answer_to_be_what_it_is_not()
    {
        using var nobody = _parley.With(null);
        var document = (await nobody.Get("/openapi/v1.json")).Expect(200).Json;

        // A property that may be null is null or such a word: where the words had a null, too, it would be both, which oneOf forbids.
        var words = document["components"]!["schemas"]!.AsObject().Where(static s => s.Value!["enum"] is not null).ToList();
        Assert.Contains(words, static s => s.Key == "SessionStatus");
        Assert.All(words, static s => Assert.DoesNotContain(s.Value!["enum"]!.AsArray(), static word => word is null));

        // Neither is a text.
        Assert.Equal("object", Schema("/schemas/events/{type}", "application/schema+json")["type"]!.GetValue<string>());
        Assert.Null(Schema("/events", "text/event-stream")["type"]);

        JsonNode Schema(string path, string type) => document["paths"]![path]!["get"]!["responses"]!["200"]!["content"]![type]!["schema"]!;
    }

    [Fact]
    public async Task The_document_of_the_API_is_the_committed_one()
    {
        using var nobody = _parley.With(null);
        var served = (await nobody.Get("/openapi/v1.json")).Expect(200).Body.ReplaceLineEndings("\n").TrimEnd() + "\n";
        var path = Path.Combine(Repository.Path, "docs", "openapi.json");
        if (Environment.GetEnvironmentVariable("PARLEY_WRITE_OPENAPI") is not null)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllTextAsync(path, served, TestContext.Current.CancellationToken);
        }

        Assert.True(File.Exists(path), "docs/openapi.json is missing: run this test with PARLEY_WRITE_OPENAPI=1.");
        var committed = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
        Assert.True(served == committed, "The API and docs/openapi.json differ: run this test with PARLEY_WRITE_OPENAPI=1 and look at the change.");
    }

    [Fact]
    public async Task Every_operation_has_an_id_and_every_answer_an_example()
    {
        using var nobody = _parley.With(null);
        var operations = DocumentedOperation.All((await nobody.Get("/openapi/v1.json")).Json);
        Assert.Equal(operations.Count, operations.Select(o => o.Node["operationId"]!.GetValue<string>()).Distinct(StringComparer.Ordinal).Count());
        foreach (var operation in operations)
        {
            Assert.NotNull(operation.Node["summary"]);
            foreach (var (status, response) in operation.Node["responses"]!.AsObject())
            {
                foreach (var (type, content) in response!["content"]?.AsObject() ?? [])
                {
                    Assert.True(type == "*/*" || content!["example"] is not null, $"{operation} {status} {type} has no example");
                }
            }
        }
    }

    [GeneratedRegex("(?:src|href)=\"(?<address>[^\"#]+)\"", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Source();
}
