using System.Text;
using MongoDB.Bson;
using MongoDB.Driver;
using Parley.Domain.Conversations;
using Parley.Domain.Sessions;
using Parley.Ports.Rows;

namespace Parley.Storage.MongoDB.Rows;

/// <summary>Rows of conversations and sessions, each written only where its version is the expected one.</summary>
internal static class HeadDocument
{
    public static UpdateOneModel<BsonDocument> Of(string tenantId, ConversationHead head, long token)
    {
        var columns = new ConversationColumns(head);
        var addresses = OtherSide.Addresses(head).ToList();
        var set = New(tenantId, head.ConversationId, head.Version, token);
        set.Add(Field.Kind, (int)head.Kind);
        set.Add(Field.Sessions, columns.Sessions);
        set.Add(Field.Addresses, new BsonArray(addresses.Select(static address => address.Canonical.Value).Distinct(StringComparer.Ordinal)));
        set.Add(Field.Words, new BsonArray(addresses.SelectMany(Words.OfAddress).Distinct(StringComparer.Ordinal)));
        set.Add(Field.Body, Encoding.UTF8.GetString(columns.Head));
        var unset = new BsonDocument();
        Put(set, unset, Field.Active, columns.ActiveMs is { } active ? new BsonInt64(active) : null);
        Put(set, unset, Field.Unread, columns.Unread ? BsonBoolean.True : null);
        Put(set, unset, Field.Hidden, columns.Hidden ? BsonBoolean.True : null);
        var update = new BsonDocument
        {
            { "$set", set },

            // The mark may be above the head's own, while the conversation is being taken over by one that was deleted.
            { "$max", new BsonDocument(Field.Deleted, new BsonInt64(head.DeletedUpTo)) },
        };
        if (unset.ElementCount > 0)
        {
            update.Add("$unset", unset);
        }

        return Update(tenantId, head.ConversationId, head.Version, update);
    }

    public static UpdateOneModel<BsonDocument> Of(string tenantId, Session session, long token)
    {
        var set = New(tenantId, session.SessionId, session.Version, token);
        set.Add(Field.Instance, session.InstanceName);
        set.Add(Field.Status, (int)session.Status);
        set.Add(Field.Attention, session.NeedsAttention is not null);
        set.Add(Field.Created, Values.Ticks(session.CreatedAt));
        set.Add(Field.Body, StoreJson.Text(session));
        return Update(tenantId, session.SessionId, session.Version, new BsonDocument("$set", set));
    }

    /// <summary>Raises the mark of a conversation that another one takes over.</summary>
    public static UpdateOneModel<BsonDocument> RaiseMark(string tenantId, string conversationId, long deletedUpTo) => new(
        new BsonDocument(Field.Id, TenantKey.Of(tenantId, conversationId)),
        new BsonDocument("$max", new BsonDocument(Field.Deleted, new BsonInt64(deletedUpTo))));

    private static BsonDocument New(string tenantId, string name, long version, long token) => new()
    {
        { Field.Tenant, tenantId },
        { Field.Name, name },
        { Field.Version, new BsonInt64(version) },
        { Field.Token, new BsonInt64(token) },
    };

    private static void Put(BsonDocument set, BsonDocument unset, string field, BsonValue? value)
    {
        if (value is not null)
        {
            set.Add(field, value);
        }
        else
        {
            unset.Add(field, "");
        }
    }

    private static UpdateOneModel<BsonDocument> Update(string tenantId, string name, long version, BsonDocument update)
    {
        // One that is there already makes the insert collide with its id.
        var isNew = version == 1;
        return new UpdateOneModel<BsonDocument>(
            new BsonDocument
            {
                { Field.Id, TenantKey.Of(tenantId, name) },
                { Field.Version, isNew ? new BsonDocument("$exists", false) : new BsonInt64(version - 1) },
            },
            update)
        { IsUpsert = isNew };
    }
}
