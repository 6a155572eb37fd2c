namespace Parley.GatewaySimulator;

/// <summary>What differs between the versions that can be simulated.</summary>
public sealed class Dialect
{
    private readonly Version _version;

    public Dialect(string version)
    {
        ArgumentNullException.ThrowIfNull(version);
        _version = System.Version.Parse(version);
        Version = version;
        IsV1 = _version.Major == 1;
        Keys = IsV1 ? KeyForm.PassedThrough
            : _version < new Version(2, 3, 5) ? KeyForm.PhoneAndPrevious
            : _version < new Version(2, 3, 7) ? KeyForm.AsAddressed
            : KeyForm.PhoneOnly;
    }

    public string Version { get; }

    public bool IsV1 { get; }

    /// <summary>How a message's key names a person.</summary>
    public KeyForm Keys { get; }

    /// <summary>Bytes as an object of numbers and 64 bits as two halves, instead of base64 and decimal text.</summary>
    public bool RawProtobuf => Keys is KeyForm.AsAddressed or KeyForm.PhoneOnly;

    /// <summary>Whether texts that are sent carry a filled contextInfo.</summary>
    public bool FillsContext => RawProtobuf;

    /// <summary>Whether an id that came in the last minutes is dropped when it comes again.</summary>
    public bool DropsRepetitions => !IsV1 && Keys != KeyForm.PhoneOnly;

    /// <summary>Whether a receipt or deletion of a message that is not stored is told.</summary>
    public bool TellsOfUnknown => !RawProtobuf;

    /// <summary>Whether the type of media that is sent is that of the file name's extension, whatever type is given.</summary>
    public bool TypesByName => !IsV1 && _version >= new Version(2, 3, 4);

    /// <summary>Whether an empty reaction takes one back.</summary>
    public bool TakesReactionsBack => _version >= new Version(2, 3);

    /// <summary>Whether votes in polls are told, in a message of their own. (1.x does so with store files only, which are not simulated.)</summary>
    public bool TellsVotes => Keys == KeyForm.PhoneOnly;

    /// <summary>Whether a webhook is posted again even if its receiver refuses it for good.</summary>
    public bool RepeatsWhatIsRefused => !IsV1 && _version < new Version(2, 3);

    /// <summary>Whether the look at a text, if it is base64, runs out of stack when it is long.</summary>
    public bool ChokesOnLongBase64 => _version >= new Version(2, 3, 1);

    /// <summary>Hexadecimal digits after the prefix of an id that the gateway gives.</summary>
    public int SentIdDigits => Keys == KeyForm.PhoneAndPrevious ? 36 : 18;

    /// <summary>What the gateway takes its own ids for.</summary>
    public string SentSource => Keys == KeyForm.PhoneAndPrevious ? "unknown" : "web";

    /// <summary>Names that a webhook may be subscribed to.</summary>
    public IReadOnlyList<string> Events => IsV1 ? EventNames.V1 : EventNames.V2;
}

/// <summary>How keys name people; the generations of <c>webhooks.md</c>.</summary>
public enum KeyForm
{
    /// <summary>1.x: what WhatsApp said.</summary>
    PassedThrough,

    /// <summary>2.3.1 to 2.3.4: the phone, and the hidden id beside it.</summary>
    PhoneAndPrevious,

    /// <summary>2.3.5 and 2.3.6: as addressed, the other form in <c>remoteJidAlt</c>.</summary>
    AsAddressed,

    /// <summary>2.3.7: the phone twice when a hidden id was addressed.</summary>
    PhoneOnly,
}
