namespace Parley.Storage.Sqlite.Schema;

/// <summary>What subscribers need: running numbers over all tenants, endpoints with their deliveries, places of readers.</summary>
internal static class SchemaV3
{
    public const string Sql =
        """
        -- 'running' counts over all tenants. Events that are there get theirs in the order of logging, and each tenant's in that of their
        -- positions, whatever a clock did: from here on 'logged' never decreases.
        ALTER TABLE event ADD COLUMN running INTEGER NOT NULL DEFAULT 0;
        UPDATE event SET running = numbered.running, logged = numbered.logged
        FROM (
            SELECT place, logged, row_number() OVER (ORDER BY logged, place) AS running
            FROM (SELECT place, max(logged) OVER (PARTITION BY place >> 40 ORDER BY place) AS logged FROM event)
        ) AS numbered
        WHERE event.place = numbered.place;
        CREATE UNIQUE INDEX event_running ON event (running);

        -- One row: the last running number, and when it was given.
        CREATE TABLE log_head (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            running INTEGER NOT NULL,
            logged INTEGER NOT NULL
        ) STRICT;
        INSERT INTO log_head (id, running, logged) SELECT 1, coalesce(max(running), 0), coalesce(max(logged), 0) FROM event;
        """;
}
