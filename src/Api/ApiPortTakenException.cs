namespace Parley.Api;

/// <summary>Another process has a port that the API needs beside its address. The message names the setting.</summary>
public sealed class ApiPortTakenException(string message, Exception inner) : Exception(message, inner);
