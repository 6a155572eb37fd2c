using Parley.Domain.Conversations;

namespace Parley.Ingest;

/// <summary>The bounds of one call to a conversation, or to the store.</summary>
internal static class Chunks
{
    public const int MostItems = 500;

    /// <summary>Characters of text; media bytes never travel.</summary>
    private const int MostCharacters = 2 << 20;

    /// <summary>Splits what one conversation is told into calls of at most 500 items or 4 MB.</summary>
    public static IEnumerable<List<T>> Of<T>(IEnumerable<T> items, Func<T, IncomingMessage> message)
    {
        var chunk = new List<T>();
        var size = 0;
        foreach (var item in items)
        {
            var length = message(item).Content.Text?.Length ?? 0;
            if (chunk.Count == MostItems || (chunk.Count > 0 && size + length > MostCharacters))
            {
                yield return chunk;
                (chunk, size) = ([], 0);
            }

            chunk.Add(item);
            size += length;
        }

        if (chunk.Count > 0)
        {
            yield return chunk;
        }
    }
}
