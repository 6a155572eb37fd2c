using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Parley.Api.Http;
using Parley.Api.Resources;
using Parley.Ports;

namespace Parley.Api.Events;

/// <summary>Writes the frames of an event stream (HTML, server-sent events).</summary>
internal static class EventFrames
{
    /// <summary>A comment: it shows that the stream lives and moves nobody's place.</summary>
    public static ReadOnlyMemory<byte> Heartbeat { get; } = ":\n\n"u8.ToArray();

    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(3);
    private static readonly JsonWriterOptions Unchecked = new() { Encoder = Json.Options.Encoder, SkipValidation = true };

    /// <summary>The first frame: where the stream begins, and how soon to come back when it breaks off.</summary>
    public static ReadOnlyMemory<byte> First(string place) =>
        Encoding.UTF8.GetBytes($"retry: {Retry.TotalMilliseconds.ToString(CultureInfo.InvariantCulture)}\nid: {place}\ndata:\n\n");

    /// <summary>Moves the client's place and tells nothing.</summary>
    public static ReadOnlyMemory<byte> Mark(string place) => Encoding.UTF8.GetBytes($"id: {place}\ndata:\n\n");

    /// <param name="place">The place before the oldest event that is kept.</param>
    public static ReadOnlyMemory<byte> Reset(string place, EventResetResource reset) => Encoding.UTF8.GetBytes(
        $"id: {place}\nevent: reset\ndata: {JsonSerializer.Serialize(reset, Json.Options)}\n\n");

    public static void Write(IBufferWriter<byte> output, string place, RenderedEvent e)
    {
        Write(output, $"id: {place}\nevent: {e.Type}\ndata: ");

        // JSON has no line feeds but those that it escapes, so one line of data is enough.
        using (var writer = new Utf8JsonWriter(output, Unchecked))
        {
            JsonSerializer.Serialize(writer, CloudEventResource.Of(e), Json.Options);
        }

        output.Write("\n\n"u8);
    }

    private static void Write(IBufferWriter<byte> output, string text) => Encoding.UTF8.GetBytes(text, output);
}
