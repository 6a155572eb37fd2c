using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using MongoDB.Bson;
using MongoDB.Driver;
using Parley.Storage.MongoDB.Rows;

namespace Parley.Storage.MongoDB;

/// <summary>The key ring of data protection, shared by all nodes.</summary>
internal sealed class KeyRepository(MongoDatabase database) : IXmlRepository
{
    public IReadOnlyCollection<XElement> GetAllElements() =>
        [.. database.Collections.Keys.Find(new BsonDocument()).ToList().Select(static row => XElement.Parse(row.Text(Field.Body)))];

    public void StoreElement(XElement element, string friendlyName)
    {
        ArgumentNullException.ThrowIfNull(element);
        database.Collections.Keys.InsertOne(new BsonDocument
        {
            { Field.Id, ObjectId.GenerateNewId() },
            { Field.Name, Values.Of(friendlyName) },
            { Field.Body, element.ToString(SaveOptions.DisableFormatting) },
        });
    }
}

/// <summary>Keeps the keys of data protection in the store.</summary>
public static class MongoDataProtection
{
    /// <summary>Keeps the key ring in MongoDB, where every node finds it; after <see cref="MongoStorageServices.AddMongoStorage"/>.</summary>
    public static IDataProtectionBuilder PersistKeysToMongo(this IDataProtectionBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(static provider => new ConfigureOptions<KeyManagementOptions>(
            options => options.XmlRepository = new KeyRepository(provider.GetRequiredService<MongoDatabase>())));
        return builder;
    }
}
