using Parley.Ports;
using Parley.Storage.Sqlite.Engine;
using Parley.Storage.Sqlite.Reading;
using Parley.Storage.Sqlite.Rows;
using Parley.Storage.Sqlite.Writing;

namespace Parley.Storage.Sqlite;

/// <summary>Tenants and their credentials.</summary>
internal sealed class TenantStore(SqliteDatabase database) : ITenantStore
{
    public const string After =
        "SELECT tenant, name, created, deleted FROM tenant WHERE tenant > ?1 ORDER BY tenant";

    public const string Before =
        "SELECT tenant, name, created, deleted FROM tenant WHERE tenant < ?1 ORDER BY tenant DESC";

    private const string Insert = "INSERT INTO tenant (tenant, name, created) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
    private const string Select = "SELECT name, created FROM tenant WHERE tenant = ?1 AND deleted IS NULL";
    private const string MarkDeleted = "UPDATE tenant SET deleted = ?2 WHERE tenant = ?1 AND deleted IS NULL";
    private const string DeleteCredentials = "DELETE FROM credential WHERE tenant = ?1";

    private const string DeleteEndpoints = "DELETE FROM endpoint WHERE owner = ?1";

    private const string InsertCredential =
        """
        INSERT INTO credential (tenant, kind, id, sha256, hint, created, session, header, scopes)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
        """;

    // A session's token takes the place of the one before; of any other it would take what is not the session's.
    private const string PutOfSession =
        InsertCredential
        + """

        ON CONFLICT (tenant, kind, id) DO UPDATE SET sha256 = excluded.sha256, hint = excluded.hint, created = excluded.created,
            session = excluded.session, header = excluded.header, scopes = excluded.scopes
        WHERE session IS NOT NULL
        """;

    private const string CredentialColumns =
        "SELECT id, tenant, kind, sha256, hint, created, session, header, scopes FROM credential";

    public const string SelectCredentials = CredentialColumns + " WHERE tenant = ?1 AND session IS NULL ORDER BY kind, id";

    private const string SelectCredential = CredentialColumns + " WHERE kind = ?1 AND sha256 = ?2";

    private const string CountCredentials =
        "SELECT count(*) FROM credential WHERE tenant = ?1 AND kind = ?2 AND session IS NULL";

    private const string DeleteOne = "DELETE FROM credential WHERE tenant = ?1 AND kind = ?2 AND id = ?3";

    public Task<bool> Create(Tenant tenant, Credential apiKey, Credential webhookToken, CancellationToken cancellationToken) =>
        database.Write(
            3,
            transaction =>
            {
                var created = transaction.Connection.Use(Insert)
                    .Bind(1, tenant.TenantId)
                    .Bind(2, tenant.Name)
                    .Bind(3, TimeText.Of(tenant.CreatedAt))
                    .Run();
                if (created == 0)
                {
                    return false;
                }

                Add(transaction, InsertCredential, apiKey);
                Add(transaction, InsertCredential, webhookToken);
                return true;
            },
            cancellationToken);

    public Task<Page<Tenant>> ListTenants(PageRequest page, CancellationToken cancellationToken) =>
        database.Read(connection => Keyset.Read((from, backwards) => Scan(connection, from, backwards), page, null), cancellationToken);

    public Task<TenantDetails?> ReadTenant(string tenantId, CancellationToken cancellationToken) =>
        database.Read(connection => ReadDetails(connection, tenantId), cancellationToken);

