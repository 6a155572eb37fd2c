using System.Collections.Concurrent;
using MongoDB.Bson;

namespace Parley.Storage.MongoDB.Tests;

/// <summary>Hears every command that a store sends, and notes each that promises less than the store does: writes are on a majority's journals
/// before their answer, reads are of what a majority has.</summary>
internal sealed class ConcernWatch
{
    private static readonly HashSet<string> Writes =
    [
        "insert", "update", "delete", "findAndModify", "create", "createIndexes", "dropIndexes", "commitTransaction",
    ];

    private static readonly HashSet<string> Reads = ["find", "aggregate", "count", "distinct"];

    /// <summary>Of connections and sessions, what keeps nothing, and the rest of a cursor whose first command is judged.</summary>
    private static readonly HashSet<string> Neither =
    [
        "hello", "isMaster", "ismaster", "ping", "saslStart", "saslContinue", "endSessions", "killSessions", "killCursors", "getMore",
        "listCollections", "abortTransaction",
    ];

    private readonly ConcurrentQueue<string> _broken = new();
    private int _judged;

    /// <summary>What was less than promised.</summary>
    public IReadOnlyCollection<string> Broken => _broken;

    /// <summary>How many commands were judged.</summary>
    public int Judged => _judged;

    public void Hear(BsonDocument command)
    {
        var name = command.GetElement(0).Name;
        if (Neither.Contains(name))
        {
            return;
        }

        Interlocked.Increment(ref _judged);
        if (!IsKept(name, command))
        {
            _broken.Enqueue(command.ToString());
        }
    }

    private static bool IsKept(string name, BsonDocument command)
    {
        if (command.Contains("autocommit") && name != "commitTransaction")
        {
            // Its first command says for all of them what they read, its commit how they are written.
            return !command.Contains("startTransaction") || LevelOf(command) == "snapshot";
        }

        return Writes.Contains(name) ? IsJournaled(command)
            : Reads.Contains(name) && (LevelOf(command) is "majority" or "snapshot" || IsOfOperations(command) || IsOfMediaChunks(command));
    }

    /// <summary>What runs on the server at this moment is no data.</summary>
    private static bool IsOfOperations(BsonDocument command) =>
        command.TryGetValue("pipeline", out var pipeline) && pipeline.AsBsonArray.Any(static stage => stage.AsBsonDocument.Contains("$currentOp"));

    /// <summary>The driver's stream of a GridFS file asks for its chunks without a level. They never change, and a majority had all of them before the
    /// file's row got its name, by which it was found as a majority has it.</summary>
    private static bool IsOfMediaChunks(BsonDocument command) => command.GetValue("find", "") == "media.chunks" && LevelOf(command) is null;

    private static bool IsJournaled(BsonDocument command) =>
        command.TryGetValue("writeConcern", out var concern) && concern["w"] == "majority" && concern.AsBsonDocument.GetValue("j", false).ToBoolean();

    private static string? LevelOf(BsonDocument command) =>
        command.TryGetValue("readConcern", out var concern) ? concern.AsBsonDocument.GetValue("level", BsonNull.Value).ToString() : null;
}
