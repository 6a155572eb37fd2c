using Parley.Storage.Sqlite.Engine;

namespace Parley.Storage.Sqlite.Writing;

/// <summary>What the jobs of one transaction share: the connection, the tenants' numbers and counts.</summary>
/// <remarks>Used by the writer's thread only. What it knows of rows that were rolled back is forgotten with them.</remarks>
internal sealed class WriteTransaction(TenantKeys tenants, TimeProvider time)
{
    private readonly Dictionary<string, long> _newTenants = new(StringComparer.Ordinal);
    private readonly Dictionary<long, TenantCounts> _counts = [];
    private readonly Dictionary<(long Tenant, string Session), int> _parked = [];
    private Dictionary<long, TenantCounts>? _saved;
    private LogHead? _log;
    private LogHead? _savedLog;
    private Connection? _connection;

    public Connection Connection => _connection ?? throw new InvalidOperationException("No transaction is open.");

    /// <summary>The time of the transaction, Unix milliseconds.</summary>
    public long NowMs { get; private set; }

    public void Begin(Connection connection)
    {
        _connection = connection;
        NowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        connection.Use("BEGIN IMMEDIATE").Run();
    }

    /// <summary>The number of a tenant; it gets one when it has none.</summary>
    public long Tenant(string tenantId)
    {
        if (tenants.TryGet(tenantId, out var id) || _newTenants.TryGetValue(tenantId, out id))
        {
            return id;
        }

        using (var known = Connection.Use("SELECT id FROM tenant_key WHERE tenant = ?1").Bind(1, tenantId))
        {
            if (known.Step())
            {
                id = known.Int64(0);
            }
        }

        if (id == 0)
        {
            using var added = Connection.Use("INSERT INTO tenant_key (tenant) VALUES (?1) RETURNING id").Bind(1, tenantId);
            added.Step();
            id = added.Int64(0);
        }

        _newTenants.Add(tenantId, id);
        return id;
    }

    public TenantCounts Counts(long tenant)
    {
        if (!_counts.TryGetValue(tenant, out var counts))
        {
            using var row = Connection
                .Use("SELECT position, conversations, messages, sessions FROM tenant_key WHERE id = ?1")
                .Bind(1, tenant);
            row.Step();
            counts = new TenantCounts
            {
                Position = row.Int64(0),
                Conversations = row.Int64(1),
                Messages = row.Int64(2),
                Sessions = row.Int64(3),
            };
            _counts.Add(tenant, counts);
        }

        return counts;
    }

    /// <summary>The end of the log; whoever asks for it appends to it.</summary>
    public LogHead Log()
    {
        if (_log is null)
        {
            using var row = Connection.Use("SELECT running, logged FROM log_head WHERE id = 1");
            row.Step();
            _log = new LogHead { Running = row.Int64(0), LoggedMs = Math.Max(row.Int64(1), NowMs) };
        }

        return _log;
    }

    /// <summary>How many changes are parked for a session: counted once, then kept, since only the writer changes it.</summary>
    public int Parked(long tenant, string session)
    {
        if (!_parked.TryGetValue((tenant, session), out var count))
        {
            using var row = Connection
                .Use("SELECT count(*) FROM parked WHERE tenant = ?1 AND session = ?2")
                .Bind(1, tenant)
                .Bind(2, session);
            row.Step();
            count = row.Int32(0);
            _parked.Add((tenant, session), count);
        }

        return count;
    }

    public void AddParked(long tenant, string session, int change) =>
        _parked[(tenant, session)] = Parked(tenant, session) + change;

    /// <summary>One less is parked. Its row is gone already: where it was not counted before, whoever counts does not meet it.</summary>
    public void Unparked(long tenant, string session)
    {
        if (_parked.TryGetValue((tenant, session), out var count))
        {
            _parked[(tenant, session)] = count - 1;
        }
    }

    /// <summary>Nothing is known any more of how many are parked.</summary>
    public void ForgetParked() => _parked.Clear();

    /// <summary>Begins a part that can be undone alone.</summary>
    public void BeginPart()
    {
        Connection.Use("SAVEPOINT part").Run();
        _saved = _counts.ToDictionary(pair => pair.Key, pair => pair.Value.Copy());
        _savedLog = _log?.Copy();
    }

    public void EndPart() => Connection.Use("RELEASE part").Run();

    public void UndoPart()
    {
        Connection.Use("ROLLBACK TO part").Run();
        Connection.Use("RELEASE part").Run();
        _counts.Clear();
        foreach (var (tenant, counts) in _saved!)
        {
            _counts.Add(tenant, counts);
        }

        _log = _savedLog;
        _newTenants.Clear();
        _parked.Clear();
    }

    /// <summary>Writes the counts down: once for each tenant of the transaction.</summary>
    public void SaveCounts()
    {
        foreach (var (tenant, counts) in _counts)
        {
            Connection
                .Use("UPDATE tenant_key SET position = ?2, conversations = ?3, messages = ?4, sessions = ?5 WHERE id = ?1")
                .Bind(1, tenant)
                .Bind(2, counts.Position)
                .Bind(3, counts.Conversations)
                .Bind(4, counts.Messages)
                .Bind(5, counts.Sessions)
                .Run();
        }

        if (_log is not null)
        {
            Connection.Use("UPDATE log_head SET running = ?1, logged = ?2 WHERE id = 1").Bind(1, _log.Running).Bind(2, _log.LoggedMs).Run();
        }
    }

    /// <summary>It is durable.</summary>
    /// <returns>Whether events were logged.</returns>
    public bool Done()
    {
        var logged = _log is not null;
        foreach (var (name, id) in _newTenants)
        {
            tenants.Add(name, id);
        }

        _newTenants.Clear();
        _counts.Clear();
        _log = null;
        _connection = null;
        return logged;
    }

    /// <summary>It did not happen, or nobody knows.</summary>
    public void Forget()
    {
        _newTenants.Clear();
        _counts.Clear();
        _log = null;
        _parked.Clear();
        _connection = null;
    }
}
