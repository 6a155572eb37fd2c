using MongoDB.Bson;
using MongoDB.Driver;
using Parley.Ports.Rows;
using Parley.Storage.MongoDB.Rows;
using Parley.Storage.MongoDB.Schema;

namespace Parley.Storage.MongoDB.Reading;

/// <summary>A search by words of names and digits of numbers, each of which must match the other side of a conversation.</summary>
internal sealed class ConversationSearch
{
    private readonly IReadOnlyList<IReadOnlyList<string>> _parts;
    private readonly Collections _collections;
    private readonly IClientSessionHandle _session;
    private readonly string _tenantId;

    private ConversationSearch(IReadOnlyList<IReadOnlyList<string>> parts, Collections collections, IClientSessionHandle session, string tenantId) =>
        (_parts, _collections, _session, _tenantId) = (parts, collections, session, tenantId);

    /// <returns>Null when the query names nothing to look for.</returns>
    public static ConversationSearch? Of(string query, Collections collections, IClientSessionHandle session, string tenantId) =>
        Words.OfQuery(query) is { Count: > 0 } parts ? new(parts, collections, session, tenantId) : null;

    /// <returns>The conversations that the rarest part finds; null when every part finds too many to be read all.</returns>
    public async Task<IReadOnlyCollection<string>?> Candidates(CancellationToken cancellationToken)
    {
        HashSet<string>? fewest = null;
        foreach (var part in _parts)
        {
            if (await Find(part, cancellationToken) is { } found && (fewest is null || found.Count < fewest.Count))
            {
                fewest = found;
            }
        }

        return fewest;
    }

    /// <returns>Those that match every part.</returns>
    public async Task<List<ConversationRow>> Matching(IReadOnlyList<ConversationRow> rows, CancellationToken cancellationToken)
    {
        var addresses = rows.SelectMany(static row => OtherSide.Addresses(row.Head)).Select(static address => address.Canonical.Value)
            .Distinct(StringComparer.Ordinal);
        var named = await _collections.Directory
            .Find(_session, new BsonDocument(
                Field.Id, new BsonDocument("$in", new BsonArray(addresses.Select(address => ContactDocument.Id(_tenantId, address))))))
            .Project(new BsonDocument(Field.Words, 1))
            .ToListAsync(cancellationToken);
        var names = named.ToDictionary(
            ContactDocument.Address, static row => row[Field.Words].AsBsonArray.Select(static word => word.AsString).ToList(), StringComparer.Ordinal);
        return [.. rows.Where(row => Matches(row, names))];
    }

    private bool Matches(ConversationRow row, Dictionary<string, List<string>> names)
    {
        var words = new List<string>();
        foreach (var address in OtherSide.Addresses(row.Head))
        {
            words.AddRange(Words.OfAddress(address));
            words.AddRange(names.GetValueOrDefault(address.Canonical.Value) ?? []);
        }

        return _parts.All(part => part.Any(prefix => words.Exists(word => word.StartsWith(prefix, StringComparison.Ordinal))));
    }

    private async Task<HashSet<string>?> Find(IReadOnlyList<string> prefixes, CancellationToken cancellationToken)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        var addresses = new HashSet<string>(StringComparer.Ordinal);
        foreach (var prefix in prefixes)
        {
            // Numbers are on the conversation, names in the directory.
            var numbers = await Rows(_collections.Conversations, OfWord(prefix), Indexes.ConversationWord, cancellationToken);
            found.UnionWith(numbers.Select(static row => row.Text(Field.Id)));
            var names = await Rows(_collections.Directory, OfWord(prefix), Indexes.DirectoryWord, cancellationToken);
            addresses.UnionWith(names.Select(ContactDocument.Address));
            if (numbers.Count >= Keyset.Bound || names.Count >= Keyset.Bound)
            {
                return null;
            }
        }

        const int together = 500;
        foreach (var chunk in addresses.Chunk(together))
        {
            var rows = await Rows(
                _collections.Conversations,
                new BsonDocument { { Field.Tenant, _tenantId }, { Field.Addresses, new BsonDocument("$in", new BsonArray(chunk)) } },
                Indexes.ConversationAddress,
                cancellationToken);
            found.UnionWith(rows.Select(static row => row.Text(Field.Id)));
            if (rows.Count >= Keyset.Bound || found.Count >= Keyset.Bound)
            {
                return null;
            }
        }

        return found;
    }

    /// <remarks>Within one element: bounds on an array's field may else be met by two elements.</remarks>
    private BsonDocument OfWord(string prefix) => new()
    {
        { Field.Tenant, _tenantId },
        { Field.Words, new BsonDocument("$elemMatch", new BsonDocument { { "$gte", prefix }, { "$lt", prefix + "\U0010ffff" } }) },
    };

    private Task<List<BsonDocument>> Rows(
        IMongoCollection<BsonDocument> collection, BsonDocument filter, string hint, CancellationToken cancellationToken) =>
        collection.Find(_session, filter, new FindOptions { Hint = hint })
            .Limit(Keyset.Bound)
            .Project(new BsonDocument(Field.Id, 1))
            .ToListAsync(cancellationToken);
}
