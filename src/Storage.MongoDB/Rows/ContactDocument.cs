using MongoDB.Bson;
using Parley.Ports.Rows;

namespace Parley.Storage.MongoDB.Rows;

/// <summary>Rows of names and pictures.</summary>
internal static class ContactDocument
{
    public static BsonDocument Id(string tenantId, string canonical) => new() { { Field.IdTenant, tenantId }, { Field.Address, canonical } };

    public static string Address(BsonDocument row) => row[Field.Id].AsBsonDocument[Field.Address].AsString;

    public static BsonDocument Of(BsonDocument id, KnownContact contact) => new()
    {
        { Field.Id, id },
        { Field.Tenant, id[Field.IdTenant] },
        { Field.Name, Values.Of(contact.Name) },
        { Field.NameAt, Values.MaybeTicks(contact.NameAt) },
        { Field.Picture, Values.Of(contact.Picture) },
        { Field.PictureAt, Values.MaybeTicks(contact.PictureAt) },
        { Field.Words, new BsonArray(contact.Name is null ? [] : Words.OfName(contact.Name)) },
    };

    public static KnownContact Read(BsonDocument row) => new(
        row.MaybeText(Field.Name), row.MaybeTime(Field.NameAt), row.MaybeText(Field.Picture), row.MaybeTime(Field.PictureAt));
}
