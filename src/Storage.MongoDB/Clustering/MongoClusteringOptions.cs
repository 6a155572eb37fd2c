using MongoDB.Driver;

namespace Parley.Storage.MongoDB.Clustering;

/// <summary>Where the cluster's membership is kept.</summary>
public sealed class MongoClusteringOptions
{
    /// <summary>A <c>mongodb://</c> address ; its database is used, the store's default where it names none. Write concern and reads are set here and not taken from it.</summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>One document for each cluster is kept in it.</summary>
    public string Collection { get; set; } = "membership";

    /// <summary>How long a call may take, the search for a primary and the driver's own retry included. Membership asks again by itself.</summary>
    public TimeSpan Deadline { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether a text is an address of a MongoDB at all.</summary>
    public static bool IsAddress(string connectionString)
    {
        try
        {
            return MongoUrl.Create(connectionString) is not null;
        }
        catch (MongoConfigurationException)
        {
            return false;
        }
    }
}
