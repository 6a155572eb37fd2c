using Parley.Domain.Events;
using Parley.Ports;

namespace Parley.Api.Events;

/// <summary>One type of event: what it tells, the form of its data, and how that is made.</summary>
/// <param name="Type">One of <see cref="EventType"/>.</param>
/// <param name="Data">The record that <paramref name="Show"/> gives.</param>
/// <param name="Show">Makes the data from the row and, where it is about one, the message as it now is.</param>
/// <param name="Sample">Facts for the example.</param>
internal sealed record EventKind(
    string Type, string Description, Type Data, Func<LoggedEvent, object?, object> Show, EventFacts Sample)
{
    private const string OfMessages = "message.";

    /// <summary>Whether the event is about one message.</summary>
    public bool HasMessage => IsOfMessage(Type);

    /// <exception cref="FormatException">The row lacks what every event of its type has.</exception>
    public static T Needed<T>(T? part)
        where T : class => part ?? throw Lacking();

    /// <inheritdoc cref="Needed{T}(T)"/>
    public static T Needed<T>(T? part)
        where T : struct => part ?? throw Lacking();

    public static bool IsOfMessage(string type) => type.StartsWith(OfMessages, StringComparison.Ordinal);

    private static FormatException Lacking() => new("The row lacks what every event of its type has.");
}
