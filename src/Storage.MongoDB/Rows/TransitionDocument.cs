using MongoDB.Bson;
using Parley.Domain.Sessions;
using Parley.Ports.Rows;

namespace Parley.Storage.MongoDB.Rows;

/// <summary>Rows of what happened to a session: the id is { c: session, n: number }.</summary>
internal static class TransitionDocument
{
    public static BsonDocument Of(string session, SessionTransition transition) => new()
    {
        { Field.Id, MessageId.Of(session, transition.Number) },
        { Field.Body, StoreJson.Text(transition) },
    };
}
