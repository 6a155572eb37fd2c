using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Parley.Domain.Addresses;
using Parley.Domain.Messages;
using Parley.Gateways.Evolution.Rest;
using Parley.Ports.Gateways;
using Parley.TestServers;

namespace Parley.Gateways.Evolution.Tests.Rest;

/// <summary>Time, repetition, the circuit breaker, and what is on the wire.</summary>
public sealed class RestClientTests(ScriptedGateway gateway) : IClassFixture<ScriptedGateway>
{
    /// <summary>Enough for a request to be at the gateway before its time is over.</summary>
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(3);

    private const string State = """{"instance":{"instanceName":"shop-1","state":"open"}}""";

    private static readonly EvolutionGatewayOptions Quick = new()
    {
        RetryDelay = TimeSpan.Zero,
        BreakerCalls = 100,
    };

    private static readonly EvolutionGatewayOptions Hasty = Quick with
    {
        ReadTimeout = Moment,
        SessionTimeout = Moment,
        LookupTimeout = Moment,
    };

    private static readonly MessageReference Message = new("3A01", Address.Parse("5511987650001"), FromMe: true);

    private static readonly OutgoingMessage Hello = new() { To = Message.Chat, Content = new() { Type = MessageType.Text, Text = "x" } };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string, Func<IGateway, GatewayAccess, TimeSpan, Task>> Effects => new()
    {
        { "send", static (g, a, t) => g.Send(a, "shop-1", Hello, ScriptedGateway.Soon, t, Stop) },
        { "react", static (g, a, _) => g.React(a, "shop-1", Message, "👍", Stop) },
        { "edit", static (g, a, _) => g.Edit(a, "shop-1", Message, "x", Stop) },
        { "revoke", static (g, a, _) => g.Revoke(a, "shop-1", Message, Stop) },
        { "mark read", static (g, a, _) => g.MarkRead(a, "shop-1", [Message], Stop) },
        { "presence", static (g, a, _) => g.SetPresence(a, "shop-1", Message.Chat, "composing", Stop) },
        { "connect", static (g, a, _) => g.Connect(a, "shop-1", null, Stop) },
        { "restart", static (g, a, _) => g.Restart(a, "shop-1", Stop) },
        { "log out", static (g, a, _) => g.LogOut(a, "shop-1", Stop) },
        { "delete", static (g, a, _) => g.Delete(a, "shop-1", Stop) },
    };

    public static TheoryData<string, Func<IGateway, GatewayAccess, Task>> Reads => new()
    {
        { "list", static (g, a) => g.ListInstances(a, Stop) },
        { "state", static (g, a) => g.ReadState(a, "shop-1", Stop) },
        { "webhook", static (g, a) => g.ReadWebhook(a, "shop-1", Stop) },
        { "messages", static (g, a) => g.ReadMessages(a, "shop-1", new(null, null), Stop) },
        { "numbers", static (g, a) => g.CheckNumbers(a, "shop-1", ["5511987650001"], Stop) },
        { "media", static (g, a) => g.ReadMedia(a, "shop-1", Message, new MediaSink().Create, Stop) },
    };

    [Theory]
    [MemberData(nameof(Effects))]
    public async Task What_has_an_effect_is_asked_once_and_stays_unknown(string name, Func<IGateway, GatewayAccess, TimeSpan, Task> call)
    {
        Assert.NotEmpty(name);
        foreach (var answer in new[] { Answer.Json(502, ""), new(201, "{\"key\":{\"id\":\"1\"}}") { CutAt = 5 } })
        {
            gateway.With(Quick).Script = _ => answer;
            await AssertUnknown(TimeSpan.FromSeconds(20));
        }

        gateway.With(Hasty).Script = static _ => Answer.Json(200, State) with { Wait = TimeSpan.FromSeconds(20) };
        await AssertUnknown(Moment);

        async Task AssertUnknown(TimeSpan timeout)
        {
            var thrown = await Assert.ThrowsAsync<GatewayException>(() => call(gateway.Client, gateway.Access, timeout));
            Assert.Equal(GatewayFault.Unknown, thrown.Fault);
            Assert.Single(gateway.Requests);
        }
    }

