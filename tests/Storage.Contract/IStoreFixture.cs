namespace Parley.Storage.Contract;

/// <summary>Makes the stores that the suite runs against.</summary>
public interface IStoreFixture
{
    /// <summary>A fresh, empty store that nobody else uses.</summary>
    /// <param name="time">The clock of the store.</param>
    Task<TestStore> Open(TimeProvider time);
}
