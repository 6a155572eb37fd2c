using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Parley.Domain.Messages;
using Parley.Domain.Observations;
using Parley.Ingest;
using Parley.Ingest.Buffering;
using Parley.Ports;

namespace Parley.Grains.Tests;

/// <summary>What becomes of a webhook where its parts, or the store, are not as they should be.</summary>
public sealed class IntakeTests(Cluster cluster) : ClusterTests(cluster)
{
    private readonly Reader _reader = new();
    private readonly IntakeOptions _options = new();

    /// <summary>It was answered, and while it stands everything waits that came after it.</summary>
    [Fact]
    public async Task what_can_be_neither_applied_nor_kept_whole_holds_up_nobody()
    {
        Reads(new NotUnderstood("unknown_event", "?"), static _ => throw new InvalidOperationException("A text is too long for the writer."));

        await Intake().TakeBuffered(Buffered("a body"), TimeSpan.Zero, Stop);
        await Intake().TakeBuffered(Buffered("another body"), TimeSpan.Zero, Stop);

        var rows = await Quarantined("not_kept");
        Assert.Equal(["a body", "another body"], (await Task.WhenAll(rows.Select(BodyOf))).Order());
        Assert.All(rows, static row => Assert.Equal("shop", row.Instance));
    }

    [Fact]
    public async Task a_store_that_is_away_is_no_reason_to_give_a_webhook_up()
    {
        Reads(new NotUnderstood("unknown_event", "?"), static _ => throw new StoreUnavailableException("down"));

        await Assert.ThrowsAsync<Grains.Abstractions.RetryableException>(() => Intake().TakeBuffered(Buffered("a body"), TimeSpan.Zero, Stop));

        Assert.Empty(await Quarantined(null));
    }

    private Task<IReadOnlyList<QuarantinedPayload>> Quarantined(string? code) => Quarantined(Tenant, code);

    private async Task<IReadOnlyList<QuarantinedPayload>> Quarantined(string space, string? code)
    {
        var quarantine = Cluster.Get<IQuarantine>();
        var page = await quarantine.ListQuarantined(space, code, null, new PageRequest(10, null), Stop);
        return await Task.WhenAll(page.Rows.Select(async row => (await quarantine.ReadQuarantined(space, row.Id, Stop))!));
    }

    /// <returns>The body that a cut-down row names.</returns>
    private async Task<string> BodyOf(QuarantinedPayload row)
    {
        var sha256 = JsonNode.Parse(row.Payload.Span)!["bodySha256"]!.GetValue<string>();
        await using var body = await Cluster.Get<IMediaStore>().Open(Tenant, sha256, Stop);
        return await new StreamReader(body!).ReadToEndAsync(Stop);
    }

    private BufferedWebhook Buffered(string body) =>
        new(new WebhookOwner(Tenant), "shop", DateTimeOffset.UtcNow, Encoding.UTF8.GetBytes(body));

    private WebhookIntake Intake(Func<IntakeServices, IntakeServices>? with = null)
    {
        var services = Cluster.Get<IntakeServices>();
        return new WebhookIntake(
            with is null ? services : with(services),
            _reader,
            Cluster.Get<IMediaStore>(),
            _options,
            new WaitingEdits(_options, TimeProvider.System),
            TimeProvider.System,
            NullLogger<WebhookIntake>.Instance);
    }

    /// <summary>Every body says one thing.</summary>
    private void Reads(Observation observation, Func<int, ReadOnlyMemory<byte>>? payloadOf = null, string name = "messages.upsert", string instance = "shop") =>
        _reader.Reads = body => new WebhookReading
        {
            Event = name,
            Instance = instance,
            Line = Chat.Line,
            Items = [new WebhookItem(0, observation)],
            PayloadOf = payloadOf ?? (_ => body),
        };

    private sealed class Reader : IWebhookReader
    {
        public Func<ReadOnlyMemory<byte>, WebhookReading> Reads { get; set; } = static _ => throw new WebhookFormatException("Not JSON.");

        public async ValueTask<ReadOnlyMemory<byte>> ReadBody(
            Stream body, long limit, Func<CancellationToken, Task<IMediaWriter>> media, CancellationToken cancellationToken)
        {
            using var bytes = new MemoryStream();
            await body.CopyToAsync(bytes, cancellationToken);
            return bytes.Length <= limit ? bytes.ToArray() : throw new BodyTooLargeException(limit);
        }

        public WebhookReading Read(ReadOnlyMemory<byte> body, DateTimeOffset receivedAt) => Reads(body);

        public StoredMedia? MediaOf(string mediaData) => null;
    }
}
