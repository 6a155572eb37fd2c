using Parley.Domain.Conversations;
using Parley.Ports.Rows;
using Parley.Storage.Sqlite.Engine;

namespace Parley.Storage.Sqlite.Writing;

/// <summary>Keeps the words by which the other side of a conversation is found.</summary>
internal static class SearchWords
{
    private const string InsertContact = "INSERT INTO contact (tenant, address, conversation) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
    private const string InsertWord = "INSERT INTO word (tenant, word, address) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
    private const string DeleteWord = "DELETE FROM word WHERE tenant = ?1 AND word = ?2 AND address = ?3";

    /// <summary>Finds a conversation by the addresses of its other side from now on. Addresses are only ever added to a
    /// conversation, so none is taken away.</summary>
    public static void PutContacts(Connection connection, long tenant, long conversation, ConversationHead head)
    {
        foreach (var address in OtherSide.Addresses(head))
        {
            var canonical = address.Canonical.Value;
            connection.Use(InsertContact).Bind(1, tenant).Bind(2, canonical).Bind(3, conversation).Run();
            foreach (var word in Words.OfAddress(address))
            {
                connection.Use(InsertWord).Bind(1, tenant).Bind(2, word).Bind(3, canonical).Run();
            }
        }
    }

    /// <summary>Finds an address by its new name instead of its old one.</summary>
    public static void PutName(Connection connection, long tenant, string canonical, string? oldName, string newName)
    {
        var before = oldName is null ? [] : Words.OfName(oldName);
        var after = Words.OfName(newName);
        foreach (var word in before.Except(after, StringComparer.Ordinal))
        {
            connection.Use(DeleteWord).Bind(1, tenant).Bind(2, word).Bind(3, canonical).Run();
        }

        foreach (var word in after.Except(before, StringComparer.Ordinal))
        {
            connection.Use(InsertWord).Bind(1, tenant).Bind(2, word).Bind(3, canonical).Run();
        }
    }
}
