namespace Parley.GatewaySimulator.Faults;

/// <summary>The faults that wait for calls, oldest first.</summary>
public sealed class RestFaults
{
    private readonly Lock _lock = new();
    private readonly List<(string Call, RestFault Fault, int Left)> _waiting = [];

    /// <summary>The next calls of a kind meet a fault.</summary>
    /// <param name="call">As in <c>message/sendText</c>, <c>message/*</c> or <c>*</c>.</param>
    public void Next(string call, RestFault fault)
    {
        ArgumentNullException.ThrowIfNull(fault);
        lock (_lock)
        {
            _waiting.Add((call, fault, fault.Times));
        }
    }

    /// <summary>No fault waits any longer.</summary>
    public void Heal()
    {
        lock (_lock)
        {
            _waiting.Clear();
        }
    }

    internal RestFault? Take(string call, string? instance)
    {
        lock (_lock)
        {
            var index = _waiting.FindIndex(each =>
                Meets(each.Call, call) && (each.Fault.Instance is null || each.Fault.Instance == instance));
            if (index < 0)
            {
                return null;
            }

            var (pattern, fault, left) = _waiting[index];
            if (left > 1)
            {
                _waiting[index] = (pattern, fault, left - 1);
            }
            else
            {
                _waiting.RemoveAt(index);
            }

            return fault;
        }
    }

    private static bool Meets(string pattern, string call) =>
        pattern == "*" || pattern == call
        || (pattern.EndsWith("/*", StringComparison.Ordinal) && call.StartsWith(pattern[..^1], StringComparison.Ordinal));
}
