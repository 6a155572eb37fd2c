using System.Collections.Immutable;
using System.Globalization;

namespace Parley.Api.Events;

/// <summary>A reader's place, as clients carry it: the last position of a tenant's log, or the shards' last running numbers (<c>12.0.7</c>).</summary>
internal static class EventPlace
{
    /// <summary>From the oldest event that is kept, in any log.</summary>
    public const string Oldest = "0";

    private const int MostTracks = 1024;

    public static string Write(IEnumerable<long> numbers) =>
        string.Join('.', numbers.Select(static number => number.ToString(CultureInfo.InvariantCulture)));

    /// <returns>Null when the text is no place in a log of so many tracks.</returns>
    public static ImmutableArray<long>? Read(string text, int tracks)
    {
        var parts = text.Split('.', MostTracks);
        if (parts.Length != tracks)
        {
            return null;
        }

        var numbers = ImmutableArray.CreateBuilder<long>(tracks);
        foreach (var part in parts)
        {
            if (!long.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                return null;
            }

            numbers.Add(number);
        }

        return numbers.MoveToImmutable();
    }
}
