namespace Parley.Truth;

/// <summary>A Parley, of one process or of several, to which things happen.</summary>
internal interface IInstallation
{
    /// <summary>Whose API is used, and to which gateways post: always at the same address.</summary>
    ParleyProcess Api { get; }

    /// <summary>Kills, freezes or stops something, and brings it back.</summary>
    /// <returns>What it did, in words.</returns>
    Task<string> Strike(Random random);

    /// <summary>Whether everything is there; what has ended by itself meanwhile, because others had gone on without it, is started again.</summary>
    Task Mend();

    /// <summary>Whether an edit may have been answered before it was durable: the one exception to that promise.</summary>
    bool EditsWaited { get; }

    /// <summary>What its processes wrote.</summary>
    string Output { get; }
}
