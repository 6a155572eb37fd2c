namespace Parley.Api;

/// <summary>The API's part of the configuration cannot be used. The message tells a person what is wrong.</summary>
public sealed class ApiSettingsException(string message, Exception? inner = null) : Exception(message, inner);
