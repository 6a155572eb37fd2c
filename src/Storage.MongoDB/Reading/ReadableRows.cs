using MongoDB.Bson;
using MongoDB.Driver;
using Parley.Ports.Rows;

namespace Parley.Storage.MongoDB.Reading;

/// <summary>Lists of what can be read.</summary>
internal static class ReadableRows
{
    /// <summary>Reads so many rows that can be read: whoever gets fewer takes it for the end.</summary>
    public static async Task<IReadOnlyList<T>> ReadAll<T>(
        this UnreadableRows unreadable,
        string what,
        IFindFluent<BsonDocument, BsonDocument> rows,
        int limit,
        Func<BsonDocument, T> read,
        Func<BsonDocument, string> name,
        CancellationToken cancellationToken)
    {
        var most = limit;
        while (true)
        {
            var met = await rows.Limit(most).ToListAsync(cancellationToken);
            var found = unreadable.ReadAll(what, met, read, name);
            if (found.Count >= limit || met.Count < most)
            {
                return [.. found.Take(limit)];
            }

            // As many more as were passed over.
            most = limit + met.Count - found.Count;
        }
    }

    public static List<T> ReadAll<T>(
        this UnreadableRows unreadable,
        string what,
        IEnumerable<BsonDocument> rows,
        Func<BsonDocument, T> read,
        Func<BsonDocument, string> name)
    {
        var found = new List<T>();
        foreach (var row in rows)
        {
            if (unreadable.TryRead(what, row, read, name, out var value))
            {
                found.Add(value);
            }
        }

        return found;
    }
}
