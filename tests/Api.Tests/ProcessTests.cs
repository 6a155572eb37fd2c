using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using Parley.TestServers;

namespace Parley.Api.Tests;

/// <summary>The executable: how it starts, stops, and shares a machine.</summary>
public sealed class ProcessTests
{
    private const string Peer = "5511987650002";

    [Fact]
    public async Task A_restart_keeps_everything()
    {
        using var directory = new TemporaryDirectory();
        TestTenant tenant;
        string before;
        await using (var first = await ParleyProcess.Start(directory.Path))
        {
            tenant = await first.NewTenant();
            await tenant.Accept(Webhook.Text(Peer, "kept"));
            await tenant.Accept(Webhook.Media(Peer, "imageMessage", "image/png", [1, 2, 3]));
            (await tenant.Webhook(Webhook.Message(Peer, "unknown", []))).Expect(200);
            before = await Picture(tenant.Client);
            Assert.Equal(0, await first.Stop());
        }

        await using var second = await ParleyProcess.Start(directory.Path);
        using var client = second.With(tenant.ApiKey);
        Assert.Equal(before, await Picture(client));
        await (tenant with { Client = client }).Accept(Webhook.Text(Peer, "goes on"));
        Assert.Equal(3, (await client.Get($"/conversations/{Webhook.Line}/{Peer}")).Expect(200).Number("lastSequence"));
    }

