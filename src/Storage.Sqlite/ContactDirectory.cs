using System.Diagnostics;
using Parley.Domain.Addresses;
using Parley.Ports;
using Parley.Ports.Rows;
using Parley.Storage.Sqlite.Engine;
using Parley.Storage.Sqlite.Rows;
using Parley.Storage.Sqlite.Writing;

namespace Parley.Storage.Sqlite;

/// <summary>Names and pictures.</summary>
internal sealed class ContactDirectory(SqliteDatabase database) : IDirectory
{
    private const string Select =
        "SELECT name, name_at, picture, picture_at FROM directory WHERE tenant = ?1 AND address = ?2";

    private const string Upsert =
        """
        INSERT INTO directory (tenant, address, name, name_at, picture, picture_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
        ON CONFLICT DO UPDATE SET name = excluded.name, name_at = excluded.name_at,
            picture = excluded.picture, picture_at = excluded.picture_at
        """;

    public async Task Put(
        string tenantId, IReadOnlyCollection<DirectoryEntry> entries, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();

        // Nearly every message tells a name that is known: what changes nothing needs no turn of the writer.
        var news = await database.ReadShort(
            tenantId,
            (connection, tenant) => entries
                .Where(entry => ReadKnown(connection, tenant, entry.Address.Canonical.Value) is var known && known.With(entry) != known)
                .ToList(),
            cancellationToken);
        if (news.Count > 0)
        {
            await database.Write(
                news.Count,
                transaction =>
                {
                    var tenant = transaction.Tenant(tenantId);
                    foreach (var entry in news)
                    {
                        Put(transaction.Connection, tenant, entry);
                    }
                },
                cancellationToken,
                began);
        }
    }

    public Task<IReadOnlyDictionary<Address, DirectoryEntry>> Find(
        string tenantId, IReadOnlyCollection<Address> addresses, CancellationToken cancellationToken) =>
        database.Read<IReadOnlyDictionary<Address, DirectoryEntry>>(
            tenantId,
            (connection, tenant) =>
            {
                var found = new Dictionary<Address, DirectoryEntry>();
                foreach (var address in addresses.Select(address => address.Canonical).Distinct())
                {
                    var known = ReadKnown(connection, tenant, address.Value);
                    if (known.At is { } at)
                    {
                        found[address] = new DirectoryEntry(address, known.Name, known.Picture, at);
                    }
                }

                return found;
            },
            cancellationToken);

    private static void Put(Connection connection, long tenant, DirectoryEntry entry)
    {
        var canonical = entry.Address.Canonical.Value;
        var before = ReadKnown(connection, tenant, canonical);
        var after = before.With(entry);
        if (after == before)
        {
            return;
        }

        connection.Use(Upsert)
            .Bind(1, tenant)
            .Bind(2, canonical)
            .Bind(3, after.Name)
            .Bind(4, after.NameAt is { } nameAt ? TimeText.Of(nameAt) : null)
            .Bind(5, after.Picture)
            .Bind(6, after.PictureAt is { } pictureAt ? TimeText.Of(pictureAt) : null)
            .Run();
        if (after.Name is not null && after.Name != before.Name)
        {
            SearchWords.PutName(connection, tenant, canonical, before.Name, after.Name);
        }
    }

    private static KnownContact ReadKnown(Connection connection, long tenant, string canonical)
    {
        using var row = connection.Use(Select).Bind(1, tenant).Bind(2, canonical);
        return row.Step()
            ? new KnownContact(row.MaybeText(0), TimeText.MaybeRead(row.MaybeText(1)), row.MaybeText(2), TimeText.MaybeRead(row.MaybeText(3)))
            : new KnownContact(null, null, null, null);
    }
}
