using MongoDB.Driver;

namespace Parley.Storage.MongoDB.Clustering;

/// <summary>Where the cluster's membership is kept.</summary>
public sealed class MongoClusteringOptions
{
    /// <summary>A <c>mongodb://</c> address with a database name. Write concern and reads are set here and not taken from it.</summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>One document for each cluster is kept in it.</summary>
    public string Collection { get; set; } = "membership";

    /// <summary>How long a call may take, the search for a primary and the driver's own retry included. Membership asks again by itself.</summary>
    public TimeSpan Deadline { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether an address says which database of the server is meant.</summary>
    /// <exception cref="FormatException">It is no address of a MongoDB.</exception>
    public static bool NamesDatabase(string connectionString)
    {
        try
        {
            return !string.IsNullOrEmpty(MongoUrl.Create(connectionString).DatabaseName);
        }
        catch (MongoConfigurationException e)
        {
            throw new FormatException("No address of a MongoDB.", e);
        }
    }
}
