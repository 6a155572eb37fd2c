namespace Parley.GatewaySimulator.Network;

/// <summary>A group, with its members.</summary>
/// <param name="Id">Digits.</param>
public sealed record Group(string Id, string Subject, IReadOnlyList<Person> Members)
{
    public string GroupJid => Jid.Group(Id);
}
