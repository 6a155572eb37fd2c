namespace Parley.Storage.Sqlite.Schema;

/// <summary>The first schema.</summary>
/// <remarks>Numbers in columns beside a JSON text are there to find and filter rows; the text is the truth, so that a later
/// step can make any of them anew.</remarks>
internal static class SchemaV1
{
    public const string Sql =
        """
        -- A tenant by number, with all that is counted for it. 'position' is the last one of its event log.
        CREATE TABLE tenant_key (
            id INTEGER PRIMARY KEY,
            tenant TEXT NOT NULL UNIQUE,
            position INTEGER NOT NULL DEFAULT 0,
            conversations INTEGER NOT NULL DEFAULT 0,
            messages INTEGER NOT NULL DEFAULT 0,
            sessions INTEGER NOT NULL DEFAULT 0
        ) STRICT;

        CREATE TABLE tenant (
            tenant TEXT PRIMARY KEY,
            name TEXT NOT NULL,
            created TEXT NOT NULL,
            deleted INTEGER
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE credential (
            tenant TEXT NOT NULL,
            kind INTEGER NOT NULL,
            id TEXT NOT NULL,
            sha256 BLOB NOT NULL,
            hint TEXT NOT NULL,
            created TEXT NOT NULL,
            PRIMARY KEY (tenant, kind, id)
        ) STRICT, WITHOUT ROWID;
        CREATE UNIQUE INDEX credential_secret ON credential (kind, sha256);

        -- 'active' is null where lists do not show the conversation. 'deleted' is the mark that readers go by: it may be
        -- above the head's own while the conversation is being taken over by one that was deleted.
        CREATE TABLE conversation (
            id INTEGER PRIMARY KEY,
            tenant INTEGER NOT NULL,
            name TEXT NOT NULL,
            version INTEGER NOT NULL,
            deleted INTEGER NOT NULL,
            active INTEGER,
            unread INTEGER NOT NULL,
            hidden INTEGER NOT NULL,
            kind INTEGER NOT NULL,
            sessions TEXT NOT NULL,
            parties TEXT NOT NULL,
            head TEXT NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX conversation_name ON conversation (tenant, name);
        CREATE INDEX conversation_active ON conversation (tenant, active, name) WHERE active IS NOT NULL;
        CREATE INDEX conversation_unread ON conversation (tenant, active, name) WHERE unread = 1;
        CREATE INDEX conversation_hidden ON conversation (tenant, name) WHERE hidden = 1;

        -- Two rows for each pair of addresses that leads to a conversation, one under each of its parties.
        CREATE TABLE alias (
            tenant INTEGER NOT NULL,
            party TEXT NOT NULL,
            pair TEXT NOT NULL,
            low TEXT NOT NULL,
            high TEXT NOT NULL,
            conversation INTEGER NOT NULL,
            PRIMARY KEY (tenant, party, pair)
        ) STRICT, WITHOUT ROWID;

        -- 'place' is conversation * 2^32 + sequence. A tombstone has a tenant, an id and a key, and null everywhere else.
        CREATE TABLE message (
            place INTEGER PRIMARY KEY,
            tenant INTEGER NOT NULL,
            id BLOB NOT NULL,
            key BLOB NOT NULL,
            conversation INTEGER NOT NULL,
            direction INTEGER,
            type INTEGER,
            status INTEGER,
            session TEXT,
            timestamp INTEGER,
            updated INTEGER,
            unread INTEGER,
            media BLOB,
            body TEXT
        ) STRICT;
        CREATE UNIQUE INDEX message_id ON message (tenant, id);
        CREATE UNIQUE INDEX message_key ON message (key, conversation);
        CREATE INDEX message_conversation_time ON message (conversation, timestamp) WHERE body IS NOT NULL;
        CREATE INDEX message_time ON message (tenant, timestamp, id) WHERE body IS NOT NULL;
        CREATE INDEX message_updated ON message (tenant, updated, id) WHERE body IS NOT NULL;
        CREATE INDEX message_media ON message (tenant, media) WHERE media IS NOT NULL;

        -- 'place' is tenant * 2^40 + position. 'logged' is when the position was given.
        CREATE TABLE event (
            place INTEGER PRIMARY KEY,
            logged INTEGER NOT NULL,
            subject TEXT NOT NULL,
            facts TEXT NOT NULL
        ) STRICT;

        CREATE TABLE work (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            tenant INTEGER NOT NULL,
            key TEXT NOT NULL,
            due INTEGER NOT NULL,
            item TEXT NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX work_key ON work (tenant, key);
        CREATE INDEX work_due ON work (tenant, due);

        CREATE TABLE parked (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            tenant INTEGER NOT NULL,
            session TEXT NOT NULL,
            target TEXT NOT NULL,
            hash BLOB NOT NULL,
            parked INTEGER NOT NULL,
            change TEXT NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX parked_hash ON parked (tenant, hash);
        CREATE INDEX parked_target ON parked (tenant, target);
        CREATE INDEX parked_session ON parked (tenant, session);
        CREATE INDEX parked_time ON parked (parked);

        CREATE TABLE lid (
            tenant INTEGER NOT NULL,
            lid TEXT NOT NULL,
            phone TEXT NOT NULL,
            canonical TEXT NOT NULL,
            learned INTEGER NOT NULL,
            PRIMARY KEY (tenant, lid)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX lid_phone ON lid (tenant, canonical);

        CREATE TABLE session (
            id INTEGER PRIMARY KEY,
            tenant TEXT NOT NULL,
            name TEXT NOT NULL,
            version INTEGER NOT NULL,
            instance TEXT NOT NULL,
            status INTEGER NOT NULL,
            attention INTEGER NOT NULL,
            body TEXT NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX session_name ON session (tenant, name);
        CREATE INDEX session_instance ON session (tenant, instance);

        -- What changes all the time and decides nothing.
        CREATE TABLE session_seen (
            tenant TEXT NOT NULL,
            name TEXT NOT NULL,
            received TEXT,
            received_ms INTEGER,
            qr TEXT,
            PRIMARY KEY (tenant, name)
        ) STRICT, WITHOUT ROWID;

        -- 'place' is session * 2^32 + number.
        CREATE TABLE transition (
            place INTEGER PRIMARY KEY,
            body TEXT NOT NULL
        ) STRICT;

        CREATE TABLE quarantine (
            tenant TEXT NOT NULL,
            id BLOB NOT NULL,
            code TEXT NOT NULL,
            detail TEXT NOT NULL,
            instance TEXT,
            event TEXT,
            received INTEGER NOT NULL,
            received_at TEXT NOT NULL,
            size INTEGER NOT NULL,
            hash BLOB NOT NULL,
            payload BLOB NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX quarantine_id ON quarantine (tenant, id);
        CREATE INDEX quarantine_code ON quarantine (tenant, code, id);
        CREATE UNIQUE INDEX quarantine_hash ON quarantine (tenant, hash);
        CREATE INDEX quarantine_received ON quarantine (received);

        CREATE TABLE directory (
            tenant INTEGER NOT NULL,
            address TEXT NOT NULL,
            name TEXT,
            name_at TEXT,
            picture TEXT,
            picture_at TEXT,
            PRIMARY KEY (tenant, address)
        ) STRICT, WITHOUT ROWID;

        -- Which conversations have this address on the other side.
        CREATE TABLE contact (
            tenant INTEGER NOT NULL,
            address TEXT NOT NULL,
            conversation INTEGER NOT NULL,
            PRIMARY KEY (tenant, address, conversation)
        ) STRICT, WITHOUT ROWID;

        -- What a person or group is found by: words of the name, digits of the number forwards and backwards.
        CREATE TABLE word (
            tenant INTEGER NOT NULL,
            word TEXT NOT NULL,
            address TEXT NOT NULL,
            PRIMARY KEY (tenant, word, address)
        ) STRICT, WITHOUT ROWID;
        """;
}