    [Theory]
    [MemberData(nameof(Effects))]
    public async Task What_has_an_effect_is_not_repeated_when_the_connection_ends_without_a_word(
        string name, Func<IGateway, GatewayAccess, TimeSpan, Task> call)
    {
        Assert.NotEmpty(name);
        gateway.With(Quick);
        gateway.Script = _ => gateway.Requests.Count == 1 ? Answer.Json(200, State) : Answer.Json(200, "") with { Drops = true };
        await gateway.Client.ReadState(gateway.Access, "shop-1", Stop);

        // On the connection of before, which a client may take for one that was closed meanwhile.
        var thrown = await Assert.ThrowsAsync<GatewayException>(() => call(gateway.Client, gateway.Access, TimeSpan.FromSeconds(20)));

        Assert.Equal(GatewayFault.Unknown, thrown.Fault);
        Assert.Equal(2, gateway.Requests.Count);
    }

    [Fact]
    public async Task What_has_no_body_is_not_repeated_either_when_the_gateway_hangs_up()
    {
        // The platform itself repeats a request without a body whose connection was closed in good order before any answer.
        gateway.With(Quick);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var asked = 0;
        var server = Task.Run(async () =>
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync(Stop);
                var stream = client.GetStream();
                var buffer = new byte[16 * 1024];
                while (await stream.ReadAsync(buffer, Stop) > 0)
                {
                    if (Interlocked.Increment(ref asked) > 1)
                    {
                        break;
                    }

                    await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {State.Length}\r\n\r\n{State}"), Stop);
                }
            }
        }, Stop);
        var access = gateway.Access with { Url = new($"http://{listener.LocalEndpoint}") };
        await gateway.Client.ReadState(access, "shop-1", Stop);

        Assert.Equal(GatewayFault.Unknown, (await Assert.ThrowsAsync<GatewayException>(() => gateway.Client.LogOut(access, "shop-1", Stop))).Fault);

        Assert.Equal(2, Volatile.Read(ref asked));
        listener.Stop();
        await Assert.ThrowsAnyAsync<Exception>(() => server);
    }

    [Theory]
    [MemberData(nameof(Reads))]
    public async Task What_only_reads_is_asked_three_times(string name, Func<IGateway, GatewayAccess, Task> call)
    {
        Assert.NotEmpty(name);
        foreach (var answer in new[] { Answer.Json(502, "<html>"), Answer.Json(504, ""), new(200, "{\"messages\":{\"records\":[]}}") { CutAt = 5 }, Answer.Json(200, "{\"cut") })
        {
            gateway.With(Quick).Script = _ => answer;

            Assert.Equal(GatewayFault.Unknown, (await Assert.ThrowsAsync<GatewayException>(() => call(gateway.Client, gateway.Access))).Fault);
            Assert.Equal(3, gateway.Requests.Count);
        }
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(404)]
    [InlineData(429)]
    [InlineData(500)]
    public async Task A_read_that_was_answered_is_not_repeated(int status)
    {
        gateway.With(Quick).Says(status, "{}");

        await Assert.ThrowsAsync<GatewayException>(ReadState);

        Assert.Single(gateway.Requests);
    }

    [Fact]
    public async Task A_read_goes_well_the_second_time()
    {
        gateway.With(Quick);
        gateway.Script = _ => gateway.Requests.Count == 1 ? Answer.Json(502, "") : Answer.Json(200, State);

        Assert.Equal("open", (await ReadState()).Word);
    }

    [Fact]
    public async Task A_read_ends_when_its_time_is_over()
    {
        gateway.With(Quick with { ReadTimeout = TimeSpan.FromMilliseconds(300) });
        gateway.Script = static _ => Answer.Json(200, State) with { Wait = TimeSpan.FromSeconds(20) };
        var start = Stopwatch.GetTimestamp();

        var thrown = await Assert.ThrowsAsync<GatewayException>(ReadState);

        Assert.Equal(GatewayFault.Unknown, thrown.Fault);
        Assert.Equal("instance/connectionState: no answer within 0.3 s.", thrown.Message);
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0.2, 10);
    }

    /// <summary>Who reads that nobody answers looks at the network.</summary>
    [Fact]
    public async Task A_certificate_that_is_not_trusted_is_told()
    {
        gateway.With(Quick);
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var server = Task.Run(async () =>
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync(Stop);
                await using var tls = new SslStream(client.GetStream());
                await tls.AuthenticateAsServerAsync(certificate).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }, Stop);

        var thrown = await Assert.ThrowsAsync<GatewayException>(
            () => gateway.Client.ReadState(gateway.Access with { Url = new($"https://{listener.LocalEndpoint}") }, "shop-1", Stop));

        Assert.Equal(GatewayFault.Unreachable, thrown.Fault);
        Assert.Contains("its TLS is not trusted: The remote certificate is invalid", thrown.Message, StringComparison.Ordinal);
        listener.Stop();
        await Assert.ThrowsAnyAsync<Exception>(() => server);
    }

    [Fact]
    public async Task Who_stops_waiting_is_told_so()
    {
        gateway.With(Quick with { ReadTimeout = TimeSpan.FromSeconds(30) });
        gateway.Script = static _ => Answer.Json(200, State) with { Wait = TimeSpan.FromSeconds(20) };
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gateway.Client.ReadState(gateway.Access, "shop-1", stop.Token));
    }

    [Fact]
    public async Task A_gateway_that_is_not_there_got_nothing()
    {
        gateway.With(Quick);

        foreach (var url in new[] { new Uri($"http://127.0.0.1:{FreePorts.Next()}"), new Uri("http://no-such-host.invalid:8080") })
        {
            var access = gateway.Access with { Url = url };
            await AssertUnreachable(() => gateway.Client.ReadState(access, "shop-1", Stop));
            await AssertUnreachable(() => gateway.Client.LogOut(access, "shop-1", Stop));
            await AssertUnreachable(() => Send(access));
        }

        static async Task AssertUnreachable(Func<Task> call) =>
            Assert.Equal(GatewayFault.Unreachable, (await Assert.ThrowsAsync<GatewayException>(call)).Fault);
    }

    [Fact]
    public async Task A_gateway_that_goes_away_between_two_calls_got_no_send()
    {
        gateway.With(Quick).Says(201, """{"key":{"id":"3EB0"}}""");
        await using var gone = new ScriptedGateway();
        await gone.InitializeAsync();
        gone.With(Quick).Says(201, """{"key":{"id":"3EB0"}}""");
        await gone.Client.Send(gone.Access, "shop-1", Hello, ScriptedGateway.Soon, TimeSpan.FromSeconds(5), Stop);
        var (client, access) = (gone.Client, gone.Access);
        await gone.StopAsync();

        var thrown = await Assert.ThrowsAsync<GatewayException>(() => client.Send(access, "shop-1", Hello, ScriptedGateway.Soon, TimeSpan.FromSeconds(5), Stop));

        Assert.Equal(GatewayFault.Unreachable, thrown.Fault);
    }

    [Fact]
    public async Task A_version_that_cannot_be_read_leaves_a_send_unsent()
    {
        gateway.With(Quick).Version = "\",\"x\":\"";

        var thrown = await Assert.ThrowsAsync<GatewayException>(() => Send(gateway.Access));

        Assert.Equal(GatewayFault.Unreachable, thrown.Fault);
        Assert.Empty(gateway.Requests);
        Assert.Equal(GatewayFault.Unknown, (await Assert.ThrowsAsync<GatewayException>(() => gateway.Client.ReadVersion(gateway.Access, Stop))).Fault);
    }

    [Fact]
    public async Task The_version_is_asked_once_in_a_while()
    {
        var time = new FakeTimeProvider();
        gateway.With(Quick with { VersionAge = TimeSpan.FromMinutes(5) }, time).Says(201, """{"key":{"id":"3EB0"}}""");

        await Send(gateway.Access);
        time.Advance(TimeSpan.FromMinutes(4));
        await Send(gateway.Access);
        Assert.Equal(1, gateway.VersionsAsked);
        time.Advance(TimeSpan.FromMinutes(2));
        await Send(gateway.Access);
        Assert.Equal(2, gateway.VersionsAsked);
        await Send(gateway.Access with { Url = new(gateway.Url + "evo") });
        Assert.Equal(3, gateway.VersionsAsked);
    }

    [Theory]
    [InlineData("1.8.2", "PUT")]
    [InlineData("0.9", "PUT")]
    [InlineData("v2.0.0-rc", "POST")]
    [InlineData("2.3.7", "POST")]
    [InlineData("10.0.1", "POST")]
    public async Task The_version_tells_the_dialect(string version, string method)
    {
        gateway.With(Quick).Says(200, State);
        gateway.Version = version;

        await gateway.Client.Restart(gateway.Access, "shop-1", Stop);

        Assert.Equal((method, "/instance/restart/shop-1"), (gateway.Request.Method, gateway.Request.Target));
    }

    [Fact]
    public async Task The_breaker_opens_for_one_gateway_and_closes_again()
    {
        var time = new FakeTimeProvider();
        gateway.With(Quick with { BreakerCalls = 4, BreakerPause = TimeSpan.FromSeconds(10) }, time).Says(502, "");
        for (var i = 0; i < 2; i++)
        {
            await Assert.ThrowsAsync<GatewayException>(ReadState);
        }

        var sent = gateway.Requests.Count;
        var thrown = await Assert.ThrowsAsync<GatewayException>(ReadState);

        Assert.Equal(GatewayFault.Unreachable, thrown.Fault);
        Assert.Equal(TimeSpan.FromSeconds(10), thrown.RetryAfter);
        Assert.Equal(GatewayFault.Unreachable, (await Assert.ThrowsAsync<GatewayException>(() => gateway.Client.LogOut(gateway.Access, "shop-1", Stop))).Fault);
        Assert.Equal(sent, gateway.Requests.Count);

        gateway.Says(200, State);
        Assert.Equal("open", (await gateway.Client.ReadState(gateway.Access with { GatewayId = "another" }, "shop-1", Stop)).Word);
        await Assert.ThrowsAsync<GatewayException>(ReadState);
        time.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal("open", (await ReadState()).Word);
        Assert.Equal("open", (await ReadState()).Word);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(404)]
    [InlineData(429)]
    [InlineData(500)]
    public async Task A_gateway_that_refuses_is_there(int status)
    {
        gateway.With(Quick with { BreakerCalls = 2 }).Says(status, "{}");
        for (var i = 0; i < 10; i++)
        {
            Assert.NotEqual(GatewayFault.Unreachable, (await Assert.ThrowsAsync<GatewayException>(ReadState)).Fault);
        }

        Assert.Equal(10, gateway.Requests.Count);
    }

    /// <summary>Of each of them nobody knows whether it went out: the next ones are not even tried.</summary>
    [Theory]
    [InlineData(502)]
    [InlineData(503)]
    public async Task Sends_that_meet_only_who_stands_before_the_gateway_open_the_breaker(int status)
    {
        gateway.With(Quick with { BreakerCalls = 4 }).Says(status, "<html>no upstream</html>");
        var faults = new List<GatewayFault>();
        for (var i = 0; i < 10; i++)
        {
            faults.Add((await Assert.ThrowsAsync<GatewayException>(() =>
                gateway.Client.Send(gateway.Access, "shop-1", Hello, ScriptedGateway.Soon, TimeSpan.FromSeconds(5), Stop))).Fault);
        }

        Assert.InRange(faults.Count(static f => f == GatewayFault.Unknown), 1, 4);
        Assert.Equal(GatewayFault.Unreachable, faults[^1]);
    }

    [Fact]
    public async Task Sends_of_one_dead_instance_do_not_shut_out_the_others()
    {
        gateway.With(Quick with { BreakerCalls = 2 });
        gateway.Script = static asked => asked.Is("message/sendText") ? Answer.Json(201, "{}") with { Wait = TimeSpan.FromSeconds(5) } : Answer.Json(200, State);
        for (var i = 0; i < 4; i++)
        {
            var thrown = await Assert.ThrowsAsync<GatewayException>(() =>
                gateway.Client.Send(gateway.Access, "shop-1", Hello, ScriptedGateway.Soon, TimeSpan.FromMilliseconds(100), Stop));
            Assert.Equal(GatewayFault.Unknown, thrown.Fault);
        }

        Assert.Equal("open", (await ReadState()).Word);
    }

    [Fact]
    public async Task What_is_ready_only_after_the_time_by_which_it_was_to_leave_is_not_sent()
    {
        gateway.With(Quick).Says(201, """{"key":{"id":"3EB0"}}""").VersionWait = TimeSpan.FromSeconds(1);
        try
        {
            var thrown = await Assert.ThrowsAsync<GatewayException>(() => gateway.Client.Send(
                gateway.Access, "shop-1", Hello, new Deadline(TimeProvider.System, TimeSpan.FromMilliseconds(500)), TimeSpan.FromSeconds(5), Stop));

            Assert.Equal((GatewayFault.TooLate, false), (thrown.Fault, thrown.MayHaveHappened));
            Assert.Equal((1, 0), (gateway.VersionsAsked, gateway.Requests.Count));
        }
        finally
        {
            gateway.VersionWait = TimeSpan.Zero;
        }
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        gateway.With(Quick);
        gateway.Script = _ => Answer.Json(307, "") with { Headers = new Dictionary<string, string> { ["Location"] = gateway.Url + "elsewhere" } };

        await Assert.ThrowsAsync<GatewayException>(() => Send(gateway.Access));

        Assert.Equal("/message/sendText/shop-1", gateway.Request.Target);
    }

    [Theory]
    [InlineData("shop 1+x.y", "/instance/connectionState/shop%201%2Bx.y")]
    [InlineData("a/../b?instanceName=c#d", "/instance/connectionState/a%2F..%2Fb%3FinstanceName%3Dc%23d")]
    [InlineData("é%2F", "/instance/connectionState/%C3%A9%252F")]
    public async Task A_name_stays_in_its_segment(string name, string target)
    {
        gateway.With(Quick).Says(200, State);

        await gateway.Client.ReadState(gateway.Access, name, Stop);

        Assert.Equal(target, gateway.Request.Target);
        Assert.Equal(ScriptedGateway.Key, gateway.Request.Key);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    public async Task A_name_that_would_change_the_path_is_refused(string name)
    {
        gateway.With(Quick).Says(200, State);

        Assert.Equal(GatewayFault.Refused, (await Assert.ThrowsAsync<GatewayException>(() => gateway.Client.Connect(gateway.Access, name, null, Stop))).Fault);
        Assert.Empty(gateway.Requests);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("?instanceName=other#x")]
    public async Task A_base_address_may_have_a_path_and_keeps_nothing_else(string end)
    {
        gateway.With(Quick).Says(200, State);

        await gateway.Client.ReadState(gateway.Access with { Url = new($"{gateway.Url}evo/api{end}") }, "shop-1", Stop);

        Assert.Equal("/evo/api/instance/connectionState/shop-1", gateway.Request.Target);
    }

    [Fact]
    public async Task An_answer_that_is_too_large_is_not_read()
    {
        gateway.With(Quick with { ReadTimeout = TimeSpan.FromSeconds(20) }).Says(200, "\"" + new string('a', 33 * 1024 * 1024) + "\"");

        Assert.Equal("instance/connectionState: the answer is too large.", (await Assert.ThrowsAsync<GatewayException>(ReadState)).Message);
        Assert.Single(gateway.Requests);
    }

    private Task<InstanceState> ReadState() => gateway.Client.ReadState(gateway.Access, "shop-1", Stop);

    private Task<SendAnswer> Send(GatewayAccess access) => gateway.Client.Send(access, "shop-1", Hello, ScriptedGateway.Soon, TimeSpan.FromSeconds(5), Stop);
}
