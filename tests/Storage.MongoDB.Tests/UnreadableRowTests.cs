using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using MongoDB.Bson;
using MongoDB.Driver;
using Parley.Storage.Contract;
using Parley.Storage.MongoDB.Rows;

namespace Parley.Storage.MongoDB.Tests;

public sealed class UnreadableRowTests() : UnreadableRowContract(new MongoFixture())
{
    protected override async Task Damage(DamagedRow row, string words, string text)
    {
        var collections = Store.Services.GetRequiredService<MongoDatabase>().Collections;
        var rows = row switch
        {
            DamagedRow.ParkedChange => collections.Parked,
            DamagedRow.ToDo => collections.Work,
            DamagedRow.Session => collections.Sessions,
            DamagedRow.Send => collections.Sends,
            DamagedRow.Echo => collections.Echoes,
            _ => collections.Conversations,
        };

        // Along the ids: a collection that is read from its start fails the test.
        var result = await rows.UpdateManyAsync(
            new BsonDocument
            {
                { Field.Id, new BsonDocument("$gte", BsonMinKey.Value) },
                { Field.Body, new BsonRegularExpression(Regex.Escape(words)) },
            },
            new BsonDocument("$set", new BsonDocument(Field.Body, text)),
            new UpdateOptions { Hint = "_id_" },
            Token);
        Assert.NotEqual(0, result.ModifiedCount);
    }
}
