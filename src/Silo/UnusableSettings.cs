using System.Net.Sockets;
using Microsoft.Extensions.Options;
using Parley.Api;

namespace Parley.Silo;

/// <summary>Tells a configuration that cannot be used from other reasons for which a start fails.</summary>
internal static class UnusableSettings
{
    /// <summary>The framework's reader of settings. It throws nothing of its own kind where a value cannot be what it should be.</summary>
    private const string Binder = "Microsoft.Extensions.Configuration.Binder";

    /// <summary>The web server. It says in this way that it cannot listen as it was told to.</summary>
    private const string WebServer = "Microsoft.AspNetCore.Server.Kestrel.Core";

    /// <summary>Where the web server opens an address. The exception itself says nothing of who did.</summary>
    private const string Listening = "Microsoft.AspNetCore.Server.Kestrel.Transport";

    /// <returns>What is wrong with the configuration; null when it is something else that failed.</returns>
    public static string? Fault(Exception exception) => exception switch
    {
        SettingsException or ApiSettingsException or OptionsValidationException => exception.Message,
        InvalidOperationException { Source: Binder } => exception.Message,

        // Further lines are advice to those who develop.
        InvalidOperationException { Source: WebServer } => $"{exception.Message.Split('\n')[0].Trim()} See --urls.",
        SocketException when exception.StackTrace?.Contains(Listening, StringComparison.Ordinal) == true =>
            $"An address of --urls cannot be opened: {exception.Message}.",
        _ => null,
    };
}
