using System.Text.Json;
using Parley.Ports;

namespace Parley.Gateways.Evolution.Webhooks;

/// <summary>Reads <c>data</c>, each of its elements apart from the others.</summary>
internal static class DataReader
{
    /// <summary>
    /// Elements of one body that are read. A piece of history has some thousands; a body of nothing but commas could have more than the
    /// memory takes.
    /// </summary>
    public const int MostElements = 100_000;

    /// <summary>Stands for all elements of a body together.</summary>
    private const int All = -1;

    public static List<WebhookItem> Read(JsonElement data, Envelope envelope)
    {
        var items = new List<WebhookItem>();
        var people = new Headcount();
        switch (envelope.Kind)
        {
            case EventKind.Unknown:
                new Findings(envelope, items, 0, people).Quarantine("unknown_event", "An event that is not known.");
                break;
            case EventKind.Noise:
                new Findings(envelope, items, 0, people).Ignore(envelope.Event);
                break;
            case EventKind.History or EventKind.Sync:
                ReadHistory(data, envelope, items, people);
                break;
            default:
                ReadEach(data, envelope, items, people);
                break;
        }

        return items;
    }

    private static void ReadEach(JsonElement data, Envelope envelope, List<WebhookItem> items, Headcount people)
    {
        if (!data.IsArray())
        {
            ReadOne(data, new(envelope, items, 0, people));
            KeepRest(data, envelope, items, people);
            return;
        }

        var element = 0;
        foreach (var item in data.EnumerateArray().Take(MostElements))
        {
            ReadOne(item, new(envelope, items, element++, people));
        }

        if (element == 0)
        {
            new Findings(envelope, items, 0, people).Ignore("empty");
        }

        KeepRest(data, envelope, items, people);
    }

    /// <summary>The gateway tells history and its own list with the newest first (webhooks, 5.8); kept is it with the oldest first.</summary>
    private static void ReadHistory(JsonElement data, Envelope envelope, List<WebhookItem> items, Headcount people)
    {
        if (!data.IsArray() || data.GetArrayLength() < 2)
        {
            ReadEach(data, envelope, items, people);
            return;
        }

        var elements = new List<(DateTimeOffset? Time, List<WebhookItem> Items)>(Math.Min(data.GetArrayLength(), MostElements));
        var element = 0;
        foreach (var item in data.EnumerateArray().Take(MostElements))
        {
            var found = new List<WebhookItem>(2);
            var findings = new Findings(envelope, found, element++, people);
            ReadOne(item, findings);
            elements.Add((findings.Time, found));
        }

        // The order of the sort is stable: within one second the one told later is the older.
        elements.Reverse();
        items.AddRange(elements.OrderBy(found => found.Time ?? DateTimeOffset.MaxValue).SelectMany(found => found.Items));
        KeepRest(data, envelope, items, people);
    }

    private static void KeepRest(JsonElement data, Envelope envelope, List<WebhookItem> items, Headcount people)
    {
        if (data.IsArray() && data.GetArrayLength() > MostElements)
        {
            new Findings(envelope, items, All, people).Quarantine("too_many_elements", $"Only the first {MostElements} elements were read.");
        }
        else if (people.IsExceeded)
        {
            new Findings(envelope, items, All, people).Quarantine("too_many_elements", $"Only the first {Headcount.Most} people were read.");
        }
    }

    private static void ReadOne(JsonElement data, Findings findings)
    {
        findings.Data = data;
        switch (findings.Envelope.Kind)
        {
            case EventKind.Message or EventKind.SentMessage or EventKind.History:
                MessageReader.Read(data, findings);
                break;
            case EventKind.Sync:
                StoredRows.Read(data, findings);
                break;
            case EventKind.Receipt:
                Receipts.Read(data, findings);
                break;
            case EventKind.Edit:
                Edits.ReadProtocol(data, findings);
                break;
            case EventKind.Deletion:
                Deletions.Read(data, findings);
                break;
            case EventKind.Connection:
                SessionEvents.ReadConnection(data, findings);
                break;
            case EventKind.Qr:
                SessionEvents.ReadQr(data, findings);
                break;
            case EventKind.StatusInstance:
                SessionEvents.ReadStatus(data, findings);
                break;
            case EventKind.Logout:
                SessionEvents.ReadLogout(findings);
                break;
            case EventKind.Created:
                SessionEvents.ReadCreated(findings);
                break;
            case EventKind.Removed:
                SessionEvents.ReadRemoved(findings);
                break;
            case EventKind.Contact:
                People.ReadContact(data, findings);
                break;
            case EventKind.Group:
                People.ReadGroup(data, findings);
                break;
            case EventKind.GroupParticipants:
                People.ReadParticipants(data, findings);
                break;
            default:
                break;
        }
    }
}
