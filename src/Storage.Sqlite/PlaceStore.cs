using Parley.Ports;

namespace Parley.Storage.Sqlite;

/// <summary>How far readers of logs have come.</summary>
internal sealed class PlaceStore(SqliteDatabase database) : IPlaceStore
{
    private const string Select = "SELECT number FROM place WHERE name = ?1";
    private const string Insert = "INSERT INTO place (name, number) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
    private const string Update = "UPDATE place SET number = ?2 WHERE name = ?1 AND number = ?3";

    public Task<long?> ReadPlace(string name, CancellationToken cancellationToken) => database.ReadShort<long?>(
        connection =>
        {
            using var row = connection.Use(Select).Bind(1, name);
            return row.Step() ? row.Int64(0) : null;
        },
        cancellationToken);

    public Task<bool> MovePlace(string name, long? from, long to, CancellationToken cancellationToken) => database.Write(
        1,
        transaction => (from is { } before ? transaction.Connection.Use(Update).Bind(3, before) : transaction.Connection.Use(Insert))
            .Bind(1, name)
            .Bind(2, to)
            .Run() > 0,
        cancellationToken);
}
