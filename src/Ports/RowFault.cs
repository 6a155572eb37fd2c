using System.Text.Json;

namespace Parley.Ports;

/// <summary>Tells a row that cannot be read or shown from a store that cannot be reached: the first stays as it is, the second comes back.</summary>
public static class RowFault
{
    /// <summary>Whether something is wrong with what was read, so that trying again would end in the same way.</summary>
    /// <remarks>Only what is named here: whatever else happens is taken for a failure that passes, and nothing is given up for it.</remarks>
    public static bool Is(Exception exception) => exception
        is JsonException or FormatException or ArgumentException or KeyNotFoundException or InvalidCastException or OverflowException
            or NullReferenceException or IndexOutOfRangeException or NotSupportedException
            or (InvalidOperationException and not ObjectDisposedException);
}
