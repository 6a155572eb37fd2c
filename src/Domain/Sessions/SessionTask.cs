namespace Parley.Domain.Sessions;

/// <summary>What the keeper of a session is to do at the gateway. Durable: it is done also after a crash, perhaps twice.</summary>
/// <param name="Number">1, 2, 3, … within the session: a report names it, so that one about an older task changes nothing.</param>
/// <param name="PhoneNumber">Of create and connect: digits, asks for a pairing code; null = none.</param>
/// <param name="Tries">How often it failed.</param>
/// <param name="TriedAt">When it failed last.</param>
/// <param name="Fault">Why it failed last: a stable code.</param>
/// <param name="Anew">Of create and connect: it shows a QR code, so nothing is paired, and what it began is given up first.</param>
/// <param name="Takes">It stands in the place of one that was to take the webhook, and has that to do as well.</param>
[GenerateSerializer, Immutable, Alias("parley.SessionTask")]
public sealed record SessionTask(
    [property: Id(0)] SessionTaskKind Kind,
    [property: Id(1)] long Number,
    [property: Id(2)] string? PhoneNumber = null,
    [property: Id(3)] int Tries = 0,
    [property: Id(4)] DateTimeOffset? TriedAt = null,
    [property: Id(5)] string? Fault = null,
    [property: Id(6)] bool Anew = false,
    [property: Id(7)] bool Takes = false)
{
    /// <summary>Whether an adopted instance posts here only once this is done.</summary>
    public bool TakesWebhook => Takes || Kind == SessionTaskKind.TakeWebhook;
}

/// <summary>The kinds of tasks.</summary>
public enum SessionTaskKind
{
    /// <summary>Create the instance under the name that is already kept.</summary>
    Create,
    Connect,
    Restart,
    LogOut,

    /// <summary>Delete the instance.</summary>
    Delete,

    /// <summary>Leave the instance as it was found: its former webhook is put back.</summary>
    Detach,

    /// <summary>Set the webhook of an adopted instance; the former one is kept before.</summary>
    TakeWebhook,
}
