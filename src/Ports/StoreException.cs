namespace Parley.Ports;

/// <summary>A store could not do what it was asked. The caller may try again.</summary>
public abstract class StoreException(string message, Exception? inner) : Exception(message, inner);

/// <summary>The store refused before anything happened: it is down, full, or its queue is too long.</summary>
public sealed class StoreUnavailableException(string message, Exception? inner = null) : StoreException(message, inner);

/// <summary>It may have happened or not: the deadline passed, or the answer was lost.</summary>
public sealed class StoreOutcomeUnknownException(string message, Exception? inner = null) : StoreException(message, inner);
