using System.Diagnostics;
using Parley.Domain.Addresses;
using Parley.Domain.Conversations;
using Parley.Domain.Work;
using Parley.Ports;
using Parley.Ports.Rows;
using Parley.Storage.Sqlite.Engine;
using Parley.Storage.Sqlite.Reading;
using Parley.Storage.Sqlite.Writing;

namespace Parley.Storage.Sqlite;

/// <summary>Hidden ids and their numbers, pairs and their conversations.</summary>
internal sealed class AddressBook(SqliteDatabase database) : IAddressBook
{
    private const string SelectPhone = "SELECT phone, canonical FROM lid WHERE tenant = ?1 AND lid = ?2";
    public const string SelectLids = "SELECT lid FROM lid WHERE tenant = ?1 AND canonical = ?2 ORDER BY lid";

    private const string SelectIsParty = "SELECT 1 FROM alias WHERE tenant = ?1 AND party = ?2 LIMIT 1";

    private const string PutLid =
        """
        INSERT INTO lid (tenant, lid, phone, canonical, learned) VALUES (?1, ?2, ?3, ?4, ?5)
        ON CONFLICT DO UPDATE SET phone = excluded.phone, canonical = excluded.canonical, learned = excluded.learned
        """;

    private const string SelectConversation =
        """
        SELECT c.name FROM alias a JOIN conversation c ON c.id = a.conversation
        WHERE a.tenant = ?1 AND a.party = ?2 AND a.pair = ?3
        """;

    public const string SelectByParty =
        """
        SELECT a.low, a.high, c.name FROM alias a JOIN conversation c ON c.id = a.conversation
        WHERE a.tenant = ?1 AND a.party = ?2 AND a.pair > ?3 ORDER BY a.pair LIMIT ?4
        """;

    public const string SelectHidden =
        """
        SELECT c.id, t.tenant, c.head FROM conversation c JOIN tenant_key t ON t.id = c.tenant
        WHERE c.hidden = 1 AND (c.tenant, c.name) > (?1, ?2) ORDER BY c.tenant, c.name
        """;

    public Task<IReadOnlyDictionary<Address, Address>> FindPhones(
        string tenantId, IReadOnlyCollection<Address> lids, CancellationToken cancellationToken) =>
        database.ReadShort<IReadOnlyDictionary<Address, Address>>(
            tenantId,
            (connection, tenant) =>
            {
                var phones = new Dictionary<Address, Address>();
                foreach (var lid in lids)
                {
                    if (ReadPhone(connection, tenant, lid) is { } known)
                    {
                        phones[lid] = Address.Parse(known.Phone);
                    }
                }

                return phones;
            },
            cancellationToken);

    public Task<IReadOnlyList<Address>> FindLids(string tenantId, Address phone, CancellationToken cancellationToken) =>
        database.Read<IReadOnlyList<Address>>(
            tenantId,
            (connection, tenant) =>
            {
                var lids = new List<Address>();
                using var rows = connection.Use(SelectLids).Bind(1, tenant).Bind(2, phone.Canonical.Value);
                while (rows.Step())
                {
                    lids.Add(Address.Parse(rows.Text(0)));
                }

                return lids;
            },
            cancellationToken);

    public async Task<bool> Learn(
        string tenantId, IReadOnlyCollection<LidPair> pairs, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();

        // Nearly every pair is told with every message: what is durable already needs no turn of the writer.
        var news = await database.ReadShort(
            tenantId,
            (connection, tenant) => pairs
                .Where(pair => ReadPhone(connection, tenant, pair.Lid)?.Canonical != pair.Phone.Canonical.Value)
                .ToList(),
            cancellationToken);
        return news.Count > 0
            && await database.Write(
                2 * news.Count, transaction => Learn(transaction, tenantId, news, now.ToUnixTimeMilliseconds()), cancellationToken, began);
    }

    public Task<IReadOnlyDictionary<AddressPair, string>> FindConversations(
        string tenantId, IReadOnlyCollection<AddressPair> pairs, CancellationToken cancellationToken) =>
        database.ReadShort<IReadOnlyDictionary<AddressPair, string>>(
            tenantId,
            (connection, tenant) =>
            {
                var conversations = new Dictionary<AddressPair, string>();
                foreach (var pair in pairs)
                {
                    using var row = connection.Use(SelectConversation)
                        .Bind(1, tenant)
                        .Bind(2, pair.Low)
                        .Bind(3, pair.ToString());
                    if (row.Step())
                    {
                        conversations[pair] = row.Text(0);
                    }
                }

                return conversations;
            },
            cancellationToken);

    public Task<IReadOnlyList<(AddressPair Pair, string ConversationId)>> FindByParty(
        string tenantId, Address party, AddressPair? after, int limit, CancellationToken cancellationToken) =>
        database.Read<IReadOnlyList<(AddressPair, string)>>(
            tenantId,
            (connection, tenant) =>
            {
                var found = new List<(AddressPair, string)>();
                using var rows = connection.Use(SelectByParty)
                    .Bind(1, tenant)
                    .Bind(2, party.Canonical.Value)
                    .Bind(3, after?.ToString() ?? "")
                    .Bind(4, limit);
                while (rows.Step())
                {
                    found.Add((new AddressPair { Low = rows.Text(0), High = rows.Text(1) }, rows.Text(2)));
                }

                return found;
            },
            cancellationToken);

    public Task<IReadOnlyList<(string TenantId, ConversationHead Head)>> FindHidden(
        (string TenantId, string ConversationId)? after, int limit, CancellationToken cancellationToken) =>
        database.Read<IReadOnlyList<(string, ConversationHead)>>(
            connection =>
            {
                using var rows = connection.Use(SelectHidden)
                    .Bind(1, after is { } last ? database.Tenants.Read(connection, last.TenantId) : 0)
                    .Bind(2, after?.ConversationId ?? "");
                return database.Unreadable.ReadAll(
                    RowOf.Conversation,
                    rows,
                    limit,
                    static row => (row.Text(1), StoreJson.Read<ConversationHead>(row.Bytes(2))),
                    static row => row.Text(0));
            },
            cancellationToken);

    private static bool Learn(WriteTransaction transaction, string tenantId, List<LidPair> pairs, long nowMs)
    {
        var left = false;
        var tenant = transaction.Tenant(tenantId);
        foreach (var pair in pairs)
        {
            var known = ReadPhone(transaction.Connection, tenant, pair.Lid);
            var canonical = pair.Phone.Canonical.Value;
            if (known?.Canonical == canonical)
            {
                continue;
            }

            transaction.Connection.Use(PutLid)
                .Bind(1, tenant)
                .Bind(2, pair.Lid.Value)
                .Bind(3, pair.Phone.Value)
                .Bind(4, canonical)
                .Bind(5, nowMs)
                .Run();
            if (known is null && IsParty(transaction.Connection, tenant, pair.Lid))
            {
                EventAppender.Leave(transaction, tenant, EventAppender.Prepare([new SameParty(pair.Lid, pair.Phone)]), nowMs);
                left = true;
            }
        }

        return left;
    }

    private static bool IsParty(Connection connection, long tenant, Address party)
    {
        using var row = connection.Use(SelectIsParty).Bind(1, tenant).Bind(2, party.Canonical.Value);
        return row.Step();
    }

    private static (string Phone, string Canonical)? ReadPhone(Connection connection, long tenant, Address lid)
    {
        using var row = connection.Use(SelectPhone).Bind(1, tenant).Bind(2, lid.Value);
        return row.Step() ? (row.Text(0), row.Text(1)) : null;
    }
}
