using Parley.GatewaySimulator.Network;

namespace Parley.Truth;

/// <summary>A message that somebody wrote on a phone.</summary>
/// <param name="Author">Null = the line's owner.</param>
/// <param name="Picture">Its bytes, whose caption is the text; null = it is no picture.</param>
/// <param name="Poll">What a poll offers, whose question is the text; null = it is no poll.</param>
internal sealed record Written(
    string Id, Person? Author, Person? Peer, Group? Group, string Text, string? Quotes = null, byte[]? Picture = null, IReadOnlyList<string>? Poll = null)
{
    /// <summary>The texts to which it was changed, in this order.</summary>
    public List<string> Edits { get; } = [];

    public bool Deleted { get; set; }
}
