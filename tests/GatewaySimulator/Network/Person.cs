namespace Parley.GatewaySimulator.Network;

/// <summary>Somebody with WhatsApp.</summary>
/// <param name="Phone">Digits.</param>
/// <param name="HiddenId">Digits of the hidden id (LID); null = WhatsApp never tells one.</param>
public sealed record Person(string Phone, string? HiddenId, string Name)
{
    public string PhoneJid => Jid.Phone(Phone);

    public string? HiddenJid => HiddenId is null ? null : Jid.Hidden(HiddenId);

    public string? PictureUrl { get; init; }

    public bool Is(string jid)
    {
        var bare = Jid.WithoutDevice(jid);
        return bare == PhoneJid || (HiddenJid is { } hidden && bare == hidden);
    }
}

/// <summary>How WhatsApp addressed a message.</summary>
public enum Addressing
{
    /// <summary>By the phone, the hidden id beside it.</summary>
    Phone,

    /// <summary>By the hidden id, the phone beside it.</summary>
    HiddenId,

    /// <summary>By the hidden id, the phone nowhere.</summary>
    HiddenIdOnly,
}
