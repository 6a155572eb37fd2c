namespace Parley.GatewaySimulator.Faults;

/// <summary>What goes wrong with the next calls.</summary>
public sealed record RestFault
{
    /// <summary>How many calls it meets.</summary>
    public int Times { get; init; } = 1;

    /// <summary>Only calls for this instance; null = any.</summary>
    public string? Instance { get; init; }

    /// <summary>Whether what was asked for is done all the same: sent, although the answer says otherwise.</summary>
    public bool Done { get; init; }

    /// <summary>Before anything is done. The client giving up does not stop what follows.</summary>
    public TimeSpan Before { get; init; }

    /// <summary>What must have ended, too, before anything is done; null = nothing.</summary>
    public Task? ActsAfter { get; init; }

    /// <summary>Between what is done and its answer.</summary>
    public TimeSpan After { get; init; }

    /// <summary>What must have ended, too, before it is answered; null = nothing.</summary>
    public Task? AnswersAfter { get; init; }

    /// <summary>The answer's status; null = the true answer.</summary>
    public int? Status { get; init; }

    public string Body { get; init; } = "";

    public string ContentType { get; init; } = "application/json; charset=utf-8";

    /// <summary>Seconds in the header <c>Retry-After</c>; null = no such header.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>The answer ends in its middle, and the connection with it.</summary>
    public bool CutOff { get; init; }

    /// <summary>No answer ever comes; the connection stays.</summary>
    public bool Hang { get; init; }

    /// <summary>An error in the gateway's own form; nothing is done.</summary>
    public static RestFault Answer(int status, string message = "Simulated") => new()
    {
        Status = status,
        Body = Rest.Answer.Error(status, message).Body!.ToJsonString(Json.Options),
    };

    /// <summary>429 with Retry-After; nothing is done.</summary>
    public static RestFault TooMany(int retryAfter = 1) => Answer(429, "Too many requests") with { RetryAfter = retryAfter };

    /// <summary>What a proxy says when the gateway behind it is gone: HTML, 502. Nothing is done.</summary>
    public static RestFault BadGateway() => new()
    {
        Status = 502,
        ContentType = "text/html",
        Body = "<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center></body></html>",
    };

    /// <summary>It is done, and the answer ends in its middle.</summary>
    public static RestFault Truncate() => new() { Done = true, CutOff = true };

    /// <summary>It is done, and no answer comes.</summary>
    public static RestFault DoneInSilence() => new() { Done = true, Hang = true };

    /// <summary>It is not done, and no answer comes.</summary>
    public static RestFault Silence() => new() { Hang = true };

    /// <summary>It is done late, also when the client has given up by then.</summary>
    public static RestFault Late(TimeSpan by) => new() { Done = true, Before = by };

    /// <summary>It is done when something has ended, also when the client has given up by then.</summary>
    public static RestFault Late(Task after) => new() { Done = true, ActsAfter = after };

    /// <summary>It is done at once and answered late.</summary>
    public static RestFault Slow(TimeSpan by) => new() { Done = true, After = by };

    /// <summary>It is done at once and answered when something has ended.</summary>
    public static RestFault Slow(Task after) => new() { Done = true, AnswersAfter = after };
}
