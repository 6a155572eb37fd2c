namespace Parley.Gateways.Evolution.Bodies;

/// <summary>Bytes that grow at their end, where the last of them can be taken back.</summary>
internal sealed class GrowingBuffer
{
    private byte[] _bytes = new byte[128 * 1024];

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, Length);

    public ReadOnlyMemory<byte> Memory => Written;

    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, Length);

    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _bytes.Length - Length)
        {
            Array.Resize(ref _bytes, (int)Math.Min(Array.MaxLength, Math.Max((long)_bytes.Length * 2, (long)Length + bytes.Length)));
        }

        bytes.CopyTo(_bytes.AsSpan(Length));
        Length += bytes.Length;
    }

    public void Truncate(int length) => Length = length;
}
