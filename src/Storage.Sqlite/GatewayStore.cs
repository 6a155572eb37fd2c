using Parley.Ports;
using Parley.Ports.Gateways;
using Parley.Ports.Rows;
using Parley.Storage.Sqlite.Engine;
using Parley.Storage.Sqlite.Reading;

namespace Parley.Storage.Sqlite;

/// <summary>The installation's gateways.</summary>
internal sealed class GatewayStore(SqliteDatabase database) : IGatewayStore
{
    public const string After = "SELECT id, body FROM gateway WHERE id > ?1 ORDER BY id";
    public const string Before = "SELECT id, body FROM gateway WHERE id < ?1 ORDER BY id DESC";
    public const string SelectByToken = "SELECT body FROM gateway WHERE token = ?1";

    private const string Select = "SELECT body FROM gateway WHERE id = ?1";
    // What names a token of another gateway does not happen.
    private const string Insert = "INSERT INTO gateway (id, version, token, body) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING";
    private const string Update = "UPDATE OR IGNORE gateway SET version = ?2, token = ?3, body = ?4 WHERE id = ?1 AND version = ?2 - 1";
    private const string Delete = "DELETE FROM gateway WHERE id = ?1";

    public Task<bool> CreateGateway(Gateway gateway, CancellationToken cancellationToken) => Write(Insert, gateway, cancellationToken);

    public Task<Page<Gateway>> ListGateways(PageRequest page, CancellationToken cancellationToken) =>
        database.Read(connection => Keyset.Read((from, backwards) => Scan(connection, from, backwards), page, null), cancellationToken);

    public Task<Gateway?> ReadGateway(string gatewayId, CancellationToken cancellationToken) =>
        database.Read(connection => ReadOne(connection.Use(Select).Bind(1, gatewayId)), cancellationToken);

    public Task<bool> UpdateGateway(Gateway gateway, CancellationToken cancellationToken) => Write(Update, gateway, cancellationToken);

    public Task<bool> DeleteGateway(string gatewayId, CancellationToken cancellationToken) =>
        database.Write(1, transaction => transaction.Connection.Use(Delete).Bind(1, gatewayId).Run() > 0, cancellationToken);

    public Task<Gateway?> FindGatewayByToken(byte[] sha256, CancellationToken cancellationToken) =>
        database.Read(connection => ReadOne(connection.Use(SelectByToken).BindBlob(1, sha256)), cancellationToken);

    private Task<bool> Write(string sql, Gateway gateway, CancellationToken cancellationToken)
    {
        var body = StoreJson.Write(gateway);
        return database.Write(
            1,
            transaction => transaction.Connection.Use(sql)
                .Bind(1, gateway.GatewayId)
                .Bind(2, gateway.Version)
                .BindBlob(3, gateway.TokenSha256)
                .BindText(4, body)
                .Run() > 0,
            cancellationToken);
    }

    private static Gateway? ReadOne(Statement row)
    {
        using (row)
        {
            return row.Step() ? StoreJson.Read<Gateway>(row.Bytes(0)) : null;
        }
    }

    private static IEnumerable<(SortKey Key, Gateway? Row)> Scan(Connection connection, SortKey? from, bool backwards)
    {
        using var rows = connection.Use(backwards ? Before : After).BindTie(1, from, descending: backwards);
        while (rows.Step())
        {
            yield return (new SortKey(0, rows.Text(0)), StoreJson.Read<Gateway>(rows.Bytes(1)));
        }
    }
}
