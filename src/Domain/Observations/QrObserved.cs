namespace Parley.Domain.Observations;

/// <summary>A fresh QR code (and pairing code). Both are secrets: whoever scans them controls the session.</summary>
public sealed record QrObserved(string? Code, string? PairingCode) : Observation
{
    /// <summary>Keeps the secrets out of logs.</summary>
    public override string ToString() => nameof(QrObserved);
}
