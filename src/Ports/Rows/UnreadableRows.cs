using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Parley.Ports.Rows;

/// <summary>Passes over rows that cannot be read, because they are damaged or a newer program wrote them: what is read together with them must not
/// wait for somebody who mends them.</summary>
/// <param name="tell">Says in the log what a row is, which one, and what is wrong with it.</param>
internal sealed class UnreadableRows(Action<string, string, string> tell)
{
    /// <summary>Beyond so many the count alone tells of more.</summary>
    private const int MostTold = 1_000;

    // Some lists are read every second: the log names each row once.
    private readonly ConcurrentDictionary<(string What, string Row), bool> _told = new();

    /// <param name="what">What it is a row of.</param>
    /// <param name="name">Tells the row from others, and nothing of what it says.</param>
    /// <returns>False when it cannot be read.</returns>
    public bool TryRead<TRow, T>(
        string what, TRow row, Func<TRow, T> read, Func<TRow, string> name, [MaybeNullWhen(false)] out T value)
    {
        try
        {
            value = read(row);
            return true;
        }
        catch (Exception exception) when (RowFault.Is(exception))
        {
            Pass(what, name(row), exception);
            value = default;
            return false;
        }
    }

    private void Pass(string what, string row, Exception exception)
    {
        StorageMetrics.PassedOver(what);
        if (_told.Count < MostTold && _told.TryAdd((what, row), true))
        {
            tell(what, row, exception.GetType().Name);
        }
    }
}
