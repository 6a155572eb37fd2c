using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;
using Parley.Domain.Sessions;
using Parley.Grains.Abstractions;
using Parley.Ports;

namespace Parley.Grains.Tests;

/// <summary>While nobody takes webhooks the lines stay open: the signs of life of the nodes tell that something may have been missed.</summary>
public sealed class OutageTests
{
    private readonly Places _places = new();
    private readonly ISessionStore _sessions = Substitute.For<ISessionStore>();
    private readonly IGrainFactory _grains = Substitute.For<IGrainFactory>();
    private readonly Clock _clock = new();
    private readonly List<(string Key, SessionReport Report)> _told = [];
    private readonly SyncOptions _options = new();
    private Exception? _fault;

    public OutageTests()
    {
        foreach (var key in (string[])[GrainKey.Of("acme", "shop"), GrainKey.Of("beta", "shop")])
        {
            var session = Substitute.For<ISessionGrain>();
            session.Report(default!).ReturnsForAnyArgs(call => Take(key, call.Arg<SessionReport>()));
            _grains.GetGrain<ISessionGrain>(key).Returns(session);
        }

        Sessions(("acme", Session("shop", "main")));
    }

    [Fact]
    public async Task nobody_is_told_while_signs_of_life_come()
    {
        var grain = Grain();
        for (var i = 0; i < 10; i++)
        {
            await grain.Beat();
            _clock.Now += TimeSpan.FromSeconds(5);
        }

        Assert.Empty(_told);
    }

    [Fact]
    public async Task an_outage_is_told_once_and_since_the_last_sign_of_life()
    {
        Sessions(("acme", Session("shop", "main")), ("acme", Session("webhooks only", null)), ("beta", Session("shop", "main")));
        await Grain().Beat();
        var heard = _clock.Now;
        _clock.Now += TimeSpan.FromHours(1);

        var grain = Grain();
        await grain.Beat();
        await grain.Beat();

        Assert.Equal([GrainKey.Of("acme", "shop"), GrainKey.Of("beta", "shop")], _told.Select(static t => t.Key));
        Assert.All(_told, t => Assert.Equal((SessionReportKind.NotHeard, heard), (t.Report.Kind, t.Report.At)));
    }

    [Fact]
    public async Task an_outage_that_could_not_be_told_is_told_later()
    {
        await Grain().Beat();
        var heard = _clock.Now;
        _clock.Now += TimeSpan.FromHours(1);
        _fault = new RetryableException("The store is away.");
        var grain = Grain();
        await grain.Beat();
        Assert.Empty(_told);

        _clock.Now += TimeSpan.FromSeconds(5);
        _fault = null;
        await grain.Beat();

        Assert.Equal(heard, Assert.Single(_told).Report.At);
    }

    [Fact]
    public async Task one_sessions_fault_keeps_no_other_from_its_repair_and_is_not_repeated_for_ever()
    {
        await Grain().Beat();
        _clock.Now += TimeSpan.FromHours(1);
        _fault = new InvalidOperationException("A fault of ours.");
        var grain = Grain();
        await grain.Beat();
        _fault = null;
        await grain.Beat();

        Assert.Empty(_told);
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 0)]
    public async Task a_short_restart_is_an_outage_where_no_other_node_took_webhooks_meanwhile(bool isAlone, int told)
    {
        await Grain().Beat();
        _clock.Now += TimeSpan.FromSeconds(4);
        _options.AloneSince = isAlone ? _clock.Now : null;

        var restarted = Grain();
        await restarted.Beat();
        _clock.Now += TimeSpan.FromSeconds(5);
        await restarted.Beat();

        Assert.Equal(told, _told.Count);
    }

    [Fact]
    public async Task a_grain_that_begins_anew_in_a_process_that_lives_on_tells_nobody()
    {
        _options.AloneSince = _clock.Now;
        await Grain().Beat();
        _clock.Now += TimeSpan.FromSeconds(5);

        await Grain().Beat();

        Assert.Empty(_told);
    }

    private Task<Session?> Take(string key, SessionReport report)
    {
        if (_fault is { } fault)
        {
            throw fault;
        }

        _told.Add((key, report));
        return Task.FromResult<Session?>(null);
    }

    private OutageGrain Grain() =>
        new(Substitute.For<IGrainContext>(), _places, _sessions, _grains, _options, _clock, NullLogger<OutageGrain>.Instance);

    private void Sessions(params (string TenantId, Session Session)[] all) =>
        _sessions.ListSessions(default, default!, default!, TestContext.Current.CancellationToken).ReturnsForAnyArgs(new Page<SessionEntry>(
            [.. all.Select(static s => new SessionEntry(s.TenantId, s.Session, null))], null, null, HasMore: false, HasPrevious: false, null));

    private Session Session(string sessionId, string? gatewayId) => new()
    {
        SessionId = sessionId,
        InstanceName = sessionId,
        GatewayId = gatewayId,
        Status = SessionStatus.Open,
        CreatedAt = _clock.Now,
        UpdatedAt = _clock.Now,
    };

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }

    /// <summary>Places in memory.</summary>
    private sealed class Places : IPlaceStore
    {
        private readonly Dictionary<string, long> _places = new(StringComparer.Ordinal);

        public Task<long?> ReadPlace(string name, CancellationToken cancellationToken) =>
            Task.FromResult(_places.TryGetValue(name, out var at) ? at : (long?)null);

        public Task<bool> MovePlace(string name, long? from, long to, CancellationToken cancellationToken)
        {
            var moves = (_places.TryGetValue(name, out var at) ? at : (long?)null) == from;
            _places[name] = moves ? to : at;
            return Task.FromResult(moves);
        }
    }
}
