using Microsoft.Extensions.DependencyInjection;
using MongoDB.Bson;
using Parley.Domain.Messages;
using Parley.Storage.Contract;
using Parley.Storage.MongoDB.Rows;

namespace Parley.Storage.MongoDB.Tests;

public sealed class DamagedMessageTests() : DamagedMessageContract(new MongoFixture())
{
    protected override async Task Damage(Message message, string body)
    {
        var messages = Store.Services.GetRequiredService<MongoDatabase>().Collections.Messages;
        var result = await messages.UpdateOneAsync(
            new BsonDocument { { Field.Tenant, Tenant }, { Field.MessageId, Values.Of(message.Id) } },
            new BsonDocument("$set", new BsonDocument(Field.Body, body)),
            cancellationToken: Token);
        Assert.Equal(1, result.ModifiedCount);
    }
}
