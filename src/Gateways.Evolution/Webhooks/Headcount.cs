namespace Parley.Gateways.Evolution.Webhooks;

/// <summary>Counts the people that the elements of one body name beside their own: participants of groups, voters.</summary>
internal sealed class Headcount
{
    /// <summary>People of one body that are read. WhatsApp's largest groups have some thousands.</summary>
    public const int Most = 100_000;

    private int _left = Most;

    /// <summary>Whether there were more than are read.</summary>
    public bool IsExceeded { get; private set; }

    /// <returns>Whether one more is read.</returns>
    public bool Admit()
    {
        if (_left == 0)
        {
            IsExceeded = true;
            return false;
        }

        _left--;
        return true;
    }
}
