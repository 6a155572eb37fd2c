using System.Collections;
using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;
using Parley.Domain.Addresses;
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

    /// <summary>An api node and a silo may have other bounds; the gateway was answered by the one.</summary>
    [Fact]
    public async Task a_buffered_body_is_read_whatever_the_bound_of_who_takes_it_in()
    {
        _options.MostBodyBytes = 5;
        Reads(new NotUnderstood("no_content", "?"));

        await Intake().TakeBuffered(await Stored("a body in the media store"), TimeSpan.Zero, Stop);

        Assert.Equal("a body in the media store", Encoding.UTF8.GetString(Assert.Single(await Quarantined("no_content")).Payload.Span));
    }

    [Fact]
    public async Task what_nobody_can_read_names_its_body_where_the_media_store_has_that()
    {
        await Intake().TakeBuffered(await Stored("one"), TimeSpan.Zero, Stop);
        await Intake().TakeBuffered(await Stored("two"), TimeSpan.Zero, Stop);

        Assert.Equal(["one", "two"], (await Task.WhenAll((await Quarantined("not_readable")).Select(BodyOf))).Order());
    }

    [Fact]
    public async Task a_replay_reads_the_body_that_a_row_names()
    {
        Reads(new NotUnderstood("unknown_event", "?"), static _ => throw new InvalidOperationException("A text is too long for the writer."));
        await Intake().TakeBuffered(Buffered("a body"), TimeSpan.Zero, Stop);
        Reads(new IgnoredObserved("understood now"));

        var totals = await new QuarantineReplay(Cluster.Get<IQuarantine>(), Intake()).ReplayByCode(Tenant, "not_kept", null, Stop);

        Assert.Equal((1, 0), (totals.Replayed, totals.Remaining));
        Assert.Equal("a body", Encoding.UTF8.GetString(_reader.Body.Span));
        Assert.Empty(await Quarantined(null));
    }

    [Fact]
    public async Task one_that_nobody_can_read_keeps_no_other_from_its_replay()
    {
        await Keep(Tenant, "not_readable", "not JSON");
        await Keep(Tenant, "not_readable", "readable");
        ReadsAllBut("not JSON");

        var totals = await new QuarantineReplay(Cluster.Get<IQuarantine>(), Intake()).ReplayByCode(Tenant, "not_readable", null, Stop);

        Assert.Equal((2, 1, 1), (totals.Replayed, totals.Remaining, totals.Counts.Quarantined));
        Assert.Equal("not JSON", Encoding.UTF8.GetString(Assert.Single(await Quarantined(null)).Payload.Span));
    }

    /// <summary>A session's token speaks of that session's instance, and a replay for the whole tenant.</summary>
    [Fact]
    public async Task what_a_sessions_token_said_of_another_instance_is_not_taken_in_by_a_replay()
    {
        var outbox = new Outbox(Cluster, Tenant);
        await outbox.Open();
        Reads(Said("M1", Chat.Phone), instance: outbox.Instance);
        await Intake().Take(new WebhookOwner(Tenant, "another"), null, new MemoryStream("a body"u8.ToArray()), Stop);
        var kept = Assert.Single(await Quarantined("wrong_instance"));
        var replay = new QuarantineReplay(Cluster.Get<IQuarantine>(), Intake());

        Assert.True((await replay.Replay(Tenant, kept.Id, Stop))!.Remains);
        var totals = await replay.ReplayByCode(Tenant, "wrong_instance", null, Stop);

        Assert.Equal((1, 1, new IntakeCounts(0, 0, 0, 1)), (totals.Replayed, totals.Remaining, totals.Counts));
        Assert.Equal(kept.Id, Assert.Single(await Quarantined(null)).Id);
        Assert.Empty((await Cluster.Store.LookUp(Tenant, ["M1"], Stop)).Messages);
    }

    /// <summary>The tenant's own token speaks of all its instances: what kept it from one may be over.</summary>
    [Fact]
    public async Task what_the_tenants_token_said_of_a_taken_instance_is_taken_in_when_it_is_free()
    {
        var outbox = new Outbox(Cluster, Tenant);
        await outbox.Open();
        Reads(Said("M1", Chat.Phone), instance: Outbox.SessionId);
        await Intake().Take(Tenant, new MemoryStream("a body"u8.ToArray()), Stop);
        var kept = Assert.Single(await Quarantined("taken_instance"));
        var replay = new QuarantineReplay(Cluster.Get<IQuarantine>(), Intake());
        Assert.True((await replay.Replay(Tenant, kept.Id, Stop))!.Remains);

        Reads(Said("M1", Chat.Phone), instance: outbox.Instance);
        Assert.False((await replay.Replay(Tenant, kept.Id, Stop))!.Remains);

        await Chat.AssertKept(Chat.Known, ["M1"]);
    }

    /// <summary>Whose message it is, its group's member cannot say by its id.</summary>
    [Fact]
    public async Task a_group_message_under_an_id_of_another_members_changes_nothing_and_is_kept_aside()
    {
        var group = Domain.Addresses.Address.Parse("120363025246125888@g.us");
        var other = Domain.Addresses.Address.Parse("5511987650002");
        var first = Said("M1", null) with { Group = group, Author = Domain.Addresses.Party.Of(Chat.Phone) };
        Reads(first);
        await Intake().Take(Tenant, new MemoryStream("one"u8.ToArray()), Stop);
        var before = Assert.Single((await Cluster.Store.LookUp(Tenant, ["M1"], Stop)).Messages);

        Reads(first with { Author = Domain.Addresses.Party.Of(other), Content = new MessageContent { Type = MessageType.Text, Text = "zzz" } });
        var counts = await Intake().Take(Tenant, new MemoryStream("two"u8.ToArray()), Stop);

        // Nor does a message of a direct chat.
        Reads(Said("M1", other) with { Content = new MessageContent { Type = MessageType.Text, Text = "zzzz" } });
        counts += await Intake().Take(Tenant, new MemoryStream("three"u8.ToArray()), Stop);

        Assert.Equal(new IntakeCounts(0, 0, 0, 2), counts);
        Assert.Equal(2, (await Quarantined("others_message")).Count);
        Assert.Equal(before.Message, Assert.Single((await Cluster.Store.LookUp(Tenant, ["M1"], Stop)).Messages).Message);
    }

    [Fact]
    public async Task what_nobody_can_read_goes_to_whoever_adopts_its_instance()
    {
        var gateway = $"g-{Tenant}";
        var space = WebhookOwner.SpaceOf(gateway);
        await Keep(space, WebhookOwner.UnownedCode, "not JSON");
        await Keep(space, WebhookOwner.UnownedCode, "readable");
        ReadsAllBut("not JSON");

        await new QuarantineReplay(Cluster.Get<IQuarantine>(), Intake()).Claim(gateway, "shop", Tenant, Stop);

        Assert.Empty(await Quarantined(space, null));
        Assert.Equal("not JSON", Encoding.UTF8.GetString(Assert.Single(await Quarantined("not_readable")).Payload.Span));
    }

    /// <summary>The run was kept aside, and the adoption that came between has claimed that already, or never will.</summary>
    [Fact]
    public async Task a_webhook_of_an_instance_that_is_adopted_while_the_store_fails_is_its_tenants()
    {
        var outbox = new Outbox(Cluster, Tenant);
        Reads(
            new MessageObserved
            {
                ExternalId = "M1",
                FromMe = false,
                Peer = Party.Of(Chat.Phone),
                Content = new MessageContent { Type = MessageType.Text, Text = "hello" },
                Timestamp = Chat.Start,
            },
            instance: outbox.Instance);
        var calls = 0;
        var sessions = (ISessionStore)Stepped.Before(typeof(ISessionStore), Cluster.Get<ISessionStore>(), async () =>
        {
            if (++calls == 2)
            {
                await outbox.Open();
                throw new StoreUnavailableException("down");
            }
        });
        var known = new KnownSessions(sessions, Cluster.Factories[0], _options, TimeProvider.System);

        var counts = await Intake(services => services with { Sessions = known })
            .Take(new WebhookOwner(null, null, "g1"), null, new MemoryStream("a body"u8.ToArray()), Stop);

        Assert.Equal(new IntakeCounts(1, 0, 0, 0), counts);
        await Chat.AssertKept(Chat.Known, ["M1"]);
    }

    [Fact]
    public async Task an_edit_that_was_answered_early_is_counted_when_it_is_durable()
    {
        _options.EditedPatience = TimeSpan.FromMilliseconds(1);
        Reads(new NotUnderstood("unreadable_edit", "?"), name: "messages.edited");
        var back = new TaskCompletionSource();
        var slow = (IQuarantine)Stepped.Before(typeof(IQuarantine), Cluster.Get<IQuarantine>(), () => back.Task);
        var intake = Intake(services => services with { Quarantine = slow });
        using var counted = new Counted();

        Assert.Equal(IntakeCounts.None, await intake.Take(Tenant, new MemoryStream("an edit"u8.ToArray()), Stop));
        Assert.Empty(counted.Edits);
        back.SetResult();
        await intake.Drain(Stop);

        Assert.Equal([("quarantined", 1L)], counted.Edits);
    }

    /// <summary>One body has some thousands of pairs and of own messages, and whoever posts may send more.</summary>
    [Fact]
    public async Task a_body_of_many_pairs_and_own_messages_is_looked_through_a_few_times_only()
    {
        const int Many = 300;
        var items = new CountedList([.. Enumerable.Range(0, Many).Select(static n => new WebhookItem(n, n % 2 == 0
            ? new PairObserved(new LidPair(Address.Parse($"{n + 1_000_000_000}@lid"), Address.Parse($"{n + 4_915_000_000}")))
            : new MessageObserved
            {
                ExternalId = $"M{n}",
                FromMe = true,
                Group = Address.Parse("120363025246125888@g.us"),
                Author = new Party(null, Address.Parse("90000000000050@lid")),
                Content = new MessageContent { Type = MessageType.Text, Text = "hello" },
                Timestamp = Chat.Start,
            }))]);
        _reader.Reads = _ => new WebhookReading
        {
            Event = "messages.set",
            Instance = "shop",
            Line = Chat.Line,
            Items = items,
            PayloadOf = static _ => default,
        };

        var counts = await Intake().Take(Tenant, new MemoryStream("a body"u8.ToArray()), Stop);

        Assert.Equal(new IntakeCounts(Many, 0, 0, 0), counts);
        Assert.InRange(items.Looks, Many, 50 * Many);
    }

    /// <summary>The store writes for all tenants: no body may keep the others waiting.</summary>
    [Fact]
    public async Task many_pairs_and_names_are_kept_in_pieces()
    {
        var sizes = new ConcurrentQueue<int>();
        var book = Substitute.For<IAddressBook>();
        book.Learn(default!, default!, default, Stop).ReturnsForAnyArgs(call =>
        {
            sizes.Enqueue(((IReadOnlyCollection<LidPair>)call[1]).Count);
            return sizes.Count == 1;
        });
        var directory = Substitute.For<IDirectory>();
        directory.Put(default!, default!, Stop).ReturnsForAnyArgs(call =>
        {
            sizes.Enqueue(((IReadOnlyCollection<DirectoryEntry>)call[1]).Count);
            return Task.CompletedTask;
        });
        var numbers = Enumerable.Range(0, 1200).Select(static n => Address.Parse($"{n + 4_915_000_000}")).ToList();
        var pairs = numbers.Select(static (number, n) => new LidPair(Address.Parse($"{n + 1_000_000_000}@lid"), number));

        Assert.True(await new Routes(book, null!, null!, _options, TimeProvider.System).Learn(Tenant, pairs, Stop));
        await new Names(directory, TimeProvider.System).Put(
            Tenant, numbers.Select(static number => new NameObserved(number, "Ana", null, Chat.Start)), Stop);

        Assert.Equal([500, 500, 200, 500, 500, 200], sizes);
    }

    private static MessageObserved Said(string externalId, Domain.Addresses.Address? peer) => new()
    {
        ExternalId = externalId,
        FromMe = false,
        Peer = peer is { } address ? Domain.Addresses.Party.Of(address) : null,
        Content = new MessageContent { Type = MessageType.Text, Text = "hello" },
        Timestamp = Chat.Start,
    };

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

    private Task<Guid> Keep(string space, string code, string payload) => Cluster.Get<IQuarantine>().Add(
        new QuarantinedPayload(
            Guid.CreateVersion7(), space, code, "?", "shop", "", DateTimeOffset.UtcNow, payload.Length, Encoding.UTF8.GetBytes(payload)),
        Stop);

    private async Task<BufferedWebhook> Stored(string body)
    {
        var webhook = Buffered(body);
        var stored = await Cluster.Get<IMediaStore>().Store(webhook, Stop);
        return webhook with { Body = default, BodySha256 = stored.Sha256 };
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

    private void ReadsAllBut(string broken) => _reader.Reads = body =>
        Encoding.UTF8.GetString(body.Span) == broken
            ? throw new WebhookFormatException("Not JSON.")
            : new WebhookReading
            {
                Event = "messages.upsert",
                Instance = "shop",
                Items = [new WebhookItem(0, new IgnoredObserved("test"))],
                PayloadOf = static _ => default,
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

        /// <summary>What was read last.</summary>
        public ReadOnlyMemory<byte> Body { get; private set; }

        public WebhookReading Read(ReadOnlyMemory<byte> body, DateTimeOffset receivedAt) => Reads(Body = body);

        public StoredMedia? MediaOf(string mediaData) => null;
    }

    /// <summary>Counts how often one of its items is looked at.</summary>
    private sealed class CountedList(IReadOnlyList<WebhookItem> items) : IReadOnlyList<WebhookItem>
    {
        public int Looks { get; private set; }

        public int Count => items.Count;

        public WebhookItem this[int index]
        {
            get
            {
                Looks++;
                return items[index];
            }
        }

        public IEnumerator<WebhookItem> GetEnumerator()
        {
            for (var i = 0; i < items.Count; i++)
            {
                yield return this[i];
            }
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }

    /// <summary>What is counted of <c>messages.edited</c>.</summary>
    private sealed class Counted : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly ConcurrentQueue<(string Result, long Count)> _edits = new();

        public Counted()
        {
            _listener.InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Name == "parley.ingest.webhook_items")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<long>((_, count, tags, _) =>
            {
                var labels = tags.ToArray().ToDictionary(static tag => tag.Key, static tag => (string?)tag.Value);
                if (labels["event"] == "messages.edited")
                {
                    _edits.Enqueue((labels["result"]!, count));
                }
            });
            _listener.Start();
        }

        public IReadOnlyList<(string Result, long Count)> Edits => [.. _edits];

        public void Dispose() => _listener.Dispose();
    }
}