    [Fact]
    public async Task A_second_process_on_the_same_directory_is_refused_and_others_run_side_by_side()
    {
        await using var first = await ParleyProcess.Start();
        var (exitCode, output) = await ParleyProcess.RunToEnd(first.DataDirectory);
        Assert.NotEqual(0, exitCode);
        Assert.Contains("in use by another Parley", output, StringComparison.Ordinal);
        Assert.DoesNotContain(" at Parley", output, StringComparison.Ordinal);

        await using var beside = await ParleyProcess.Start();
        var (one, other) = (await first.NewTenant(), await beside.NewTenant());
        await one.Accept(Webhook.Text(Peer, "here"));
        await other.Accept(Webhook.Text(Peer, "there"));
        Assert.Equal("here", (await one.Client.Get("/messages")).Data.Single()!["text"]!.GetValue<string>());
        Assert.Equal("there", (await other.Client.Get("/messages")).Data.Single()!["text"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_graceful_stop_loses_nothing_that_was_answered()
    {
        using var directory = new TemporaryDirectory();
        var answered = new ConcurrentBag<string>();
        TestTenant tenant;
        await using (var parley = await ParleyProcess.Start(directory.Path))
        {
            tenant = await parley.NewTenant();
            var senders = Enumerable.Range(0, 16).Select(async n =>
            {
                try
                {
                    for (var i = 0; ; i++)
                    {
                        var id = Webhook.NewId();
                        if ((await tenant.Webhook(Webhook.Text($"55119876510{n:00}", $"text {i}", id))).Status == 200)
                        {
                            answered.Add(id);
                        }
                    }
                }
                catch (HttpRequestException)
                {
                    // It no longer listens.
                }
            }).ToList();
            await Task.Delay(1500, TestContext.Current.CancellationToken);
            await Poll.Until(() => Task.FromResult(!answered.IsEmpty), "it takes some");
            Assert.Equal(0, await parley.Stop());
            await Task.WhenAll(senders);
        }

        Assert.NotEmpty(answered);
        await using var again = await ParleyProcess.Start(directory.Path);
        using var client = again.With(tenant.ApiKey);
        var kept = (await client.All("/messages", 200)).Select(message => message["externalId"]!.GetValue<string>()).ToList();
        Assert.Equal(kept.Count, kept.Distinct(StringComparer.Ordinal).Count());
        Assert.Subset(kept.ToHashSet(StringComparer.Ordinal), answered.ToHashSet(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_killed_process_loses_nothing_that_was_answered()
    {
        using var directory = new TemporaryDirectory();
        TestTenant tenant;
        await using (var parley = await ParleyProcess.Start(directory.Path))
        {
            tenant = await parley.NewTenant();
            await tenant.Accept(Webhook.Text(Peer, "kept"));
            await parley.Kill();
        }

        await using var again = await ParleyProcess.Start(directory.Path);
        using var client = again.With(tenant.ApiKey);
        Assert.Equal("kept", (await client.Get("/messages")).Expect(200).Data.Single()!["text"]!.GetValue<string>());
    }

    [Fact]
    public async Task An_admin_key_is_made_kept_and_told_of_but_not_shown()
    {
        using var directory = new TemporaryDirectory();
        string key;
        await using (var first = await ParleyProcess.Start(directory.Path, "--Parley:AdminKey", ""))
        {
            var path = Path.Combine(directory.Path, "admin.key");
            key = (await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken)).Trim();
            Assert.Matches("^parley_[0-9A-Za-z]{36}$", key);
            if (!OperatingSystem.IsWindows())
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
            }

            Assert.Contains(path, first.Output, StringComparison.Ordinal);
            Assert.DoesNotContain(key, first.Output, StringComparison.Ordinal);
            Assert.Contains("/docs", first.Output, StringComparison.Ordinal);
            Assert.Contains(directory.Path, first.Output, StringComparison.Ordinal);
        }

        await using var second = await ParleyProcess.Start(directory.Path, "--Parley:AdminKey", "");
        using var admin = second.With(key);
        (await admin.Get("/admin/tenants")).Expect(200);
    }

    [Fact]
    public async Task Gateways_are_given_the_public_address()
    {
        await using var parley = await ParleyProcess.Start(null, "--Parley:PublicUrl", "https://parley.example/base/");
        using var admin = parley.Admin();
        var made = (await admin.Post("/admin/tenants", new JsonObject { ["tenantId"] = "acme" })).Expect(201);
        Assert.Equal($"https://parley.example/base/webhooks/evolution/{made.Text("webhookToken")}", made.Text("webhookUrl"));
        Assert.DoesNotContain("Warning", parley.Output, StringComparison.Ordinal);

        var (exitCode, output) = await ParleyProcess.RunToEnd(null, "--Parley:PublicUrl", "parley");
        Assert.NotEqual(0, exitCode);
        Assert.Contains("Parley:PublicUrl", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_that_is_taken_is_told_of_in_plain_words()
    {
        await using var first = await ParleyProcess.Start();
        var (exitCode, output) = await ParleyProcess.RunToEnd(null, "--urls", first.Address.ToString());
        Assert.NotEqual(0, exitCode);
        Assert.Contains("Name another address with --urls", output, StringComparison.Ordinal);
    }

    /// <summary>134 would be a silo that the others gave up.</summary>
    [Theory]
    [InlineData("ftp://127.0.0.1:8080")]
    [InlineData("http://localhost:0")]
    [InlineData("https://127.0.0.1:8443")]
    [InlineData("http://203.0.113.1:8080")]
    public async Task An_address_at_which_it_cannot_listen_is_a_configuration_that_cannot_be_used(string url)
    {
        var (exitCode, output) = await ParleyProcess.RunToEnd(null, "--urls", url);
        Assert.Equal(2, exitCode);
        var told = output.Split('\n').Single(static line => line.StartsWith("Parley cannot start: ", StringComparison.Ordinal));
        Assert.Contains("--urls", told, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled exception", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_for_metrics_that_is_taken_is_told_by_its_own_setting()
    {
        await using var first = await ParleyProcess.Start();
        var (exitCode, output) = await ParleyProcess.RunToEnd(
            null, "--Parley:MetricsPort", first.Address.Port.ToString(CultureInfo.InvariantCulture));
        Assert.Equal(3, exitCode);
        Assert.Contains("Parley:MetricsPort", output, StringComparison.Ordinal);
        Assert.DoesNotContain("--urls", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Parley:SendTimeout", "Parley:SendTimeout", "75s")]
    [InlineData("Parley:Sqlite:QueueLimit", "Parley:Sqlite:QueueLimit", "many")]
    [InlineData("Parley:MaxRequestBytes", "Parley:MaxRequestBytes", "1MB")]
    [InlineData("Parley:Jwt", "Parley:Jwt:Secrets:0", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")]
    [InlineData("Parley:Jwt:Secrets", "Parley:Jwt:Secrets:0", "not base64", "Parley:Jwt:Audience", "parley", "Parley:Jwt:Issuer", "https://id.example")]
    [InlineData("Parley:Jwt:PublicKeys", "Parley:Jwt:PublicKeys:0", "no PEM", "Parley:Jwt:Audience", "parley", "Parley:Jwt:Issuer", "https://id.example")]
    [InlineData("Parley:MaxConcurrentRequests", "Parley:MaxConcurrentRequests", "0")]
    [InlineData("Parley:MaxWaitingRequests", "Parley:MaxWaitingRequests", "-1")]
    [InlineData("Parley:MetricsPort", "Parley:MetricsPort", "70000")]
    [InlineData("Parley:Intake:EditedPatience", "Parley:Intake:EditedPatience", "-00:00:01")]
    [InlineData("Parley:Intake:Patience", "Parley:Intake:Patience", "60.00:00:00")]
    [InlineData("Parley:Sqlite:Readers", "Parley:Sqlite:Readers", "0")]
    [InlineData("Parley:Keeper:FirstPause", "Parley:Keeper:FirstPause", "00:00:00")]
    [InlineData("Parley:Sweep:KeepEvents", "Parley:Sweep:KeepEvents", "-7.00:00:00")]
    [InlineData("Parley:Events:MaxStreams", "Parley:Events:MaxStreams", "0")]
    [InlineData("'127.0.0.1:8080'", "urls", "127.0.0.1:8080")]
    [InlineData("'http://127.0.0.1:80800'", "urls", "http://127.0.0.1:80800")]
    [InlineData("security.protocl", "ConnectionStrings:Kafka", "127.0.0.1:1", "Parley:Kafka:Client:security.protocl", "ssl")]
    [InlineData("Parley:Kafka:Client", "ConnectionStrings:Kafka", "127.0.0.1:1", "Parley:Kafka:Client:security.protocol", "ssl", "Parley:Kafka:Client:ssl.ca.location", "none.pem")]
    public async Task A_configuration_that_cannot_be_used_is_told_of_in_plain_words(string named, params string[] settings)
    {
        var (exitCode, output) = await ParleyProcess.RunToEnd(null, [.. settings.Select(static (text, i) => i % 2 == 0 ? $"--{text}" : text)]);
        Assert.Equal(2, exitCode);
        Assert.Contains("Parley cannot start: ", output, StringComparison.Ordinal);
        Assert.Contains(named, output, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled exception", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_waits_says_so_under_any_path()
    {
        var port = FreePorts.Next();
        await using var parley = ParleyProcess.Launch(
            "--urls", $"http://127.0.0.1:{port}", "--role", "api", "--ConnectionStrings:MongoDB", "mongodb://127.0.0.1:1/parley");
        using var client = new ParleyClient(new Uri($"http://127.0.0.1:{port}"), null);
        await Poll.Until(
            async () =>
            {
                try
                {
                    return (await client.Get("/health/live")).Status == 200;
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            },
            "it answers");
        foreach (var path in (string[])["/", "/sessions", "/sessions/shop.1", "/conversations/5511987650001/120363025246125888@g.us/messages"])
        {
            (await client.Get(path)).Expect(503, "not_ready");
        }

        (await client.Send(HttpMethod.Head, "/health/live", null)).Expect(200);
    }

    [Fact]
    public async Task Logs_hold_no_tokens_no_numbers_and_no_texts()
    {
        await using var parley = await ParleyProcess.Start(null, "--Logging:LogLevel:Default", "Information", "--Logging:LogLevel:Microsoft", "Information");
        var tenant = await parley.NewTenant();
        await tenant.Accept(Webhook.Text(Peer, "a very private text"));
        (await tenant.Raw("nothing"u8.ToArray())).Expect(400);
        (await tenant.Client.Get($"/conversations/{Peer}/{Webhook.Line}")).Expect(200);
        await parley.Stop();
        Assert.DoesNotContain("a very private text", parley.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(tenant.ApiKey, parley.Output, StringComparison.Ordinal);
    }

    private static async Task<string> Picture(ParleyClient client)
    {
        var messages = (await client.Get("/messages")).Expect(200);
        var image = messages.Data.Single(message => message!["type"]!.GetValue<string>() == "image")!["id"];
        return string.Join(
            '\n',
            messages.Body,
            (await client.Get("/conversations")).Expect(200).Body,
            (await client.Get("/quarantine")).Expect(200).Body,
            Convert.ToHexString((await client.Get($"/messages/{image}/media")).Expect(200).Bytes));
    }
}
