using MongoDB.Bson;

namespace Parley.Storage.MongoDB.Rows;

/// <summary>The rows of media and of large payloads, as the GridFS specification has them: any tool that knows GridFS can read them.</summary>
internal static class MediaDocument
{
    public const string Metadata = "metadata";
    public const string Tenant = Metadata + "." + Field.Tenant;

    /// <summary>Missing until all of the file is there.</summary>
    public const string Sha256 = Metadata + "." + Field.Sha256;

    /// <summary>The database's own time, as a directory of files has its file system's.</summary>
    public const string Updated = Metadata + "." + Field.Updated;

    /// <summary>Of a payload: missing while it is written, then one of the two below.</summary>
    public const string State = Metadata + ".state";
    public const string Owned = "owned";
    public const string Dropped = "dropped";

    public const string FileName = "filename";
    public const string Length = "length";
    public const string ChunkFile = "files_id";
    public const string ChunkNumber = "n";
    public const string ChunkData = "data";

    public const int ChunkSize = 1_048_576;

    public static BsonDocument Named(string tenantId, string sha256) => new() { { Tenant, tenantId }, { Sha256, sha256 } };

    /// <summary>A file that has no name yet.</summary>
    public static BsonDocument Begin(string tenantId, long length = 0) => new()
    {
        {
            "$set",
            new BsonDocument
            {
                { Length, new BsonInt64(length) }, { "chunkSize", ChunkSize }, { FileName, "" }, { Tenant, tenantId },
            }
        },
        { "$currentDate", new BsonDocument { { Updated, true }, { "uploadDate", true } } },
    };

    public static BsonDocument Complete(string tenantId, string sha256, long length) => new()
    {
        {
            "$set",
            new BsonDocument
            {
                { Length, new BsonInt64(length) }, { FileName, TenantKey.Of(tenantId, sha256) }, { Sha256, sha256 },
            }
        },
        { "$currentDate", new BsonDocument(Updated, true) },
    };

    public static BsonDocument Chunk(ObjectId file, int number, byte[] bytes) => new()
    {
        { ChunkFile, file }, { ChunkNumber, number }, { ChunkData, bytes },
    };
}
