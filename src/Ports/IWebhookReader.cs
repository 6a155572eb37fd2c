using Parley.Domain.Addresses;
using Parley.Domain.Observations;

namespace Parley.Ports;

/// <summary>Reads what a kind of gateway posts, in the domain's words.</summary>
public interface IWebhookReader
{
    /// <summary>Reads a body from the wire into memory. Large base64 media is decoded into <paramref name="media"/> as it streams by
    /// and a short mark stands in its place, so that no body needs much memory.</summary>
    /// <exception cref="BodyTooLargeException">It is above <paramref name="limit"/> bytes.</exception>
    ValueTask<ReadOnlyMemory<byte>> ReadBody(
        Stream body, long limit, Func<CancellationToken, Task<IMediaWriter>> media, CancellationToken cancellationToken);

    /// <summary>Reads a body. Every part of it becomes an observation, what is not understood a
    /// <see cref="NotUnderstood"/>; one bad part does not cost the others.</summary>
    /// <param name="receivedAt">When Parley received it.</param>
    /// <exception cref="WebhookFormatException">Not JSON, or no envelope: nothing in it can be attributed.</exception>
    WebhookReading Read(ReadOnlyMemory<byte> body, DateTimeOffset receivedAt);

    /// <summary>The media that a mark of <see cref="ReadBody"/> stands for; null when the text is no such mark.</summary>
    StoredMedia? MediaOf(string mediaData);
}

/// <summary>What one body says.</summary>
public sealed class WebhookReading
{
    public required string Event { get; init; }

    /// <summary>The gateway's name of the instance.</summary>
    public required string Instance { get; init; }

    /// <summary>The line's own number as the envelope tells it.</summary>
    public Address? Line { get; init; }

    /// <summary>The envelope's <c>date_time</c>, Unix milliseconds: a server's wall clock.</summary>
    public long? EnvelopeMs { get; init; }

    public required IReadOnlyList<WebhookItem> Items { get; init; }

    /// <summary>A body with one element of <c>data</c> only and without secrets, that reads as this one did.</summary>
    public required Func<int, ReadOnlyMemory<byte>> PayloadOf { get; init; }
}

/// <param name="Element">Which element of <c>data</c> it is from, counted from 0; negative = of all together.</param>
public sealed record WebhookItem(int Element, Observation Observation);

/// <summary>The body is not JSON, or has no envelope. Answered with 400.</summary>
public sealed class WebhookFormatException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The body is larger than what is taken. Answered with 413.</summary>
public sealed class BodyTooLargeException(long limit) : Exception($"The body is larger than {limit} bytes.");
