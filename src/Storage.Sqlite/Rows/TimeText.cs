using System.Globalization;

namespace Parley.Storage.Sqlite.Rows;

/// <summary>Times in columns of their own, to the tick.</summary>
internal static class TimeText
{
    public static string Of(DateTimeOffset time) => time.ToString("O", CultureInfo.InvariantCulture);

    public static DateTimeOffset Read(string text) =>
        DateTimeOffset.ParseExact(text, "O", CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);

    public static DateTimeOffset? MaybeRead(string? text) => text is null ? null : Read(text);
}
