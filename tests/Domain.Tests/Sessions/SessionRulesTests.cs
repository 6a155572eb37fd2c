using Parley.Domain.Addresses;
using Parley.Domain.Events;
using Parley.Domain.Sessions;
using Parley.Domain.Work;

namespace Parley.Domain.Tests.Sessions;

public sealed class SessionRulesTests
{
    private const long Hour = 3_600_000;
    private const long Minute = 60_000;
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly Address Number = Address.Parse("5511900000009");
    private static readonly Address OtherNumber = Address.Parse("5511900000010");
    private static readonly Address Lid = Address.Parse("100000000000099@lid");

    private readonly List<SessionTransition> _transitions = [];
    private readonly List<EventFacts> _events = [];
    private readonly List<WorkItem> _left = [];
    private int _received;
    private Session? _session;

    [Fact]
    public void a_name_heard_of_first_by_its_messages_is_open()
    {
        Observe(new SessionSignal { Traffic = true });

        Assert.Equal(SessionStatus.Open, _session!.Status);
        Assert.Equal(Now, _session.ConnectedAt);
        Assert.Equal(EventType.SessionCreated, Assert.Single(_events).Type);
        Assert.Empty(_transitions);
    }

    [Fact]
    public void a_name_heard_of_first_by_its_state_begins_in_it()
    {
        State(SessionStatus.Connecting, 1 * Hour);

        Assert.Equal(SessionStatus.Connecting, _session!.Status);
        Assert.Null(_session.ConnectedAt);
        Assert.True(Assert.Single(_transitions).Applied);
    }

    [Fact]
    public void a_state_is_applied_and_told_once()
    {
        State(SessionStatus.Open, 1 * Hour);
        State(SessionStatus.Close, 2 * Hour, "401");
        State(SessionStatus.Close, 2 * Hour, "401");

        Assert.Equal(SessionStatus.Close, _session!.Status);
        Assert.Equal("401", _session.StatusReason);
        var changed = Assert.Single(_events, static e => e.Type == EventType.SessionStatusChanged);
        Assert.Equal((SessionStatus.Open, SessionStatus.Close, "401"), (changed.PreviousSession, changed.CurrentSession, changed.Reason));
        Assert.Equal([1, 2], _transitions.Select(static t => t.Number));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(30 * Minute)]
    public void a_webhook_up_to_half_an_hour_late_goes_to_the_history_only(long late)
    {
        State(SessionStatus.Open, 2 * Hour);
        State(SessionStatus.Close, (2 * Hour) - late);

        Assert.Equal(SessionStatus.Open, _session!.Status);
        Assert.Equal(2 * Hour, _session.StateEnvelopeMs);
        Assert.False(_transitions[^1].Applied);
        Assert.Equal(SessionStatus.Close, _transitions[^1].To);
        Assert.DoesNotContain(_events, static e => e.Type == EventType.SessionStatusChanged);
    }

    [Fact]
    public void a_clock_that_was_set_back_further_is_believed()
    {
        State(SessionStatus.Open, 2 * Hour);
        State(SessionStatus.Close, (2 * Hour) - (30 * Minute) - 1);

        Assert.Equal(SessionStatus.Close, _session!.Status);
        Assert.Equal((2 * Hour) - (30 * Minute) - 1, _session.StateEnvelopeMs);
    }

    [Fact]
    public void after_a_clock_was_set_back_its_new_time_counts()
    {
        State(SessionStatus.Open, 9 * Hour);
        State(SessionStatus.Close, 1 * Hour);
        State(SessionStatus.Open, (1 * Hour) + 1);

        Assert.Equal(SessionStatus.Open, _session!.Status);
    }

    [Fact]
    public void a_webhook_without_a_time_is_believed()
    {
        State(SessionStatus.Open, 2 * Hour);
        State(SessionStatus.Close, null);

        Assert.Equal(SessionStatus.Close, _session!.Status);
        Assert.Equal(2 * Hour, _session.StateEnvelopeMs);
    }

