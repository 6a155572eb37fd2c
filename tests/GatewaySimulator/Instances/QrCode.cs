using System.Security.Cryptography;

namespace Parley.GatewaySimulator.Instances;

/// <summary>A code to pair with.</summary>
/// <param name="Code">What the picture shows.</param>
/// <param name="PairingCode">To type on the phone; only when a number was given.</param>
/// <param name="Count">Which of the series.</param>
public sealed record QrCode(string Code, string? PairingCode, int Count)
{
    /// <summary>A picture, though not of the code: nobody scans it.</summary>
    public static string Picture { get; } =
        "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAIAAACQkWg2AAAAFklEQVR4nGMQaPhAEmIY1TCqYfhqAABFdYAQ/l2hwQAAAABJRU5ErkJggg==";

    internal static QrCode Next(int count, bool withPairingCode) => new(
        $"2@simulated{count},{Key()},{Key()},{Key()}",
        withPairingCode ? RandomNumberGenerator.GetString("ABCDEFGHJKLMNPQRSTVWXYZ123456789", 8) : null,
        count);

    private static string Key() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
}
