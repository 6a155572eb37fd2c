using Parley.Ports.Rows;
using Parley.Storage.Sqlite.Engine;

namespace Parley.Storage.Sqlite.Reading;

/// <summary>Lists of what can be read.</summary>
internal static class ReadableRows
{
    /// <summary>Reads so many rows that can be read: whoever gets fewer takes it for the end.</summary>
    public static IReadOnlyList<T> ReadAll<T>(
        this UnreadableRows unreadable, string what, Statement rows, int limit, Func<Statement, T> read, Func<Statement, string> name)
    {
        var found = new List<T>();
        while (found.Count < limit && rows.Step())
        {
            if (unreadable.TryRead(what, rows, read, name, out var value))
            {
                found.Add(value);
            }
        }

        return found;
    }
}
