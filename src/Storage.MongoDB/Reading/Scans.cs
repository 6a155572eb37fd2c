using MongoDB.Bson;
using MongoDB.Driver;

namespace Parley.Storage.MongoDB.Reading;

/// <summary>Walks along an index.</summary>
internal static class Scans
{
    /// <summary>A page is small as a rule: more rows come only when a filter passes over many.</summary>
    private const int BatchSize = 250;

    /// <param name="columns">What is read of a row; null = all.</param>
    public static async IAsyncEnumerable<IReadOnlyList<BsonDocument>> Batches(
        IMongoCollection<BsonDocument> collection,
        IClientSessionHandle session,
        BsonDocument filter,
        BsonDocument sort,
        string? hint,
        BsonDocument? columns,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var options = new FindOptions { BatchSize = BatchSize, Hint = hint };
        var find = collection.Find(session, filter, options).Sort(sort);
        using var cursor = await (columns is null ? find : find.Project(columns)).ToCursorAsync(cancellationToken);
        while (await cursor.MoveNextAsync(cancellationToken))
        {
            if (cursor.Current is IReadOnlyList<BsonDocument> batch)
            {
                yield return batch;
            }
            else
            {
                yield return [.. cursor.Current];
            }
        }
    }

    /// <summary>Rows after (or before) a place in an order of two fields.</summary>
    public static BsonDocument Beyond(string first, BsonValue firstValue, string second, BsonValue secondValue, bool descending)
    {
        var compare = descending ? "$lt" : "$gt";
        return new BsonDocument("$or", new BsonArray
        {
            new BsonDocument { { first, firstValue }, { second, new BsonDocument(compare, secondValue) } },
            new BsonDocument(first, new BsonDocument(compare, firstValue)),
        });
    }

    public static BsonDocument Sort(bool descending, params ReadOnlySpan<string> fields)
    {
        var sort = new BsonDocument();
        foreach (var field in fields)
        {
            sort.Add(field, descending ? -1 : 1);
        }

        return sort;
    }
}
