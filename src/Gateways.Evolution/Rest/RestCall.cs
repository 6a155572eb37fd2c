using System.Text.Json.Nodes;
using Parley.Ports;
using Parley.Ports.Gateways;

namespace Parley.Gateways.Evolution.Rest;

/// <summary>One request to a gateway.</summary>
/// <param name="Path">The call's name, as in <c>message/sendText</c>; empty = the gateway's root.</param>
/// <param name="Instance">The instance's name, the last segment of the path; null = none.</param>
/// <param name="Timeout">Of the whole call, with its repetitions.</param>
internal sealed record RestCall(HttpMethod Method, string Path, string? Instance, TimeSpan Timeout)
{
    /// <summary>Has no effect: may be repeated.</summary>
    public bool Reads { get; init; }

    /// <summary>That no answer comes says something of the gateway, not of one instance's socket.</summary>
    public bool Prompt { get; init; }

    /// <summary>Once it is over nothing is sent; null = it may take its time.</summary>
    public Deadline? LeavesBy { get; init; }

    public JsonObject? Body { get; init; }

    /// <summary>Goes into the body as base64, where <see cref="JsonWithMedia.Place"/> stands, or as a file.</summary>
    public Stream? Media { get; init; }

    /// <summary>Whether a body with media is a form.</summary>
    public bool IsForm { get; init; }

    /// <summary>Begins a file for the media of the answer; null = the answer is small.</summary>
    public Func<CancellationToken, Task<IMediaWriter>>? Store { get; init; }

    /// <summary>The one parameter of the query; null = no query.</summary>
    public (string Name, string Value)? Query { get; init; }

    /// <summary>What must not be repeated in an error's text, the gateway's key apart.</summary>
    public IReadOnlyList<string> Secrets { get; init; } = [];

    /// <summary>The call's name only: instance names are not to be guessed.</summary>
    public override string ToString() => Path.Length == 0 ? "version" : Path;
}