    [Fact]
    public void what_is_replayed_goes_to_the_history_only()
    {
        State(SessionStatus.Open, 2 * Hour);
        Observe(new SessionSignal { Status = SessionStatus.Close, EnvelopeMs = 3 * Hour, Replayed = true });

        Assert.Equal(SessionStatus.Open, _session!.Status);
        Assert.False(_transitions[^1].Applied);
    }

    [Fact]
    public void what_was_received_before_the_last_applied_one_goes_to_the_history_only()
    {
        State(SessionStatus.Open, 2 * Hour);
        Observe(new SessionSignal { Status = SessionStatus.Close, EnvelopeMs = 9 * Hour, ReceivedAt = Now.AddSeconds(-1) }, stampReceipt: false);

        Assert.Equal(SessionStatus.Open, _session!.Status);
        Assert.False(_transitions[^1].Applied);
    }

    [Fact]
    public void what_the_tenant_deleted_stays_destroyed()
    {
        State(SessionStatus.Open, 1 * Hour);
        _session = _session! with { DeletedByTenant = true, Status = SessionStatus.Destroyed };
        State(SessionStatus.Open, 2 * Hour);
        Observe(new SessionSignal { Traffic = true, PhoneNumber = OtherNumber });

        Assert.Equal(SessionStatus.Destroyed, _session.Status);
    }

    [Fact]
    public void what_the_gateway_removed_comes_back()
    {
        State(SessionStatus.Open, 1 * Hour);
        State(SessionStatus.Destroyed, 2 * Hour);
        State(SessionStatus.Open, 3 * Hour);

        Assert.Equal(SessionStatus.Open, _session!.Status);
    }

    [Fact]
    public void the_number_is_learned_once_and_the_stand_in_is_the_same_party()
    {
        State(SessionStatus.Connecting, 1 * Hour);
        Assert.Equal(Address.OfSession("shop"), _session!.Line);

        Observe(new SessionSignal { Traffic = true, PhoneNumber = Number });
        Observe(new SessionSignal { Traffic = true, PhoneNumber = Number });
        Observe(new SessionSignal { Traffic = true, PhoneNumber = OtherNumber });

        Assert.Equal(Number, _session.PhoneNumber);
        Assert.Equal(Number, _session.Line);
        Assert.Equal(new SameParty(Address.OfSession("shop"), Number), Assert.Single(_left));
    }

    [Fact]
    public void an_open_line_names_the_number_that_was_really_paired()
    {
        Open(1 * Hour, Number);
        Open(2 * Hour, OtherNumber);

        Assert.Equal(OtherNumber, _session!.PhoneNumber);
        Assert.Single(_left);
    }

    [Fact]
    public void a_late_open_does_not_bring_the_old_number_back()
    {
        Open(1 * Hour, Number);
        Open(2 * Hour, OtherNumber);
        Open((2 * Hour) - Minute, Number);

        Assert.Equal(OtherNumber, _session!.PhoneNumber);
    }

    /// <summary>The open that told of it was lost, and sends would leave from another phone for ever.</summary>
    [Fact]
    public void an_open_line_has_the_number_that_its_webhooks_show()
    {
        Open(1 * Hour, Number);
        Observe(new SessionSignal { OwnLid = Lid });
        Observe(new SessionSignal { Traffic = true, EnvelopeMs = (1 * Hour) - 1, PhoneNumber = OtherNumber });
        Observe(new SessionSignal { Traffic = true, EnvelopeMs = 2 * Hour, PhoneNumber = OtherNumber, Replayed = true });

        // Two gateways may have an instance of that name.
        Observe(new SessionSignal { Traffic = true, EnvelopeMs = 3 * Hour, PhoneNumber = OtherNumber });
        Assert.Equal(Number, _session!.PhoneNumber);

        _session = _session with { GatewayId = "main" };
        Observe(new SessionSignal { Traffic = true, EnvelopeMs = 3 * Hour, PhoneNumber = OtherNumber });
        Assert.Equal(OtherNumber, _session.PhoneNumber);
        Assert.Empty(_session.OwnLids);

        // What the former phone's webhooks tell late.
        Observe(new SessionSignal { Traffic = true, EnvelopeMs = (3 * Hour) - Minute, PhoneNumber = Number });
        Assert.Equal(OtherNumber, _session.PhoneNumber);

        // 1.x names the former phone until the line is open.
        State(SessionStatus.Close, 4 * Hour);
        Observe(new SessionSignal { Traffic = true, EnvelopeMs = 5 * Hour, PhoneNumber = Number });
        Assert.Equal(OtherNumber, _session.PhoneNumber);
    }

