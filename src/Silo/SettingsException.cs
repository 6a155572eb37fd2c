namespace Parley.Silo;

/// <summary>The configuration cannot be used. The message tells a person what is wrong and what to do.</summary>
internal sealed class SettingsException(string message, Exception? inner = null) : Exception(message, inner);
