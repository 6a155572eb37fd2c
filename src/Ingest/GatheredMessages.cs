using Parley.Domain.Observations;
using Parley.Ports;

namespace Parley.Ingest;

/// <summary>Messages from several pages of a gateway's list, to be told oldest first.</summary>
public sealed class GatheredMessages(string instanceName)
{
    private readonly List<Row> _rows = [];

    public int Count => _rows.Count;

    public void Add(WebhookReading page)
    {
        foreach (var element in page.Items.GroupBy(static item => item.Element))
        {
            var index = element.Key;
            var observations = element.Select(static item => item.Observation).ToList();
            var at = observations.OfType<MessageObserved>().Select(static m => (DateTimeOffset?)m.Timestamp).FirstOrDefault()
                ?? observations.OfType<ChangeObserved>().Select(static c => (DateTimeOffset?)c.Change.At).FirstOrDefault()
                ?? DateTimeOffset.MinValue;
            _rows.Add(new Row(at, observations, () => page.PayloadOf(index)));
        }
    }

    /// <returns>Readings of at most so many rows each, oldest first.</returns>
    public IEnumerable<WebhookReading> InOrder(int limit)
    {
        foreach (var chunk in _rows.OrderBy(static row => row.At).Chunk(limit))
        {
            yield return new WebhookReading
            {
                Event = "messages.set",
                Instance = instanceName,
                Items = [.. chunk.SelectMany(static (row, i) => row.Observations.Select(o => new WebhookItem(i, o)))],
                PayloadOf = i => chunk[i].Payload(),
            };
        }
    }

    private sealed record Row(DateTimeOffset At, IReadOnlyList<Observation> Observations, Func<ReadOnlyMemory<byte>> Payload);
}
