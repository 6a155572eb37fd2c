using MongoDB.Driver;

namespace Parley.Storage.MongoDB.Writing;

/// <summary>What every transaction promises: one snapshot, and a majority's journal before the answer.</summary>
internal static class TransactionSettings
{
    public static TransactionOptions Of(MongoOptions options) => new(
        ReadConcern.Snapshot, ReadPreference.Primary, WriteConcern.WMajority.With(journal: true), maxCommitTime: options.Deadline);
}
