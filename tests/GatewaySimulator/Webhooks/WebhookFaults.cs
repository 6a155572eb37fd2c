namespace Parley.GatewaySimulator.Webhooks;

/// <summary>The faults that wait for webhooks, oldest first.</summary>
internal sealed class WebhookFaults
{
    private readonly Lock _lock = new();
    private readonly List<(WebhookFault Fault, int Left)> _waiting = [];

    public void Add(WebhookFault fault)
    {
        lock (_lock)
        {
            _waiting.Add((fault, fault.Times));
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            _waiting.Clear();
        }
    }

    /// <returns>The fault that this webhook meets, and whether it was the fault's last; null = none.</returns>
    public (WebhookFault Fault, bool Last)? Take(string eventName)
    {
        lock (_lock)
        {
            var index = _waiting.FindIndex(each => each.Fault.Meets(eventName));
            if (index < 0)
            {
                return null;
            }

            var (fault, left) = _waiting[index];
            if (left > 1)
            {
                _waiting[index] = (fault, left - 1);
                return (fault, false);
            }

            _waiting.RemoveAt(index);
            return (fault, true);
        }
    }
}
