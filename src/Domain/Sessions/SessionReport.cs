namespace Parley.Domain.Sessions;

/// <summary>What the keeper of a session found out.</summary>
[GenerateSerializer, Immutable, Alias("parley.SessionReport")]
public sealed record SessionReport
{
    [Id(0)]
    public required SessionReportKind Kind { get; init; }

    /// <summary>When the gateway was asked: what webhooks told since then is newer. Of what was not heard: since when.</summary>
    [Id(1)]
    public required DateTimeOffset At { get; init; }

    /// <summary>Of a task: which one.</summary>
    [Id(2)]
    public long TaskNumber { get; init; }

    /// <summary>Of a task: its kind.</summary>
    [Id(7)]
    public SessionTaskKind? TaskKind { get; init; }

    /// <summary>Of a look: the state that the gateway tells.</summary>
    [Id(3)]
    public SessionStatus? Status { get; init; }

    /// <summary>Of what failed or is wrong: one of <see cref="Attention"/>, or another stable code.</summary>
    [Id(4)]
    public string? Code { get; init; }

    /// <summary>Of a task that failed: it is not tried again.</summary>
    [Id(5)]
    public bool Final { get; init; }

    /// <summary>Of an instance that is gone: what may be created in its place.</summary>
    [Id(6)]
    public FreshInstance? Fresh { get; init; }
}

/// <summary>The kinds of reports.</summary>
public enum SessionReportKind
{
    TaskDone,
    TaskFailed,

    /// <summary>The gateway told a state.</summary>
    Looked,

    /// <summary>The gateway told none, for the reason in the code.</summary>
    NotSeen,

    /// <summary>The line is not what it is said to be; the code says in which way.</summary>
    Stuck,

    /// <summary>It is closed for a passing reason and may be connected again.</summary>
    Closed,

    /// <summary>A storm may be over.</summary>
    Calm,

    /// <summary>What waited for the adoption is replayed.</summary>
    Claimed,

    /// <summary>Webhooks may have come since then that nobody took.</summary>
    NotHeard,
}
