namespace Parley.Storage.Sqlite.Schema;

/// <summary>What sending needs: the queues, parked echoes, idempotency keys, uploads, gateways, tokens of sessions.</summary>
internal static class SchemaV2
{
    public const string Sql =
        """
        -- 'session' is null for what is any session's. 7 = every scope.
        ALTER TABLE credential ADD COLUMN session TEXT;
        ALTER TABLE credential ADD COLUMN header BLOB;
        ALTER TABLE credential ADD COLUMN scopes INTEGER NOT NULL DEFAULT 7;

        -- The living before the destroyed (the last status), then the latest.
        CREATE INDEX session_owner ON session (instance, status, id DESC);

        -- Times are .NET ticks of UTC from here on: exact, and comparable with what was read. State 1 is leaving.
        CREATE TABLE send (
            tenant INTEGER NOT NULL,
            id BLOB NOT NULL,
            session TEXT NOT NULL,
            line TEXT NOT NULL,
            state INTEGER NOT NULL,
            since INTEGER NOT NULL,
            body TEXT NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX send_id ON send (tenant, id);
        CREATE INDEX send_session ON send (tenant, session, id);
        CREATE INDEX send_line ON send (tenant, line, id) WHERE state = 1;
        CREATE INDEX send_leaving ON send (since) WHERE state = 1;

        CREATE TABLE echo (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            tenant INTEGER NOT NULL,
            line TEXT NOT NULL,
            hash BLOB NOT NULL,
            parked INTEGER NOT NULL,
            echo TEXT NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX echo_hash ON echo (tenant, hash);
        CREATE INDEX echo_line ON echo (tenant, line);
        CREATE INDEX echo_parked ON echo (parked, tenant, line);

        CREATE TABLE idempotency (
            tenant INTEGER NOT NULL,
            route TEXT NOT NULL,
            key TEXT NOT NULL,
            fingerprint BLOB NOT NULL,
            conversation TEXT NOT NULL,
            message BLOB NOT NULL,
            begun INTEGER NOT NULL,
            tried INTEGER NOT NULL,
            PRIMARY KEY (tenant, route, key)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX idempotency_begun ON idempotency (begun);

        CREATE TABLE upload (
            tenant INTEGER NOT NULL,
            id TEXT NOT NULL,
            expires INTEGER NOT NULL,
            body TEXT NOT NULL,
            PRIMARY KEY (tenant, id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX upload_expires ON upload (expires);

        CREATE TABLE gateway (
            id TEXT PRIMARY KEY,
            version INTEGER NOT NULL,
            token BLOB NOT NULL,
            body TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE UNIQUE INDEX gateway_token ON gateway (token);
        """;
}
