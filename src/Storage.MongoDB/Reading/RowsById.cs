using MongoDB.Bson;
using MongoDB.Driver;
using Parley.Ports;
using Parley.Storage.MongoDB.Rows;

namespace Parley.Storage.MongoDB.Reading;

/// <summary>Reads rows of a collection by their ids, those that are asked for at the same time by one query.</summary>
internal sealed class RowsById
{
    private const int MostIds = 500;

    private readonly IMongoCollection<BsonDocument> _collection;
    private readonly Calls _calls;
    private readonly BsonDocument _fields;
    private readonly Together<IReadOnlyCollection<BsonValue>, IReadOnlyList<BsonDocument>> _together;

    /// <param name="fields">What is read of a row, beside its id.</param>
    public RowsById(IMongoCollection<BsonDocument> collection, Calls calls, params IEnumerable<string> fields)
    {
        (_collection, _calls) = (collection, calls);
        _fields = new BsonDocument(fields.Select(static field => new BsonElement(field, 1)));
        _together = new Together<IReadOnlyCollection<BsonValue>, IReadOnlyList<BsonDocument>>(Answer, static ids => ids.Count, MostIds);
    }

    /// <returns>The rows that are there.</returns>
    /// <exception cref="StoreUnavailableException">The store did not answer in time.</exception>
    public async Task<IReadOnlyList<BsonDocument>> Read(IReadOnlyCollection<BsonValue> ids, CancellationToken cancellationToken) =>
        ids.Count == 0 ? [] : await _calls.WaitToRead(_together.Ask(ids), cancellationToken);

    private async Task<IReadOnlyList<IReadOnlyList<BsonDocument>>> Answer(IReadOnlyList<IReadOnlyCollection<BsonValue>> batch)
    {
        var ids = new BsonArray(batch.SelectMany(static asked => asked).Distinct());
        var rows = await _calls.Read(
            token => _collection.Find(new BsonDocument(Field.Id, new BsonDocument("$in", ids))).Project(_fields).ToListAsync(token),
            CancellationToken.None);
        var found = rows.ToDictionary(static row => row[Field.Id]);
        return [.. batch.Select(asked => asked.Distinct().Select(id => found.GetValueOrDefault(id)).OfType<BsonDocument>().ToList())];
    }
}
