using NSubstitute;
using Parley.Domain.Conversations;
using Parley.Domain.Messages;
using Parley.Domain.Sessions;
using Parley.Ingest;
using Parley.Ingest.Buffering;
using Parley.Ports;
using Parley.Ports.Gateways;

namespace Parley.Grains.Tests;

/// <summary>A gateway may say <c>open</c> of a socket that is dead: what tells such a line from one that is merely quiet.</summary>
public sealed class LineHealthTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 0, 0, 0, TimeSpan.Zero);
    private readonly KeeperOptions _options = new();
    private readonly ISessionStore _sessions = Substitute.For<ISessionStore>();
    private readonly IQueries _queries = Substitute.For<IQueries>();
    private readonly IPlaceStore _places = Substitute.For<IPlaceStore>();
    private readonly IWebhookBacklog _backlog = Substitute.For<IWebhookBacklog>();
    private readonly IGateway _gateway = Substitute.For<IGateway>();
    private readonly LineHealth _health;
    private Session _session = new()
    {
        SessionId = "shop",
        GatewayId = "main",
        InstanceName = "p-shop",
        Status = SessionStatus.Open,
        DesiredStatus = SessionStatus.Open,
        PhoneNumber = Chat.Line,
        CreatedAt = Now.AddDays(-1),
        UpdatedAt = Now.AddDays(-1),
        ConnectedAt = Now.AddDays(-1),
    };

    public LineHealthTests()
    {
        _health = Begun(Now.AddDays(-1));
        Pending();
        Heard(Now);
        _backlog.IsDone(default, default).ReturnsForAnyArgs(true);
    }

    [Fact]
    public async Task a_line_that_was_heard_lately_is_well_and_not_asked()
    {
        Assert.Null(await Judge());
        Assert.Empty(_gateway.ReceivedCalls());
    }

    [Fact]
    public async Task a_quiet_line_that_answers_is_well_and_is_not_asked_again_soon()
    {
        Heard(Now - _options.SilentFor - TimeSpan.FromSeconds(1));

        Assert.Null(await Judge());
        Assert.Null(await Judge());
        Assert.Single(_gateway.ReceivedCalls());
    }

    [Theory]
    [InlineData(GatewayFault.Unknown, true)]
    [InlineData(GatewayFault.NotConnected, true)]
    [InlineData(GatewayFault.Unsupported, false)]
    [InlineData(GatewayFault.Unreachable, false)]
    public async Task a_quiet_line_that_cannot_answer_what_only_WhatsApp_knows_is_a_zombie(GatewayFault fault, bool isZombie)
    {
        Heard(Now - _options.SilentFor - TimeSpan.FromSeconds(1));
        _gateway.CheckNumbers(default!, default!, default!, TestContext.Current.CancellationToken)
            .ReturnsForAnyArgs<IReadOnlyList<NumberCheck>>(_ => throw new GatewayException(fault, "no"));

        Assert.Equal(isZombie ? Attention.Zombie : null, (await Judge())?.Code);
    }

    [Theory]
    [InlineData(ConversationKind.Direct, false, true)]
    [InlineData(ConversationKind.Direct, true, false)]
    [InlineData(ConversationKind.Group, false, false)]
    public async Task a_direct_send_that_nobody_acknowledges_while_nothing_is_heard_is_a_zombies(
        ConversationKind kind, bool heardSince, bool isZombie)
    {
        var sent = Now - _options.StuckAfter - TimeSpan.FromMinutes(1);
        Pending((kind, sent));
        Heard(heardSince ? Now : sent.AddSeconds(-5));

        Assert.Equal(isZombie ? Attention.Zombie : null, (await Judge())?.Code);
    }

    /// <summary>What Parley missed, or has not taken in yet, may be what acknowledged it.</summary>
    [Theory]
    [InlineData("nothing", true)]
    [InlineData("began since", false)]
    [InlineData("was told of an outage since", false)]
    [InlineData("somebody's own sync", true)]
    [InlineData("an outage", false)]
    [InlineData("webhooks wait", false)]
    public async Task a_send_that_is_not_acknowledged_says_nothing_where_Parley_could_not_hear(string hindrance, bool isZombie)
    {
        var sent = Now - _options.StuckAfter - TimeSpan.FromMinutes(1);
        Pending((ConversationKind.Direct, sent));
        Heard(sent.AddSeconds(-5));
        var (health, since) = (_health, sent.AddSeconds(5));
        switch (hindrance)
        {
            case "began since":
                health = Begun(since);
                break;
            case "was told of an outage since":
                _session = _session with { HeardAgainAt = since };
                break;
            case "somebody's own sync":
                _session = _session with { Sync = new SyncRun(Guid.NewGuid(), sent, since, SyncStatus.Done, since) };
                break;
            case "an outage":
                _places.ReadPlace(default!, TestContext.Current.CancellationToken).ReturnsForAnyArgs(Now.AddMinutes(-1).ToUnixTimeMilliseconds());
                break;
            case "webhooks wait":
                _backlog.IsDone(sent + _options.StuckAfter, Arg.Any<CancellationToken>()).Returns(false);
                break;
            default:
                _places.ReadPlace(default!, TestContext.Current.CancellationToken).ReturnsForAnyArgs(Now.AddSeconds(-4).ToUnixTimeMilliseconds());
                break;
        }

        Assert.Equal(isZombie ? Attention.Zombie : null, (await Judge(health))?.Code);
    }

    [Fact]
    public async Task on_a_channel_that_acknowledges_nothing_it_says_nothing()
    {
        var sent = Now - _options.StuckAfter - TimeSpan.FromMinutes(1);
        Pending((ConversationKind.Direct, sent));
        Heard(sent.AddSeconds(-5));
        _session = _session with { IsUnacknowledged = true };

        Assert.Null(await Judge());
    }

    /// <summary>The gateway tells of each attempt, and shows it closed between two.</summary>
    [Theory]
    [InlineData(SessionStatus.Connecting, true)]
    [InlineData(SessionStatus.Close, true)]
    [InlineData(SessionStatus.Connecting, false)]
    public async Task a_paired_line_that_loses_each_connection_at_once_is_stuck(SessionStatus status, bool isLong)
    {
        var began = Now - _options.Patience + TimeSpan.FromSeconds(isLong ? -1 : 1);
        _session = _session with { Status = status, StateReceivedAt = Now - TimeSpan.FromMilliseconds(200), ComesUpSince = began };

        Assert.Equal(isLong ? Attention.CannotConnect : null, (await Judge())?.Code);
    }

    [Fact]
    public async Task a_send_from_before_the_last_restart_says_nothing_of_the_line_as_it_is()
    {
        var sent = Now - _options.StuckAfter - TimeSpan.FromMinutes(1);
        Pending((ConversationKind.Direct, sent));
        Heard(sent.AddSeconds(-5));
        _session = _session with { RestartedAt = sent.AddSeconds(5) };

        Assert.Null(await Judge());
    }

    [Fact]
    public async Task a_paired_line_that_stays_connecting_is_stuck_and_one_that_was_never_paired_waits_for_a_person()
    {
        _session = _session with { Status = SessionStatus.Connecting, StateReceivedAt = Now - _options.Patience - TimeSpan.FromSeconds(1) };
        Assert.Equal(Attention.CannotConnect, (await Judge())?.Code);

        _session = _session with { ConnectedAt = null };
        Assert.Null(await Judge());
    }

    /// <summary>A person has the next step where the line itself waits for one; what else is to be done does not keep it from being helped.</summary>
    [Theory]
    [InlineData(Attention.WrongRecipient, true)]
    [InlineData(Attention.WebhookLost, true)]
    [InlineData(Attention.LoggedOut, false)]
    [InlineData(Attention.ScanQr, false)]
    public async Task a_line_is_helped_though_something_else_needs_attention(string code, bool isHelped)
    {
        foreach (var (status, kind) in new[]
        {
            (SessionStatus.Connecting, SessionReportKind.Stuck), (SessionStatus.Close, SessionReportKind.Closed),
        })
        {
            _session = _session with { Status = status, StateReceivedAt = Now - _options.Patience - TimeSpan.FromSeconds(1), NeedsAttention = code };
            Assert.Equal(isHelped ? kind : null, (await Judge())?.Kind);
        }
    }

    /// <summary>In a process that began at a time.</summary>
    private LineHealth Begun(DateTimeOffset at)
    {
        var clock = new Clock { Time = at };
        var health = new LineHealth(_sessions, _queries, _places, _backlog, _options, new SyncOptions(), clock);
        clock.Time = Now;
        return health;
    }

    private Task<SessionReport?> Judge(LineHealth? health = null) => (health ?? _health).Judge(
        new OpenGateway(_gateway, new GatewayAccess("main", new Uri("http://gateway.invalid"), "key")),
        "tenant",
        _session,
        TestContext.Current.CancellationToken);

    private void Heard(DateTimeOffset at) =>
        _sessions.ReadEntry(default!, default!, default).ReturnsForAnyArgs(new SessionEntry("tenant", _session, at));

    private void Pending(params IReadOnlyList<(ConversationKind Kind, DateTimeOffset At)> sends)
    {
        var rows = sends.Select(static s => new MessageEntry(
            new ConversationHead { ConversationId = "c", Kind = s.Kind, Line = Chat.Line, CreatedAt = s.At },
            new Message
            {
                Id = Guid.CreateVersion7(),
                ExternalId = "SENT",
                Direction = Direction.Out,
                Origin = MessageOrigin.Live,
                Status = MessageStatus.Pending,
                SessionId = "shop",
                From = Chat.Line,
                To = Chat.Phone,
                Content = new MessageContent { Type = MessageType.Text, Text = "hello" },
                Timestamp = s.At,
                CreatedAt = s.At,
                UpdatedAt = s.At,
            })).ToList();
        _queries.ListMessages("tenant", Arg.Any<MessagesFilter>(), Arg.Any<PageRequest>(), Arg.Any<CancellationToken>())
            .Returns(new Page<MessageEntry>(rows, null, null, false, false, null));
    }

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Time { get; set; }

        public override DateTimeOffset GetUtcNow() => Time;
    }
}
