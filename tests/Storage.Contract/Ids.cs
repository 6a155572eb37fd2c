namespace Parley.Storage.Contract;

/// <summary>Ids as the program gives them, but in a strict order, so that lists by id have one right answer.</summary>
public static class Ids
{
    private static long _last;

    public static Guid Next(DateTimeOffset now)
    {
        Span<byte> bytes = stackalloc byte[16];
        Guid.CreateVersion7(now).TryWriteBytes(bytes, bigEndian: true, out _);
        var number = Interlocked.Increment(ref _last);
        for (var i = 15; i >= 10; i--)
        {
            bytes[i] = (byte)number;
            number >>= 8;
        }

        // What is random between the time and the number stays the same.
        bytes[6] = 0x70;
        bytes[7] = 0;
        bytes[8] = 0x80;
        bytes[9] = 0;
        return new Guid(bytes, bigEndian: true);
    }
}
