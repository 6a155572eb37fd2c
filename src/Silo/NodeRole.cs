namespace Parley.Silo;

/// <summary>What this process does in its cluster.</summary>
internal enum NodeRole
{
    /// <summary>Owns grains and serves the API.</summary>
    Both,

    /// <summary>Owns grains; over HTTP it tells its health and metrics alone.</summary>
    Silo,

    /// <summary>Serves the API and calls the grains of the others: no member, but a client of the cluster.</summary>
    Api,
}