    [Fact]
    public void hidden_ids_of_the_line_are_remembered_up_to_a_bound()
    {
        Observe(new SessionSignal { OwnLid = Lid });
        Observe(new SessionSignal { OwnLid = Lid });
        for (var i = 0; i < 40; i++)
        {
            Observe(new SessionSignal { OwnLid = Address.Parse($"2000000000000{i:00}@lid") });
        }

        Assert.Equal(16, _session!.OwnLids.Length);
        Assert.Equal(Lid, _session.OwnLids[0]);
    }

    /// <summary>Whose owner is somebody else now: what they write is not the line's own.</summary>
    [Fact]
    public void a_line_with_another_phone_has_no_hidden_ids_of_the_former_one()
    {
        Open(1 * Hour, Number);
        Observe(new SessionSignal { OwnLid = Lid });
        Open(2 * Hour, Number);
        Assert.Equal([Lid], _session!.OwnLids);

        Open(3 * Hour, OtherNumber);
        Assert.Empty(_session!.OwnLids);

        // What is read back, or comes out of quarantine, is of whichever phone it names.
        Observe(new SessionSignal { OwnLid = Lid, Replayed = true });
        Observe(new SessionSignal { OwnLid = Lid, Replayed = true, PhoneNumber = Number });
        Assert.Empty(_session!.OwnLids);
        Observe(new SessionSignal { OwnLid = Lid, Replayed = true, PhoneNumber = OtherNumber });
        Assert.Equal([Lid], _session!.OwnLids);
    }

    [Fact]
    public void what_tells_nothing_new_changes_nothing()
    {
        State(SessionStatus.Open, 1 * Hour);
        var version = _session!.Version;
        Observe(new SessionSignal { Traffic = true });

        Assert.Equal(version, _session.Version);
    }

    private void State(SessionStatus status, long? envelopeMs, string? reason = null) =>
        Observe(new SessionSignal { Status = status, EnvelopeMs = envelopeMs, Reason = reason });

    private void Open(long envelopeMs, Address number) =>
        Observe(new SessionSignal { Status = SessionStatus.Open, EnvelopeMs = envelopeMs, PhoneNumber = number });

    private void Observe(SessionSignal signal, bool stampReceipt = true)
    {
        if (stampReceipt)
        {
            signal = signal with { ReceivedAt = Now.AddSeconds(_received++) };
        }

        var before = _session;
        if (SessionRules.Observe("acme", "shop", "shop", _session, signal, Now) is not { } commit)
        {
            return;
        }

        Assert.Equal((before?.Version ?? 0) + 1, commit.Session.Version);
        foreach (var transition in commit.Transitions)
        {
            Assert.Equal(_transitions.Count + 1, transition.Number);
            _transitions.Add(transition);
        }

        foreach (var facts in commit.Events)
        {
            Assert.Equal(_events.Count + 1, facts.Number);
            _events.Add(facts);
        }

        Assert.Equal(_events.Count, commit.Session.EventNumber);
        Assert.Equal(_transitions.Count, commit.Session.TransitionCount);
        _left.AddRange(commit.Leaves);
        _session = commit.Session;
    }
}
