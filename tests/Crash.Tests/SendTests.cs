using System.Globalization;
using Parley.Api.Tests;
using Parley.GatewaySimulator;
using Parley.GatewaySimulator.Faults;
using Parley.GatewaySimulator.Webhooks;
using Parley.TestServers;

namespace Parley.Crash.Tests;

/// <summary>A process that ends, or stands still, at any step of a send: WhatsApp has the message once at most, and its status tells the truth.</summary>
public sealed class SendTests : IAsyncLifetime
{
    private const string Call = "message/sendText";

    private readonly TemporaryDirectory _directory = new();
    private readonly string _url = $"http://127.0.0.1:{FreePorts.Next().ToString(CultureInfo.InvariantCulture)}";
    private ParleyProcess _parley = null!;
    private SendingLine _line = null!;

    public async ValueTask InitializeAsync()
    {
        _parley = await Start();
        try
        {
            _line = await SendingLine.Open(_parley);
        }
        catch
        {
            // A test that does not begin is not disposed of.
            await _parley.DisposeAsync();
            _directory.Dispose();
            throw;
        }

        _line.Simulated.Options.Retry = new WebhookRetry { Attempts = 100, Initial = TimeSpan.FromMilliseconds(200), Longest = TimeSpan.FromSeconds(1) };
    }

