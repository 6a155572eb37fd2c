namespace Parley.Silo;

/// <summary>Refuses numbers and times that nothing can work with, before anything does.</summary>
internal static class SettingsBounds
{
    /// <summary>Timers wait no longer than this.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(24);

    private static readonly string[] FromOne =
    [
        "MaxConcurrentRequests", "MaxRequestBytes", "Events:MaxStreams",
        "Intake:MostBodyBytes", "Intake:MostText", "Intake:MostParked",
        "Sqlite:RowsPerFlush", "Sqlite:Readers", "MongoDB:Flushers", "MongoDB:RowsPerFlush",
    ];

    private static readonly string[] FromZero =
        ["MaxWaitingRequests", "Quota:RequestsPerMinute", "Intake:MostWaitingEdits", "Sqlite:QueueLimit", "MongoDB:QueueLimit"];

    private static readonly string[] Waits =
    [
        "Events:Heartbeat", "Events:TicketLife", "Events:WriteTimeout",
        "Intake:EditedPatience",
        "Sqlite:Deadline", "Sqlite:BusyTimeout", "MongoDB:Deadline",
        "Keeper:ShortestLook", "Keeper:LongestLook", "Keeper:FirstPause",
        "Sends:LeavesWithin",
    ];

    private static readonly string[] WaitsFromZero = ["ShutdownDelay", "Intake:Patience", "Intake:WaitsForWork", "Keeper:FirstLook", "Sends:Grace"];

    private static readonly string[] Ages =
    [
        "Keeper:Patience", "Keeper:StuckAfter", "Keeper:SilentFor",
        "Sweep:Every", "Sweep:KeepParked", "Sweep:KeepQuarantined", "Sweep:KeepEvents", "Sweep:KeepDeliveries", "Sweep:KeepKeys", "Sweep:KeepUnnamedMedia",
    ];

    private static readonly string[] AgesFromZero = ["Intake:MissingAfter", "Intake:TrustsPairs", "Intake:TrustsSessions"];

    /// <param name="section">The section <c>Parley</c>. What it does not name has its default, which is usable.</param>
    /// <exception cref="SettingsException">A value is out of its bounds; the message names it.</exception>
    public static void Check(IConfigurationSection section)
    {
        Check<long>(section, FromOne, static n => n > 0, "must be 1 or more");
        Check<long>(section, FromZero, static n => n >= 0, "must be 0 or more");
        Check<int>(section, ["MetricsPort"], static port => port is > 0 and < 65536, "is no port");
        Check<TimeSpan>(section, Waits, static wait => wait > TimeSpan.Zero && wait <= LongestWait, "must be longer than zero and 24 days at most");
        Check<TimeSpan>(section, WaitsFromZero, static wait => wait >= TimeSpan.Zero && wait <= LongestWait, "must be from zero to 24 days");
        Check<TimeSpan>(section, Ages, static age => age > TimeSpan.Zero, "must be longer than zero");
        Check<TimeSpan>(section, AgesFromZero, static age => age >= TimeSpan.Zero, "must not be negative");
    }

    private static void Check<T>(IConfigurationSection section, string[] keys, Func<T, bool> isUsable, string rule)
        where T : struct
    {
        foreach (var key in keys)
        {
            if (section.GetValue<T?>(key) is { } value && !isUsable(value))
            {
                throw new SettingsException($"{section.Path}:{key} '{section[key]}' {rule}.");
            }
        }
    }
}
