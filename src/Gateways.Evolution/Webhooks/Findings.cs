using System.Text.Json;
using Parley.Domain.Addresses;
using Parley.Domain.Observations;
using Parley.Ports;

namespace Parley.Gateways.Evolution.Webhooks;

/// <summary>Collects what one element of <c>data</c> says.</summary>
internal sealed class Findings(Envelope envelope, List<WebhookItem> items, int element, Headcount people)
{
    private HashSet<LidPair>? _pairs;

    public Envelope Envelope => envelope;

    /// <summary>The time of the message that was found, to put history in order.</summary>
    public DateTimeOffset? Time { get; private set; }

    /// <summary>The element itself: its key names the chat of what it changes.</summary>
    public JsonElement Data { get; set; }

    /// <summary>Whether one more participant or voter is read: no body may name any number of them.</summary>
    public bool AdmitPerson() => people.Admit();

    public void Add(Observation observation) => items.Add(new(element, observation));

    public void Add(ChangeObserved change)
    {
        var key = Data.Get("key"u8);
        var chat = Data.IsObject() ? MessageKey.Of(key.IsObject() ? key : Data, envelope) : null;
        items.Add(new(element, change with { Change = change.Change with { Chat = chat?.Group ?? chat?.Peer?.Best } }));
    }

    public void Add(MessageObserved message)
    {
        Time = message.Timestamp;
        items.Add(new(element, message));
    }

    /// <summary>Adds a pair unless this element has already taught it.</summary>
    public void Add(LidPair pair)
    {
        if ((_pairs ??= []).Add(pair))
        {
            Add(new PairObserved(pair));
        }
    }

    public void Ignore(string reason) => Add(new IgnoredObserved(reason));

    public void Quarantine(string code, string detail) => Add(new NotUnderstood(code, detail));
}
