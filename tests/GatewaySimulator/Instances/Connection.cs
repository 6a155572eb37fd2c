using System.Text.Json.Nodes;
using Parley.GatewaySimulator.Network;

namespace Parley.GatewaySimulator.Instances;

/// <summary>An instance's socket to WhatsApp.</summary>
public sealed class Connection
{
    // Only these end a session in v2; v1 reconnects after all but 401.
    private static readonly int[] FinalInV2 = [401, 402, 403, 406];

    private readonly Instance _instance;
    private readonly Lock _lock = new();
    private TaskCompletionSource _opened = NewSource();
    private TaskCompletionSource<QrCode> _qrShown = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _lastPost = Task.CompletedTask;
    private int _qrCount;
    private string? _number;
    private volatile bool _loses;

    internal Connection(Instance instance)
    {
        _instance = instance;
        _number = instance.Number;
    }

    /// <summary><c>open</c>, <c>connecting</c> or <c>close</c>, as <c>connectionState</c> says.</summary>
    public string State { get; private set; } = "close";

    /// <summary>As the database has it: differs while a session only reconnects and after the QR limit.</summary>
    public string StoredState { get; private set; } = "close";

    /// <summary>The last code; may be used up.</summary>
    public QrCode? LastQr { get; private set; }

    /// <summary>Said to be open, yet nothing goes in or out.</summary>
    public bool IsZombie { get; private set; }

    /// <summary>Why it ended last; stays after a new pairing.</summary>
    public Disconnection? Disconnection { get; private set; }

    public DateTimeOffset UpdatedAt { get; private set; } = DateTimeOffset.UtcNow;

    /// <summary>Whether it was ever connected in this process: without, calls fail in other ways.</summary>
    internal bool HasSocket { get; private set; }

    /// <summary>Messages go in and out.</summary>
    internal bool IsAlive => State == "open" && !IsZombie;

    /// <summary>Ends when it is open. v1's sends wait for it without limit.</summary>
    internal Task Opened
    {
        get
        {
            lock (_lock)
            {
                return _opened.Task;
            }
        }
    }

    private SimulatedGateway Gateway => _instance.Gateway;

    /// <summary>The owner scans the code (or types the pairing code): the instance is paired and opens.</summary>
    /// <param name="phone">Digits of the phone that scans.</param>
    /// <param name="name">Its profile name.</param>
    public async Task Scan(string phone, string name = "Parley Test")
    {
        _instance.Account = Gateway.WhatsApp.Find(Jid.Phone(phone)) ?? Gateway.WhatsApp.AddPerson(phone, name);
        if (Gateway.Dialect.IsV1)
        {
            _ = PostState("close", 515);
        }

        await Reconnect();
    }

    /// <summary>WhatsApp ends the connection.</summary>
    /// <param name="code">401, 402, 403, 406 end the session in v2 (401 alone in v1); after all others the gateway reconnects by itself.</param>
    public async Task Drop(int code)
    {
        if (IsFinal(code))
        {
            await End(code, code == 401 ? "Stream Errored (conflict)" : "Connection Failure");
            return;
        }

        if (Gateway.Dialect.IsV1)
        {
            _ = PostState("close", code);
        }

        await Reconnect();
    }

    /// <summary>The owner removes the device on the phone.</summary>
    public Task LogOutOnPhone() => Drop(401);

    /// <summary>The connection is lost and the new one gets no answer: it stays <c>connecting</c>, in silence.</summary>
    public async Task Hang()
    {
        if (Gateway.Dialect.IsV1)
        {
            _ = PostState("close", 428);
        }

        SetState("connecting");
        await PostState("connecting", 200);
    }

    /// <summary>WhatsApp cannot be reached: each new connection is lost at once, without end. Only that it tries again is posted, each time.</summary>
    public void LoseEach(TimeSpan every)
    {
        _loses = true;
        _ = Lose(every);
    }

    /// <summary>Ends a <see cref="Hang"/> or <see cref="LoseEach"/>.</summary>
    public Task Recover()
    {
        _loses = false;
        return Open();
    }

    /// <summary>From now on it is said to be open, and nothing goes in or out. A restart cures it.</summary>
    public void BecomeZombie() => IsZombie = true;

    /// <summary>The code was not scanned in time; WhatsApp gives the next.</summary>
    public Task RefreshQr() => ShowQr();

    /// <summary>Nobody scans until the series is over.</summary>
    public async Task ReachQrLimit()
    {
        lock (_lock)
        {
            _qrCount = 0;
            LastQr = null;
        }

        SetState("close");
        StoredState = "connecting";
        await Post("qrcode.updated", new JsonObject { ["message"] = "QR code limit reached, please login again", ["statusCode"] = 500 });
        var data = StateData("refused", 428);
        if (!Gateway.Dialect.IsV1 && _instance.Sender is { } wuid)
        {
            data["wuid"] = wuid;
            data["profileName"] = _instance.Account?.Name;
            data["profilePictureUrl"] = null;
        }

        await Post("connection.update", data);
    }

