namespace Parley.Gateways.Evolution.Bodies;

/// <summary>What the long value of a member is.</summary>
internal enum MediaKind
{
    None,

    /// <summary>Media of a message.</summary>
    Media,

    /// <summary>Data that Parley never reads.</summary>
    Useless,
}

internal static class MediaKeys
{
    /// <summary>By the member's name: <c>base64</c> (webhooks, 2), the Cloud API's <c>media</c> (5.1), the <c>mediaUrl</c> of the
    /// EVOLUTION channel, which up to 2.2 can be the bytes, and the payload of the history notice after a pairing (5.3), which
    /// nothing reads.</summary>
    public static MediaKind Find(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("base64"u8) || name.SequenceEqual("media"u8) || name.SequenceEqual("mediaUrl"u8) ? MediaKind.Media
        : name.SequenceEqual("initialHistBootstrapInlinePayload"u8) ? MediaKind.Useless
        : MediaKind.None;
}
