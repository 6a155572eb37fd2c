using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;

namespace Parley.Api.Tests;

/// <summary>An endpoint whose TLS is not in order gets nothing, and its owner is told why.</summary>
public sealed class WebhookTlsTests(SharedProcess shared)
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;
    private readonly ParleyProcess _parley = shared.Parley;

    [Theory]
    [InlineData("self-signed")]
    [InlineData("another name's")]
    [InlineData("expired")]
    [InlineData("none")]
    public async Task A_certificate_that_cannot_be_trusted_is_a_failed_attempt_and_said_to_be_one(string certificate)
    {
        using var server = new TlsServer(certificate switch
        {
            "self-signed" => Certificate(MediaServer.Host, Now.AddYears(1)),
            "another name's" => Certificate("10.9.8.7", Now.AddYears(1)),
            "expired" => Certificate(MediaServer.Host, Now.AddDays(-1)),
            _ => null,
        });
        var tenant = await _parley.NewTenant();
        var made = (await tenant.Client.Post(
            "/webhook-endpoints", new JsonObject { ["url"] = server.Url, ["types"] = new JsonArray("message.created") })).Expect(201);
        var endpoint = $"/webhook-endpoints/{made.Text("endpointId")}";
        Answer? tried = null;
        await Poll.Until(
            async () => (tried = (await tenant.Client.Post($"{endpoint}/test")).Expect(200)).Text("error") != "timeout", "A busy machine shakes hands in time");
        var test = tried!;
        Assert.Equal((false, "tls_failed"), (test.Json["delivered"]!.GetValue<bool>(), test.Text("error")));
        Assert.Null(test.Json["statusCode"]);

        await tenant.Accept(Webhook.Text("5511987650002", "secret"));
        JsonNode? row = null;
        await Poll.Until(
            async () => (row = (await tenant.Client.Get($"{endpoint}/deliveries")).Expect(200).Data.SingleOrDefault()) is not null
                && row["attempts"]!.AsArray().Count > 1,
            "it is tried, and tried again");
        Assert.Equal("pending", row!["status"]!.GetValue<string>());
        Assert.NotNull(row["nextAttemptAt"]);
        Assert.All(row["attempts"]!.AsArray(), static a =>
        {
            Assert.Null(a!["statusCode"]);
            Assert.Contains(a["error"]!.GetValue<string>(), (string[])["tls_failed", "timeout"]);
        });
        Assert.Equal(0, server.BytesTaken);
        (await tenant.Client.Delete(endpoint)).Expect(204);
    }

    private static X509Certificate2 Certificate(string name, DateTimeOffset until)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Parse(name));
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(until.AddYears(-2), until);
    }

    /// <summary>Takes connections, and what comes over them once they are made.</summary>
    private sealed class TlsServer : IDisposable
    {
        private readonly X509Certificate2? _certificate;
        private readonly TcpListener _listener = new(IPAddress.Parse(MediaServer.Host), 0);
        private int _bytes;

        /// <param name="certificate">Null = it speaks no TLS.</param>
        public TlsServer(X509Certificate2? certificate)
        {
            _certificate = certificate;
            _listener.Start();
            Url = $"https://{MediaServer.Host}:{((IPEndPoint)_listener.LocalEndpoint).Port}/hooks";
            _ = Serve();
        }

        public string Url { get; }

        /// <summary>What it could read.</summary>
        public int BytesTaken => Volatile.Read(ref _bytes);

        public void Dispose()
        {
            _listener.Dispose();
            _certificate?.Dispose();
        }

        private async Task Serve()
        {
            try
            {
                while (true)
                {
                    _ = Take(await _listener.AcceptTcpClientAsync());
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // The test is over.
            }
        }

        private async Task Take(TcpClient client)
        {
            using (client)
            {
                try
                {
                    if (_certificate is null)
                    {
                        await client.GetStream().WriteAsync("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"u8.ToArray());
                        return;
                    }

                    await using var tls = new SslStream(client.GetStream());
                    await tls.AuthenticateAsServerAsync(_certificate);
                    var buffer = new byte[1024];
                    Interlocked.Add(ref _bytes, await tls.ReadAsync(buffer));
                }
                catch (Exception e) when (e is IOException or AuthenticationException or ObjectDisposedException)
                {
                    // It was not trusted.
                }
            }
        }
    }
}
