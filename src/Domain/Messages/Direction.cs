namespace Parley.Domain.Messages;

/// <summary>Whether a message came to the line or left it; part of a message's identity.</summary>
public enum Direction
{
    In,
    Out,
}
