namespace Parley.Domain.Sessions;

/// <summary>What a tenant asks of a session.</summary>
[GenerateSerializer, Immutable, Alias("parley.SessionCommand")]
public sealed record SessionCommand
{
    [Id(0)]
    public required SessionCommandKind Kind { get; init; }

    /// <summary>Of connect: digits, asks for a pairing code; null = none.</summary>
    [Id(1)]
    public string? PhoneNumber { get; init; }

    /// <summary>Of connect: used where the session has no instance any more.</summary>
    [Id(2)]
    public FreshInstance? Fresh { get; init; }

    /// <summary>Of update: as they were with <see cref="Change"/> where it was asked for, for an owner that does not know that yet; null = as they are.</summary>
    [Id(3)]
    public SessionSettings? Settings { get; init; }

    /// <summary>Of update: a JSON object as text; null = as it is.</summary>
    [Id(4)]
    public string? Metadata { get; init; }

    /// <summary>Of update: made to the settings as the owner has them, so that changes of one moment do not undo each other.</summary>
    [Id(5)]
    public SettingsChange? Change { get; init; }
}

/// <summary>The kinds of commands.</summary>
public enum SessionCommandKind
{
    Connect,
    Restart,
    LogOut,

    /// <summary>Delete the session and leave its instance at the gateway as it was found.</summary>
    Detach,

    /// <summary>Delete the session and its instance.</summary>
    Delete,
    Update,
}

/// <summary>How a command ended.</summary>
public enum SessionOutcome
{
    Done,

    /// <summary>The id is or was another session's.</summary>
    Exists,

    /// <summary>There is no such session, or its tenant deleted it.</summary>
    Missing,

    /// <summary>Parley does not run it: it is known by its webhooks only.</summary>
    NotRun,
}

/// <param name="Commit">Null when nothing changes.</param>
public sealed record SessionDecision(SessionOutcome Outcome, SessionCommit? Commit = null);