    public async ValueTask DisposeAsync()
    {
        await _line.DisposeAsync();
        await _parley.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task What_is_queued_leaves_after_a_restart_and_its_key_still_counts()
    {
        await _line.Simulated.StopListening();
        var to = TestGateway.NewPhone();
        var first = await _line.Send(to, "first");
        var body = SendingLine.Text(to, "second");
        var id = await _line.Send(body, ("Idempotency-Key", "order-17"));
        await KillAndStart();
        Assert.Equal(id, await _line.Send(body, ("Idempotency-Key", "order-17")));
        await _line.Simulated.ListenAgain();

        await _line.Until(id, "delivered");
        Assert.Equal(id, await _line.Send(body, ("Idempotency-Key", "order-17")));

        // The first may have been on its way, in vain, when the process ended.
        await EachOnce([first, id]);
    }

    [Fact]
    public async Task What_was_leaving_and_never_went_out_has_an_unknown_outcome()
    {
        await StartPatient();
        _line.Simulated.Faults.Next(Call, RestFault.Silence());
        var to = TestGateway.NewPhone();
        var id = await _line.Send(to, "hello");
        var next = await _line.Send(to, "next");
        await Asked(1);
        await KillAndStart();

        await _line.UntilFailed(id, "outcome_unknown");
        await _line.Until(next, "delivered");
        Assert.Equal("next", Assert.Single(_line.Sent).Text);
        Assert.Equal(2, _line.Simulated.Requests.Of(Call).Count);
        await _line.UntilFailed(id, "outcome_unknown");
    }

    [Fact]
    public async Task What_was_leaving_and_went_out_without_its_answer_is_sent_by_its_echo()
    {
        await StartPatient();
        _line.Simulated.Faults.Next(Call, RestFault.Slow(TimeSpan.FromSeconds(30)));
        var id = await _line.Send(TestGateway.NewPhone(), "hello");
        await Poll.Until(() => Task.FromResult(_line.Sent.Count == 1), "it is out");
        await KillAndStart();

        await _line.Until(id, "delivered");
        await _line.OnlyMessage(id);
    }

    [Fact]
    public async Task What_was_leaving_and_is_found_in_the_gateways_list_before_it_is_given_up_is_one_message()
    {
        await StartPatient();
        _line.Simulated.Faults.Next(Call, RestFault.Slow(TimeSpan.FromSeconds(30)));
        _line.Simulated.Webhooks.Next(new LoseWebhook("send.message"));
        var id = await _line.Send(TestGateway.NewPhone(), "hello");
        await Poll.Until(() => Task.FromResult(_line.Sent.Count == 1), "it is out");
        await _parley.Kill();
        var lists = Lists;

        // Nobody gives it up for longer than a new process takes to read the list.
        await KillAndStart("--Parley:Sends:Grace", "00:00:25");
        await Poll.Until(() => Task.FromResult(Lists > lists), "the list is read");
        Assert.Equal("pending", (await _line.Read(id))["status"]!.GetValue<string>());

        await _line.Until(id, "delivered", TimeSpan.FromMinutes(1));
        await _line.OnlyMessage(id);
    }

    [Fact]
    public async Task What_goes_out_after_the_process_has_ended_is_sent_by_its_echo()
    {
        // Late enough for the new process to have given it up before.
        _line.Simulated.Faults.Next(Call, RestFault.Late(TimeSpan.FromSeconds(25)));
        var id = await _line.Send(TestGateway.NewPhone(), "hello");
        await Asked(1);
        await KillAndStart();
        await _line.UntilFailed(id, "outcome_unknown");

        await _line.Until(id, "delivered");
        Assert.Null((await _line.Read(id))["error"]);
        await _line.OnlyMessage(id);
    }

    [Fact]
    public async Task A_kill_right_after_the_answer_loses_nothing()
    {
        var ids = new List<string>();
        for (var kill = 0; kill < 3; kill++)
        {
            ids.Add(await _line.Send(TestGateway.NewPhone(), $"hello {kill.ToString(CultureInfo.InvariantCulture)}"));
            var count = kill + 1;
            while (_line.Sent.Count < count)
            {
                await Task.Yield();
            }

            await Task.Delay(kill * 4, TestContext.Current.CancellationToken);
            await KillAndStart();
        }

        await EachOnce(ids);
    }

    [Fact]
    public async Task A_stop_waits_for_the_answer_of_what_is_leaving()
    {
        await StartPatient();
        _line.Simulated.Options.Echo = EchoTiming.Never;
        _line.Simulated.Options.ServerAckAfter = _line.Simulated.Options.DeliveryAckAfter = null;
        _line.Simulated.Faults.Next(Call, RestFault.Late(TimeSpan.FromSeconds(5)));
        var to = TestGateway.NewPhone();
        var id = await _line.Send(to, "hello");
        var next = await _line.Send(to, "next");
        await Asked(1);
        Assert.Equal(0, await _parley.Stop());
        await _parley.DisposeAsync();
        Assert.Equal("hello", Assert.Single(_line.Sent).Text);
        _parley = await Start();

        // Nothing but the answer told its name.
        Assert.Equal(_line.Sent[0].Id, (await _line.Read(id))["externalId"]!.GetValue<string>());
        await _line.UntilNamed(next);
        Assert.Equal(["hello", "next"], _line.Sent.Select(static m => m.Text!));
    }

    [Fact]
    public async Task A_process_that_stands_still_sends_nothing_twice()
    {
        // Of those that leave at once, some are at the gateway, some on their way, some not yet.
        _line.Simulated.Faults.Next(Call, RestFault.Late(TimeSpan.FromSeconds(1)));
        _line.Simulated.Faults.Next(Call, RestFault.Slow(TimeSpan.FromSeconds(1)));
        var ids = await Task.WhenAll(Enumerable.Range(0, 20).Select(i =>
            _line.Send(TestGateway.NewPhone(), $"hello {i.ToString(CultureInfo.InvariantCulture)}")));
        await Asked(2);
        _parley.Freeze();
        await Task.Delay(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
        _parley.Thaw();

        await EachOnce(ids);
    }

    /// <summary>Whatever went out is known as sent in the end, and nothing else is.</summary>
    private async Task EachOnce(IReadOnlyList<string> ids)
    {
        foreach (var id in ids)
        {
            await _line.Until(id, static m => m["status"]!.GetValue<string>() is "delivered" or "failed", "done");
        }

        await _line.Simulated.Settle(TimeSpan.FromSeconds(30));
        foreach (var id in ids)
        {
            var text = (await _line.Read(id))["text"]!.GetValue<string>();
            var sent = _line.Sent.Where(s => s.Text == text).ToList();
            if (sent.Count == 0)
            {
                await _line.UntilFailed(id, "outcome_unknown");
                continue;
            }

            // An echo that came before the end is looked at again a moment after nobody knew.
            var message = await _line.Until(id, static m => m["status"]!.GetValue<string>() != "failed", "sent");
            Assert.Equal(Assert.Single(sent).Id, message["externalId"]!.GetValue<string>());
        }

        Assert.Equal(ids.Count, (await _line.Messages()).Count);
    }

    private Task Asked(int count) =>
        Poll.Until(() => Task.FromResult(_line.Simulated.Requests.Of(Call).Count >= count), "the gateway is asked");

    private int Lists => _line.Simulated.Requests.Of("chat/findMessages").Count;

    private Task<ParleyProcess> Start(params string[] more) => ParleyProcess.Start(
        _directory.Path,
        [
            "--urls", _url,
            "--Parley:SendTimeout", "00:00:02",
            "--Parley:Sends:LeavesWithin", "00:00:01",
            "--Parley:Sends:Grace", "00:00:01",
            .. more,
        ]);

    /// <summary>What leaves is given up no sooner than a test has ended the process.</summary>
    private Task StartPatient() => KillAndStart("--Parley:SendTimeout", "00:00:20");

    private async Task KillAndStart(params string[] more)
    {
        await _parley.Kill();
        await _parley.DisposeAsync();
        _parley = await Start(more);
    }
}
