using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using NSubstitute;
using Parley.Grains.Abstractions;
using Parley.Ingest;
using Parley.Ingest.Buffering;
using Parley.Ports;

namespace Parley.Grains.Tests;

/// <summary>While the buffer takes nothing webhooks are refused, whether the store is there or not: no sign of life may say otherwise.</summary>
public sealed class IntakePulseTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly IWebhookBuffer _buffer = Substitute.For<IWebhookBuffer>();
    private readonly IWebhookReader _reader = Substitute.For<IWebhookReader>();
    private readonly FakeTimeProvider _time = new();
    private readonly BufferedIntake _intake;
    private bool _isThere = true;
    private bool _fails;

    public IntakePulseTests()
    {
        _reader.Read(default, default).ReturnsForAnyArgs(new WebhookReading
        {
            Event = "messages.upsert",
            Instance = "shop",
            Items = [],
            PayloadOf = static bytes => default,
        });
        _buffer.MostBodyBytes.Returns(1_000);
        _buffer.Put(default!, Stop).ReturnsForAnyArgs(_ => _fails ? throw new BufferUnavailableException("down") : Task.CompletedTask);
        _buffer.IsThere(Stop).ReturnsForAnyArgs(_ => _isThere);
        var options = new IntakeOptions { Patience = TimeSpan.FromMilliseconds(10) };
        _intake = new BufferedIntake(
            _buffer, _reader, Substitute.For<IMediaStore>(), options, new WaitingEdits(options, _time), _time, NullLogger<BufferedIntake>.Instance);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task no_sign_of_life_is_given_while_the_buffer_is_away()
    {
        var (asked, beats) = (Channel.CreateUnbounded<bool>(), Channel.CreateUnbounded<int>());
        var asks = 0;
        _isThere = false;
        _buffer.IsThere(Stop).ReturnsForAnyArgs(_ =>
        {
            asks++;
            asked.Writer.TryWrite(_isThere);
            return _isThere;
        });
        var (outage, grains) = (Substitute.For<IOutageGrain>(), Substitute.For<IGrainFactory>());
        outage.Beat().Returns(_ =>
        {
            beats.Writer.TryWrite(asks);
            return Task.CompletedTask;
        });
        grains.GetGrain<IOutageGrain>("outage").Returns(outage);
        using var pulse = new IntakePulse(grains, _time, NullLogger<IntakePulse>.Instance, _intake);

        await pulse.StartAsync(Stop);
        Assert.False(await asked.Reader.ReadAsync(Stop).AsTask().WaitAsync(Patience, Stop));
        _isThere = true;
        _time.Advance(Tick);

        Assert.Equal(2, await beats.Reader.ReadAsync(Stop).AsTask().WaitAsync(Patience, Stop));
        await pulse.StopAsync(Stop);
    }

    [Fact]
    public async Task a_buffer_that_answers_and_takes_nothing_is_as_good_as_away_until_it_takes_something()
    {
        Assert.True(await _intake.Takes(Stop));
        _fails = true;
        await Assert.ThrowsAsync<IntakeUnavailableException>(Put);
        Assert.False(await _intake.Takes(Stop));

        _fails = false;
        await Put();
        Assert.True(await _intake.Takes(Stop));
    }

    /// <summary>A node that nobody posts to any more has nothing to find out with.</summary>
    [Fact]
    public async Task a_failure_counts_for_a_minute_where_nothing_is_put_after_it()
    {
        _fails = true;
        await Assert.ThrowsAsync<IntakeUnavailableException>(Put);
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.False(await _intake.Takes(Stop));

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(await _intake.Takes(Stop));
        _isThere = false;
        Assert.False(await _intake.Takes(Stop));
    }

    private Task Put() => _intake.Put(new WebhookOwner("acme"), new MemoryStream("a body"u8.ToArray()), Stop);
}
