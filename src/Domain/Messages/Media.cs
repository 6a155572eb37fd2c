namespace Parley.Domain.Messages;

/// <summary>What is known of a message's media. The bytes themselves are in the media store.</summary>
[GenerateSerializer, Immutable, Alias("parley.Media")]
public sealed record Media
{
    [Id(0)]
    public MediaStatus Status { get; init; }

    [Id(1)]
    public string? MimeType { get; init; }

    [Id(2)]
    public string? FileName { get; init; }

    /// <summary>Bytes; of the stored file where it is stored, else what the gateway said.</summary>
    [Id(3)]
    public long? Size { get; init; }

    [Id(4)]
    public int? Seconds { get; init; }

    /// <summary>Pixels.</summary>
    [Id(5)]
    public int? Width { get; init; }

    /// <summary>Pixels.</summary>
    [Id(6)]
    public int? Height { get; init; }

    /// <summary>SHA-256 of the bytes, lower-case hexadecimal; names the file in the media store when stored.</summary>
    [Id(7)]
    public string? Sha256 { get; init; }

    /// <summary>A voice note (<c>ptt</c>), not an audio file.</summary>
    [Id(8)]
    public bool VoiceNote { get; init; }

    /// <summary>A video that plays as an animation.</summary>
    [Id(9)]
    public bool Gif { get; init; }
}
