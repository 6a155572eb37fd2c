using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Parley.Api.Tests;

/// <summary>Streams of a process of their own: its bounds, its end, and what is no longer kept.</summary>
public sealed class EventProcessTests
{
    private const string Ana = "5511987650002";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_place_that_is_too_old_is_told_and_the_stream_goes_on()
    {
        await using var installation = await Installation.New();
        var parley = await installation.Start("--Parley:Sweep:Every", "00:00:00.5", "--Parley:Sweep:KeepEvents", "00:00:00.5");
        await EventSchemas.Load(parley);
        var tenant = await parley.NewTenant();
        await tenant.Accept(Webhook.Text(Ana, "one"));
        await tenant.Accept(Webhook.Text(Ana, "two"));
        await Poll.Until(
            async () => (await tenant.Client.Get("/events?after=1", ("Accept", "application/json"))).Json["reset"]?["oldest"]?.GetValue<string>() == "5",
            "the end of all four events");
        await installation.End();

        // It keeps them for days now.
        var later = await installation.Start();
        var after = tenant with { Client = later.With(tenant.ApiKey) };
        await using (var reader = await EventReader.Open(later, tenant.ApiKey, lastEventId: "2"))
        {
            var reset = await reader.NextEvent();
            Assert.Equal(["id: 4", "event: reset", """data: {"oldest":"5"}"""], reset.Lines);
            await after.Accept(Webhook.Text(Ana, "three"));
            Assert.Equal(5, (await reader.NextEvent()).Position);
        }

        // Whoever has read all of it has missed nothing, and whoever asks for the oldest gets that.
        await using (var reader = await EventReader.Open(later, tenant.ApiKey, lastEventId: "4"))
        {
            Assert.Equal(5, (await reader.NextEvent()).Position);
        }

        await using (var reader = await EventReader.Open(later, tenant.ApiKey, lastEventId: "0"))
        {
            Assert.Equal(5, (await reader.NextEvent()).Position);
        }

        var page = (await after.Client.Get("/events?after=2", ("Accept", "application/json"))).Expect(200);
        Assert.Equal("5", page.Json["reset"]!["oldest"]!.GetValue<string>());
        Assert.Equal(5, page.Data.Single()!["position"]!.GetValue<long>());
        await using var all = await EventReader.Open(later, ParleyProcess.AdminKey, "/admin/events", Zeros(page: (await Admin(later)), one: "1"));
        Assert.Equal("reset", (await all.NextEvent()).Event);
        Assert.Equal("three", (await all.NextEvent()).Content["message"]!["text"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_ticket_ends_by_time_and_the_stream_that_it_opened_goes_on()
    {
        await using var installation = await Installation.New();
        var parley = await installation.Start("--Parley:Events:TicketLife", "00:00:10", "--Parley:Events:Heartbeat", "00:00:00.3");
        await EventSchemas.Load(parley);
        var tenant = await parley.NewTenant();

        // What takes time once must not take that of the ticket.
        var first = (await tenant.Client.Post("/events/tickets")).Expect(201).Text("ticket");
        await using (await EventReader.Open(parley, null, $"/events?ticket={first}"))
        {
        }

        var made = (await tenant.Client.Post("/events/tickets")).Expect(201);
        var ends = made.Json["expiresAt"]!.GetValue<DateTimeOffset>();
        var address = $"/events?ticket={made.Text("ticket")}";
        await using var reader = await EventReader.Open(parley, null, address);
        using var nobody = parley.With(null);
        (await nobody.Get(address, ("Accept", "application/json"))).Expect(200);
        await Poll.Until(async () => (await nobody.Get(address, ("Accept", "application/json"))).Status == 401, "the end of the ticket");
        Assert.InRange(DateTimeOffset.UtcNow, ends, ends.AddSeconds(10));
        await tenant.Accept(Webhook.Text(Ana, "later"));
        Assert.Contains(await reader.Until("message.created"), static f => f.Data!.Contains("later", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_reader_that_takes_nothing_is_cut_off_and_harms_nobody()
    {
        await using var installation = await Installation.New();
        var parley = await installation.Start("--Parley:Events:WriteTimeout", "00:00:05");
        await EventSchemas.Load(parley);
        var tenant = await parley.NewTenant();
        using var stuck = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await stuck.ConnectAsync(IPAddress.Loopback, parley.Address.Port, Cancel);
        await stuck.SendAsync(
            Encoding.ASCII.GetBytes($"GET /events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {tenant.ApiKey}\r\n\r\n"), SocketFlags.None, Cancel);
        await stuck.ReceiveAsync(new byte[100], SocketFlags.None, Cancel);

        await using var other = await EventReader.Open(parley, tenant.ApiKey, "/events?types=message.created");
        await other.NextFrame();
        var posting = Task.Run(
            async () =>
            {
                for (var n = 0; !parley.Output.Contains("cut off", StringComparison.Ordinal); n++)
                {
                    Assert.True(n < 2000, "The reader was never cut off.");
                    await tenant.Accept(Webhook.Text(Ana, $"{n} {new string('x', 60_000)}"));

                    // What fills its connection is soon there: the rest is to be read by the other one as it comes.
                    await Task.Delay(10, Cancel);
                }

                await tenant.Accept(Webhook.Text(Ana, "the end"));
            },
            Cancel);
        var expected = 0;
        string text;
        while ((text = (await other.NextEvent()).Content["message"]!["text"]!.GetValue<string>()) != "the end")
        {
            Assert.StartsWith($"{expected++} x", text, StringComparison.Ordinal);
        }

        await posting;
        Assert.True(expected > 20);
        Assert.True(parley.PeakMemory < 1L << 30);

        // What had reached the socket is read; then the connection is found broken.
        var buffer = new byte[1 << 16];
        await Assert.ThrowsAsync<SocketException>(async () =>
        {
            while (await stuck.ReceiveAsync(buffer, SocketFlags.None, Cancel) > 0)
            {
            }

            throw new SocketException((int)SocketError.ConnectionReset);
        });
    }

    [Fact]
    public async Task Streams_have_a_bound_of_their_own_and_hold_up_no_request()
    {
        await using var installation = await Installation.New();
        var parley = await installation.Start(
            "--Parley:Events:MaxStreams", "3", "--Parley:MaxConcurrentRequests", "1", "--Parley:MaxWaitingRequests", "0",
            "--Parley:Events:Heartbeat", "00:00:00.2");
        var tenant = await parley.NewTenant();
        var readers = new List<EventReader>();
        for (var n = 0; n < 3; n++)
        {
            readers.Add(await EventReader.Open(parley, tenant.ApiKey));
        }

        var refused = (await tenant.Client.Get("/events", ("Accept", "text/event-stream"))).Expect(503, "overloaded");
        Assert.NotNull(refused.Header("Retry-After"));
        (await tenant.Client.Get("/messages")).Expect(200);
        await tenant.Accept(Webhook.Text(Ana, "goes on"));
        (await tenant.Client.Get("/events", ("Accept", "application/json"))).Expect(200);

        // Comments show that it lives; they move nobody's place.
        Frame? frame;
        do
        {
            frame = await readers[0].NextFrame();
        }
        while (frame!.Event is not null || frame.Id is not null);

        Assert.Equal([":"], frame.Lines);
        await readers[0].DisposeAsync();
        await Poll.Until(
            async () =>
            {
                try
                {
                    await using var again = await EventReader.Open(parley, tenant.ApiKey);
                    return true;
                }
                catch (InvalidOperationException)
                {
                    return false;
                }
            },
            "the place of the reader that left");
        foreach (var reader in readers)
        {
            await reader.DisposeAsync();
        }
    }

    [Fact]
    public async Task Streams_end_when_the_process_is_told_to_stop()
    {
        await using var installation = await Installation.New();
        var parley = await installation.Start();
        var tenant = await parley.NewTenant();
        await using var reader = await EventReader.Open(parley, tenant.ApiKey);
        await reader.NextFrame();
        var watch = Stopwatch.StartNew();
        parley.BeginStop();
        Assert.Null(await reader.NextFrame());
        Assert.Equal(0, await parley.Ended());
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task Pages_of_named_origins_may_ask()
    {
        const string Page = "https://app.example";
        await using var installation = await Installation.New();
        var parley = await installation.Start("--Parley:Cors:Origins:0", Page);
        var tenant = await parley.NewTenant();
        using var nobody = parley.With(null);
        foreach (var (path, method) in ((string, string)[])[("/events", "GET"), ("/messages", "POST"), ("/events/tickets", "POST"), ("/sessions/x", "DELETE")])
        {
            var preflight = (await nobody.Send(
                HttpMethod.Options,
                path,
                null,
                ("Origin", Page),
                ("Access-Control-Request-Method", method),
                ("Access-Control-Request-Headers", "authorization,last-event-id,content-type,idempotency-key,parley-tenant"))).Expect(204);
            Assert.Equal(Page, preflight.Header("Access-Control-Allow-Origin"));
            Assert.Contains(method, preflight.Header("Access-Control-Allow-Methods"), StringComparison.Ordinal);
            Assert.Contains("Last-Event-ID", preflight.Header("Access-Control-Allow-Headers"), StringComparison.OrdinalIgnoreCase);
            Assert.Null(preflight.Header("Access-Control-Allow-Credentials"));
        }

        var stranger = await nobody.Send(
            HttpMethod.Options, "/events", null, ("Origin", "https://evil.example"), ("Access-Control-Request-Method", "GET"));
        Assert.Null(stranger.Header("Access-Control-Allow-Origin"));

        await using var reader = await EventReader.Open(parley, tenant.ApiKey, "/events", null, ("Origin", Page));
        Assert.Equal([Page], reader.Response.Headers.GetValues("Access-Control-Allow-Origin"));
        await reader.NextFrame();
        Assert.Equal(Page, (await nobody.Get("/messages", ("Origin", Page))).Expect(401).Header("Access-Control-Allow-Origin"));
        Assert.Null((await nobody.Get("/messages", ("Origin", "https://evil.example"))).Header("Access-Control-Allow-Origin"));
    }

    private static async Task<Answer> Admin(ParleyProcess parley)
    {
        using var admin = parley.Admin();
        return (await admin.Get("/admin/events", ("Accept", "application/json"))).Expect(200);
    }

    /// <summary>A place in as many shards as another, at the first event of one of them.</summary>
    private static string Zeros(Answer page, string one)
    {
        var numbers = page.Json["pagination"]!["next"]!.GetValue<string>().Split('.');
        return string.Join('.', numbers.Select(number => number == "0" ? "0" : one));
    }
}
