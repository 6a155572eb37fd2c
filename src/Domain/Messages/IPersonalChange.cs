using Parley.Domain.Addresses;

namespace Parley.Domain.Messages;

/// <summary>What one person last did to a message: of each person only the latest counts.</summary>
internal interface IPersonalChange
{
    Party From { get; }

    ChangeStamp Stamp { get; }

    DateTimeOffset At { get; }

    /// <summary>What was chosen, as text for <see cref="ChangeOrder"/>; null when it was taken back.</summary>
    string? Choice { get; }
}
