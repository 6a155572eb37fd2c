namespace Parley.Cluster.Tests;

internal static class Asking
{
    /// <returns>Null when nobody listens.</returns>
    public static async Task<int?> StatusOf(this ParleyClient client, string path)
    {
        try
        {
            return (await client.Get(path)).Status;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }
}
