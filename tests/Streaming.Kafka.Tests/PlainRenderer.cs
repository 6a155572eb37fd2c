using System.Globalization;
using System.Text;
using Parley.Ports;

namespace Parley.Streaming.Kafka.Tests;

/// <summary>Shows of an event what a test looks at: where it stands.</summary>
internal sealed class PlainRenderer : IEventRenderer
{
    /// <summary>Called with every batch, before it is shown.</summary>
    public Func<Task> Before { get; set; } = static () => Task.CompletedTask;

    /// <summary>What every event says.</summary>
    public string Text { get; set; } = "";

    public async Task<IReadOnlyList<RenderedEvent>> Render(
        string tenantId, IReadOnlyList<LoggedEvent> events, CancellationToken cancellationToken)
    {
        await Before();
        return [.. events.Select(Show)];
    }

    private RenderedEvent Show(LoggedEvent e) => new(
        e,
        $"evt_{e.TenantId}_{e.Position.ToString(CultureInfo.InvariantCulture)}",
        $"/tenants/{e.TenantId}",
        e.Facts.MessageId?.ToString() ?? e.Subject,
        e.Facts.Number.ToString("D20", CultureInfo.InvariantCulture),
        Encoding.UTF8.GetBytes($$"""{"number":{{e.Facts.Number.ToString(CultureInfo.InvariantCulture)}},"text":"{{Text}}"}"""));
}
