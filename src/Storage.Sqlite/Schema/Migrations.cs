using Parley.Ports;
using Parley.Storage.Sqlite.Engine;

namespace Parley.Storage.Sqlite.Schema;

/// <summary>Brings a file to the schema of this program, one numbered step after the other, each in a transaction.</summary>
internal static class Migrations
{
    /// <summary>Step n brings a file from version n-1 to n. A step that was released never changes.</summary>
    public static IReadOnlyList<string> Steps { get; } = [SchemaV1.Sql, SchemaV2.Sql, SchemaV3.Sql];

    /// <exception cref="StorageStartException">The file was written by a newer program.</exception>
    public static void Apply(Connection connection, IReadOnlyList<string> steps)
    {
        var version = (int)connection.Scalar("PRAGMA user_version");
        if (version > steps.Count)
        {
            throw new StorageStartException(
                $"The database has schema version {version}, but this program knows versions up to {steps.Count} only. "
                + "Start the newer program that wrote it, or restore a backup made before the upgrade.");
        }

        for (var next = version + 1; next <= steps.Count; next++)
        {
            connection.Execute("BEGIN IMMEDIATE");
            try
            {
                connection.Execute(steps[next - 1]);
                connection.SetVersion(next);
                connection.Execute("COMMIT");
            }
            catch
            {
                if (!connection.IsIdle)
                {
                    connection.Execute("ROLLBACK");
                }

                throw;
            }
        }
    }
}
