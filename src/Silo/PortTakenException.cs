namespace Parley.Silo;

/// <summary>Another process has a port that this one needs.</summary>
internal sealed class PortTakenException(string message, Exception inner) : Exception(message, inner);
