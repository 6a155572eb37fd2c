using Parley.GatewaySimulator.Writing;

namespace Parley.GatewaySimulator.Network;

/// <summary>A message that left a line for WhatsApp: a test asserts on these that something was sent exactly once.</summary>
/// <param name="Line">Digits of the line's phone; null when it was never paired (cannot send, but v1 may leave later).</param>
/// <param name="Instance">The instance's name.</param>
/// <param name="To">The JID that it really went to.</param>
/// <param name="Type">As in <c>messageType</c>; <c>revoke</c>, <c>edit</c> for changes.</param>
/// <param name="Text">Its text, caption or emoji.</param>
/// <param name="Media">Its bytes.</param>
/// <param name="Target">The id that a reaction, edit or deletion is about, or that is quoted.</param>
public sealed record SentMessage(
    string? Line, string Instance, string To, string Id, string Type, string? Text, byte[]? Media, string? Target, DateTimeOffset At)
{
    public Content? Content { get; init; }

    public IReadOnlyList<string> Mentions { get; init; } = [];
}
