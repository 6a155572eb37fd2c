namespace Parley.Domain.Addresses;

/// <summary>What an <see cref="Address"/> names.</summary>
public enum AddressKind
{
    /// <summary>A telephone number: digits only, international form without prefix.</summary>
    Phone,

    /// <summary>A WhatsApp group, <c>…@g.us</c>.</summary>
    Group,

    /// <summary>A hidden id, <c>…@lid</c>: a person's stable identity that is not a number.</summary>
    Lid,

    /// <summary>A line whose number is not known yet, named by its session: <c>session:…</c>.</summary>
    Session,
}
