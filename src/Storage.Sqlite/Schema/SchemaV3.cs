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

        -- 'owner' is a tenant's id, or empty for the administrator's.
        CREATE TABLE endpoint (
            owner TEXT NOT NULL,
            id TEXT NOT NULL,
            version INTEGER NOT NULL,
            live INTEGER NOT NULL,
            body TEXT NOT NULL,
            PRIMARY KEY (owner, id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX endpoint_live ON endpoint (owner, id) WHERE live = 1;

        -- Status 0 waits.
        CREATE TABLE delivery (
            owner TEXT NOT NULL,
            endpoint TEXT NOT NULL,
            id BLOB NOT NULL,
            status INTEGER NOT NULL,
            created INTEGER NOT NULL,
            body TEXT NOT NULL,
            PRIMARY KEY (owner, endpoint, id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX delivery_status ON delivery (owner, endpoint, status, id);
        CREATE INDEX delivery_created ON delivery (created);

        CREATE TABLE place (
            name TEXT PRIMARY KEY,
            number INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        """;
}
