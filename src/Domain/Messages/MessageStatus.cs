namespace Parley.Domain.Messages;

/// <summary>The delivery status, in the order of its ranks: a status only moves to a greater one (promise 4).</summary>
public enum MessageStatus
{
    Pending,

    /// <summary>A send whose outcome nobody knows; shown as <c>failed</c> with that error code.</summary>
    OutcomeUnknown,
    Sent,
    Failed,
    Delivered,
    Read,
}
