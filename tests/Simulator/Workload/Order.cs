using Parley.Domain.Addresses;

namespace Parley.Simulator.Workload;

/// <summary>A message that the tenant has sent: asked for under one key until it is answered.</summary>
/// <param name="Number">Its place among the orders, from 1.</param>
/// <param name="At">When it is asked for first.</param>
/// <param name="MessageId">The id that the message will have.</param>
/// <param name="To">Whom the tenant names.</param>
/// <param name="Person">Whose address that is; null = a group's.</param>
/// <param name="Expires">How long after <paramref name="At"/> it no longer leaves.</param>
internal sealed record Order(
    int Number, TimeSpan At, Guid MessageId, Line Line, string SessionId, Address To, Person? Person, string Text, TimeSpan Expires)
{
    private const long Marks = 4_930_000_000_000;

    /// <summary>When the tenant takes it back; null = never.</summary>
    public TimeSpan? CancelledAt { get; init; }

    /// <summary>When the tenant asks for it once more although it was answered; null = never.</summary>
    public TimeSpan? AskedAgainAt { get; init; }

    /// <summary>When the line's owner types the same on the phone; null = never.</summary>
    public TimeSpan? TypedAt { get; init; }

    /// <summary>A mention that nobody meant: by it the gateway knows which order a message is, for its text may be another's too.</summary>
    public Address Mark => Address.Parse((Marks + Number).ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <returns>The number of the order with that mark.</returns>
    public static int NumberOf(Address mark) => (int)(long.Parse(mark.Value, System.Globalization.CultureInfo.InvariantCulture) - Marks);
}
