namespace Parley.Truth;

/// <summary>Pictures that nobody else has.</summary>
internal static class Pictures
{
    public const string MimeType = "image/jpeg";

    public static byte[] New(Random random)
    {
        var bytes = new byte[random.Next(100, 20_000)];
        random.NextBytes(bytes);
        return bytes;
    }
}