    /// <summary>Begins to connect, as REST asks for it.</summary>
    /// <param name="number">Asks for a pairing code beside the QR code.</param>
    /// <returns>The first code; null when none came in time or none is needed.</returns>
    internal async Task<QrCode?> Start(string? number, TimeSpan wait)
    {
        _number = number ?? _number;
        if (_instance.Account is not null && State == "close")
        {
            // Paired still: the pairing is used again, without a code.
            await Reconnect();
            return null;
        }

        lock (_lock)
        {
            _qrShown = new TaskCompletionSource<QrCode>(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        SetState("connecting");
        HasSocket = true;
        _ = PostState("connecting", 200);
        _ = Gateway.Work.Run(async () =>
        {
            await Task.Delay(Gateway.Options.QrDelay, Gateway.Stopping);
            await ShowQr();
        });
        await Task.WhenAny(_qrShown.Task, Task.Delay(wait, Gateway.Stopping));
        return _qrShown.Task.IsCompletedSuccessfully ? await _qrShown.Task : null;
    }

    /// <summary>A channel that is not WhatsApp is open from the start, and says nothing of it.</summary>
    internal void OpenUnpaired()
    {
        SetState("open");
        StoredState = "open";
        HasSocket = true;
    }

    /// <summary>A new socket for a paired session.</summary>
    internal async Task Reconnect()
    {
        if (_loses)
        {
            return;
        }

        SetState("connecting");
        HasSocket = true;
        _ = PostState("connecting", 200);
        await Task.Delay(Gateway.Options.ConnectDelay, Gateway.Stopping);
        await Open();
    }

    /// <summary>Unpairs, as REST asks for it.</summary>
    internal Task LogOut() => End(401, $"Log out instance: {_instance.Name}");

    private bool IsFinal(int code) => Gateway.Dialect.IsV1 ? code == 401 : FinalInV2.Contains(code);

    private async Task Open()
    {
        IsZombie = false;
        _instance.Sender = _instance.Account!.PhoneJid;
        _instance.ProfileName = _instance.Account.Name;
        SetState("open");
        StoredState = "open";
        var data = Gateway.Dialect.IsV1 ? StateData("open", 200) : new JsonObject
        {
            ["instance"] = _instance.Name,
            ["wuid"] = _instance.Sender,
            ["profileName"] = _instance.Account.Name,
            ["profilePictureUrl"] = null,
            ["state"] = "open",
            ["statusReason"] = 200,
        };
        await Post("connection.update", data);
        _instance.Phone.DeliverBacklog();
    }

    private async Task End(int code, string message)
    {
        Disconnection = new Disconnection(code, DateTimeOffset.UtcNow, message);
        SetState("close");
        StoredState = "close";
        _instance.Account = null;
        LastQr = null;
        var posts = new List<Task>();
        if (!Gateway.Dialect.IsV1)
        {
            posts.Add(Post("status.instance", new JsonObject
            {
                ["instance"] = _instance.Name,
                ["status"] = "closed",
                ["disconnectionAt"] = Json.Time(Disconnection.At),
                ["disconnectionReasonCode"] = code,
                ["disconnectionObject"] = Disconnection.AsText(),
            }));
            posts.Add(Post("logout.instance", null));
        }

        posts.Add(PostState("close", code));
        await Task.WhenAll(posts);
    }

    private async Task ShowQr()
    {
        QrCode code;
        lock (_lock)
        {
            if (State != "connecting")
            {
                return;
            }

            _qrCount++;
            code = QrCode.Next(_qrCount, _number is not null);
        }

        if (code.Count > Gateway.Options.QrLimit)
        {
            await ReachQrLimit();
            return;
        }

        LastQr = code;
        var posted = Post("qrcode.updated", new JsonObject
        {
            ["qrcode"] = new JsonObject
            {
                ["instance"] = _instance.Name,
                ["pairingCode"] = code.PairingCode,
                ["code"] = code.Code,
                ["base64"] = QrCode.Picture,
            },
        });
        _qrShown.TrySetResult(code);
        await posted;
    }

    /// <summary>Not counted as work that ends.</summary>
    private async Task Lose(TimeSpan every)
    {
        while (_loses && !Gateway.Stopping.IsCancellationRequested)
        {
            SetState("connecting");
            _ = PostState("connecting", 200);
            await Task.Delay(every / 4, CancellationToken.None);
            if (_loses)
            {
                SetState("close");
                await Task.Delay(every * 3 / 4, CancellationToken.None);
            }
        }
    }

    private void SetState(string state)
    {
        lock (_lock)
        {
            State = state;
            UpdatedAt = DateTimeOffset.UtcNow;
            if (state == "open")
            {
                _opened.TrySetResult();
            }
            else if (_opened.Task.IsCompleted)
            {
                _opened = NewSource();
            }
        }
    }

    // States are milliseconds apart; in life it is tenths of a second, so that they mostly arrive in order.
    private Task Post(string eventName, JsonNode? data)
    {
        lock (_lock)
        {
            _lastPost = _instance.Post(eventName, data, _lastPost);
            return _lastPost;
        }
    }

    private Task PostState(string state, int reason) => Post("connection.update", StateData(state, reason));

    private JsonObject StateData(string state, int reason) => new()
    {
        ["instance"] = _instance.Name,
        ["state"] = state,
        ["statusReason"] = reason,
    };

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
