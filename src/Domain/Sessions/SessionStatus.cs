namespace Parley.Domain.Sessions;

/// <summary>The states of a session (<c>refused</c> of the gateway is <see cref="Close"/>).</summary>
public enum SessionStatus
{
    Creating,
    Connecting,
    Open,
    Close,
    Destroyed,
}
