using Parley.Domain.Messages;

namespace Parley.Storage.Contract;

/// <summary>Changes to park.</summary>
public static class Changes
{
    public static MessageChange Deletion(string target, DateTimeOffset at) =>
        new DeletionChange { TargetId = target, Stamp = new ChangeStamp(null, null, "gw"), At = at };

    public static MessageChange Edit(string target, string text, DateTimeOffset at) =>
        new EditChange { TargetId = target, Stamp = new ChangeStamp(5, 6, "gw"), At = at, Text = text };

    public static MessageChange Vote(string target, DateTimeOffset at) =>
        new VoteChange { TargetId = target, Stamp = new ChangeStamp(5, null, "gw"), At = at, Options = ["a", "b"] };
}
