namespace Parley.Ports;

/// <summary>The store cannot start. The message tells a person what is wrong and what to do.</summary>
public sealed class StorageStartException(string message, Exception? inner = null) : Exception(message, inner);