    public Task<bool> DeleteTenant(string tenantId, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.Write(
            3,
            transaction =>
            {
                var deleted = transaction.Connection.Use(MarkDeleted)
                    .Bind(1, tenantId)
                    .Bind(2, now.ToUnixTimeMilliseconds())
                    .Run();
                if (deleted == 0)
                {
                    return false;
                }

                transaction.Connection.Use(DeleteCredentials).Bind(1, tenantId).Run();

                // Nothing goes out for it any more. What was delivered expires.
                transaction.Connection.Use(DeleteEndpoints).Bind(1, tenantId).Run();
                return true;
            },
            cancellationToken);

    public Task<bool> AddCredential(Credential credential, int atMost, CancellationToken cancellationToken) =>
        database.Write(
            1,
            transaction =>
            {
                if (!IsLiving(transaction.Connection, credential.TenantId))
                {
                    return false;
                }

                if (credential.SessionId is not null)
                {
                    return Add(transaction, PutOfSession, credential);
                }

                return Count(transaction.Connection, credential.TenantId, credential.Kind) < atMost
                    && Add(transaction, InsertCredential, credential);
            },
            cancellationToken);

    public Task<bool> DeleteCredential(
        string tenantId, CredentialKind kind, string credentialId, CancellationToken cancellationToken) =>
        database.Write(
            1,
            transaction => transaction.Connection.Use(DeleteOne).Bind(1, tenantId).Bind(2, (long)kind).Bind(3, credentialId).Run() > 0,
            cancellationToken);

    // A deleted tenant has no credentials any more, so that what is found belongs to a living one.
    public Task<Credential?> FindCredential(CredentialKind kind, byte[] sha256, CancellationToken cancellationToken) =>
        database.Read(
            connection =>
            {
                using var row = connection.Use(SelectCredential).Bind(1, (long)kind).BindBlob(2, sha256);
                return row.Step() ? ReadCredential(row) : null;
            },
            cancellationToken);

    private static bool Add(WriteTransaction transaction, string sql, Credential credential) =>
        transaction.Connection.Use(sql)
            .Bind(1, credential.TenantId)
            .Bind(2, (long)credential.Kind)
            .Bind(3, credential.CredentialId)
            .BindBlob(4, credential.Sha256)
            .Bind(5, credential.Hint)
            .Bind(6, TimeText.Of(credential.CreatedAt))
            .Bind(7, credential.SessionId)
            .Bind(8, credential.HeaderSha256)
            .Bind(9, (long)credential.Scopes)
            .Run() > 0;

    public static bool IsLiving(Connection connection, string tenantId)
    {
        using var row = connection.Use(Select).Bind(1, tenantId);
        return row.Step();
    }

    private static long Count(Connection connection, string tenantId, CredentialKind kind)
    {
        using var row = connection.Use(CountCredentials).Bind(1, tenantId).Bind(2, (long)kind);
        row.Step();
        return row.Int64(0);
    }

    private static TenantDetails? ReadDetails(Connection connection, string tenantId)
    {
        Tenant tenant;
        using (var row = connection.Use(Select).Bind(1, tenantId))
        {
            if (!row.Step())
            {
                return null;
            }

            tenant = new Tenant(tenantId, row.Text(0), TimeText.Read(row.Text(1)));
        }

        var credentials = new List<Credential>();
        using var rows = connection.Use(SelectCredentials).Bind(1, tenantId);
        while (rows.Step())
        {
            credentials.Add(ReadCredential(rows));
        }

        return new TenantDetails(tenant, credentials);
    }

    private static Credential ReadCredential(Statement row) => new(
        row.Text(0), row.Text(1), (CredentialKind)row.Int32(2), row.Bytes(3).ToArray(), row.Text(4), TimeText.Read(row.Text(5)))
    {
        SessionId = row.MaybeText(6),
        HeaderSha256 = row.IsNull(7) ? null : row.Bytes(7).ToArray(),
        Scopes = (KeyScopes)row.Int32(8),
    };

    private static IEnumerable<(SortKey Key, Tenant? Row)> Scan(Connection connection, SortKey? from, bool backwards)
    {
        using var rows = connection.Use(backwards ? Before : After).BindTie(1, from, descending: backwards);
        while (rows.Step())
        {
            var tenantId = rows.Text(0);
            yield return (
                new SortKey(0, tenantId),
                rows.IsNull(3) ? new Tenant(tenantId, rows.Text(1), TimeText.Read(rows.Text(2))) : null);
        }
    }
}
