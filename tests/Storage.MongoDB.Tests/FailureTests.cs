using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using MongoDB.Bson;
using MongoDB.Driver;
using Parley.Domain.Addresses;
using Parley.Domain.Messages;
using Parley.Ports;
using Parley.Storage.Contract;
using Parley.TestServers;

namespace Parley.Storage.MongoDB.Tests;

/// <summary>What callers are told when the network or the server fails, and what has become of their commits.</summary>
public sealed class FailureTests : IAsyncLifetime
{
    private const string Tenant = "acme";

    /// <summary>Of whoever waits for a commit: a machine that has other things to do takes its time.</summary>
    private static readonly TimeSpan Patient = TimeSpan.FromSeconds(15);

    /// <summary>A dead process is in the way for seconds; the server by itself ends what it left after a minute.</summary>
    private static readonly TimeSpan SecondsOnly = TimeSpan.FromSeconds(12);

    private string _url = null!;
    private MongoProxy _proxy = null!;
    private ServiceProvider _services = null!;
    private ServiceProvider _others = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A store whose network can fail.</summary>
    private IConversationStore Store => _services.GetRequiredService<IConversationStore>();

    /// <summary>Another node's, whose network does not.</summary>
    private IConversationStore Other => _others.GetRequiredService<IConversationStore>();

    public async ValueTask InitializeAsync()
    {
        _url = await Databases.Take();
        _others = await MongoFixture.Services(new MongoOptions { ConnectionString = _url, Deadline = Patient });
        _proxy = MongoProxy.Before(_url);
        _services = await MongoFixture.Services(new MongoOptions { ConnectionString = _proxy.Url });
    }

    public async ValueTask DisposeAsync()
    {
        _proxy.Heal();
        await _services.DisposeAsync();
        await _proxy.DisposeAsync();
        await _others.DisposeAsync();
        await Databases.GiveBack(_url);
    }

    [Theory]
    [InlineData(ProxyAction.LoseAnswer, 1)]
    [InlineData(ProxyAction.LoseAnswer, 4)]
    [InlineData(ProxyAction.LoseCommand, 1)]
    [InlineData(ProxyAction.LoseCommand, 2)]
    public async Task A_commit_whose_answer_is_lost_is_asked_for_again(ProxyAction action, int times)
    {
        var talk = NewTalk();
        _proxy.OnNext("commitTransaction", action, times);

        Assert.Equal(CommitResult.Done, await Store.Commit(talk.Say(), Token));
        await AssertKept(talk, 1);
    }

    [Fact]
    public async Task A_commit_that_happened_and_can_never_be_asked_for_is_found_by_its_token()
    {
        var talk = NewTalk();
        var heard = 0;
        _proxy.OnCommand = command => Task.FromResult(
            command != "commitTransaction" ? ProxyAction.Forward
            : Interlocked.Increment(ref heard) == 1 ? ProxyAction.LoseAnswer
            : ProxyAction.LoseCommand);

        Assert.Equal(CommitResult.Done, await Store.Commit(talk.Say(), Token));
        Assert.True(heard >= 2);
        await AssertKept(talk, 1);
    }

    [Fact]
    public async Task A_commit_that_never_reaches_the_server_is_unknown_and_has_not_happened()
    {
        var talk = NewTalk();
        var commit = talk.Say();
        _proxy.OnCommand = command => Task.FromResult(command == "commitTransaction" ? ProxyAction.LoseCommand : ProxyAction.Forward);

        await Assert.ThrowsAsync<StoreOutcomeUnknownException>(() => Store.Commit(commit, Token));
        _proxy.Heal();
        Assert.Null(await Other.ReadHead(Tenant, talk.Id, Token));

        // Whoever asks again makes it once, and the transaction that was left is in nobody's way for long.
        Assert.Equal(CommitResult.Done, await Other.Commit(commit, Token));
        Assert.Equal(CommitResult.Stale, await Store.Commit(commit, Token));
        await AssertKept(talk, 1);
    }

    /// <summary>It is told to commit twice, and the second time there is no server any more: the first time may have done it.</summary>
    [Fact]
    public async Task A_transaction_whose_server_is_gone_after_it_was_told_to_commit_is_unknown()
    {
        var (key, token) = (new Credential("key", Tenant, CredentialKind.ApiKey, [1], "hint", default), new Credential("token", Tenant, CredentialKind.WebhookToken, [2], "hint", default));
        var tenants = _services.GetRequiredService<ITenantStore>();
        Assert.True(await tenants.Create(new Tenant(Tenant, "Acme", default), key, token, Token));
        var isTold = false;
        _proxy.OnCommand = command =>
        {
            if (command == "commitTransaction" && !isTold)
            {
                isTold = true;
                return Task.FromResult(ProxyAction.LoseAnswer);
            }

            if (isTold)
            {
                _proxy.GoDown();
                return Task.FromResult(ProxyAction.LoseCommand);
            }

            return Task.FromResult(ProxyAction.Forward);
        };

        await Assert.ThrowsAsync<StoreOutcomeUnknownException>(() => tenants.DeleteTenant(Tenant, DateTimeOffset.UnixEpoch, Token));
        Assert.True(_proxy.IsDown);
    }

    [Fact]
    public async Task A_commit_that_cannot_be_asked_for_and_that_another_has_overtaken_is_stale()
    {
        await using var patient = await MongoFixture.Services(new MongoOptions { ConnectionString = _proxy.Url, Deadline = Patient });
        var talk = NewTalk();
        var rival = NewTalk();
        var overtaken = new TaskCompletionSource();
        var heard = 0;
        _proxy.OnCommand = async command =>
        {
            if (command == "commitTransaction" && Interlocked.Increment(ref heard) == 1)
            {
                // The transaction that waits here holds the conversation: the other ends it.
                Assert.Equal(CommitResult.Done, await Other.Commit(rival.Say("b"), Token));
                overtaken.SetResult();
            }

            return command == "commitTransaction" ? ProxyAction.LoseCommand : ProxyAction.Forward;
        };

        Assert.Equal(CommitResult.Stale, await patient.GetRequiredService<IConversationStore>().Commit(talk.Say("a"), Token));
        await overtaken.Task;
        await AssertKept(rival, 1);
        Assert.Empty((await Other.LookUp(Tenant, ["a"], Token)).Messages);
    }

    [Theory]
    [InlineData("update", ProxyAction.LoseCommand)]
    [InlineData("update", ProxyAction.LoseAnswer)]
    [InlineData("insert", ProxyAction.LoseCommand)]
    [InlineData("insert", ProxyAction.LoseAnswer)]
    public async Task A_connection_that_breaks_inside_of_a_flush_costs_nobody_a_commit(string command, ProxyAction action)
    {
        var talks = Enumerable.Range(1, 20).Select(NewTalk).ToList();
        _proxy.OnNext(command, action, times: 2);

        var results = await Task.WhenAll(talks.Select(talk => Store.Commit(talk.Say(), Token)));

        Assert.All(results, result => Assert.Equal(CommitResult.Done, result));
        foreach (var talk in talks)
        {
            await AssertKept(talk, 1);
        }
    }

    [Fact]
    public async Task A_server_that_is_down_makes_every_call_unavailable_in_time_and_is_found_again()
    {
        var talk = NewTalk();
        Assert.Equal(CommitResult.Done, await Store.Commit(talk.Say(), Token));
        var next = talk.Say();
        _proxy.GoDown();

        await AssertInTime<StoreUnavailableException>(() => Store.Commit(next, Token));
        await AssertInTime<StoreUnavailableException>(() => Store.ReadHead(Tenant, talk.Id, Token));
        await AssertInTime<StoreUnavailableException>(() => _services.GetRequiredService<IQueries>().ReadConversation(Tenant, talk.Id, Token));

        _proxy.Heal();
        await Until(async () => await Store.ReadHead(Tenant, talk.Id, Token) is not null);
        Assert.Equal(CommitResult.Done, await Store.Commit(next, Token));
        await AssertKept(talk, 2);
    }

    [Fact]
    public async Task A_server_that_is_frozen_holds_nobody_longer_than_the_deadline()
    {
        var talk = NewTalk();
        Assert.Equal(CommitResult.Done, await Store.Commit(talk.Say(), Token));
        var thaw = new TaskCompletionSource();
        _proxy.OnCommand = async _ =>
        {
            await thaw.Task;
            return ProxyAction.Forward;
        };

        var next = talk.Say();
        await Task.WhenAll(
            AssertInTime<StoreException>(() => Store.Commit(next, Token)),
            AssertInTime<StoreUnavailableException>(() => Store.LookUp(Tenant, ["x"], Token)),
            AssertInTime<StoreException>(() => _services.GetRequiredService<IWorkList>().Leave(
                Tenant, [new Domain.Work.Erase("x")], DateTimeOffset.UnixEpoch, Token)),
            AssertInTime<StoreUnavailableException>(() => _services.GetRequiredService<IEventLog>().ReadEvents(Tenant, 0, 1, Token)));

        // What was frozen on its way wakes up too late: the flush has given up, and its transaction is not committed.
        thaw.SetResult();
        _proxy.Heal();
        Assert.Equal(1, (await Other.ReadHead(Tenant, talk.Id, Token))!.Version);
        await Until(async () => await Store.ReadHead(Tenant, talk.Id, Token) is not null);
        Assert.Equal(CommitResult.Done, await Store.Commit(next, Token));
        await AssertKept(talk, 2);
    }

    [Fact]
    public async Task Waiting_beyond_the_deadline_for_a_turn_withdraws_the_commit()
    {
        var thaw = new TaskCompletionSource();
        _proxy.OnCommand = async _ =>
        {
            await thaw.Task;
            return ProxyAction.Forward;
        };

        // The first of each flusher is on its way, the others wait behind it.
        var talks = Enumerable.Range(1, 30).Select(NewTalk).ToList();
        var first = talks.Select(talk => Record.ExceptionAsync(() => Store.Commit(talk.Say(), Token)).AsTask()).ToList();
        var failures = await Task.WhenAll(first);
        thaw.SetResult();
        _proxy.Heal();

        // Ends when all that a flush had taken is answered.
        await _services.DisposeAsync();
        Assert.Contains(failures, failure => failure is StoreUnavailableException);
        foreach (var (talk, failure) in talks.Zip(failures))
        {
            Assert.IsAssignableFrom<StoreException>(failure);
            Assert.True(failure is StoreOutcomeUnknownException || await Other.ReadHead(Tenant, talk.Id, Token) is null);
        }
    }

    [Fact]
    public async Task The_open_transaction_of_a_dead_process_holds_a_conversation_for_seconds_only()
    {
        var talk = NewTalk();
        Assert.Equal(CommitResult.Done, await Other.Commit(talk.Say(), Token));
        var settings = MongoClientSettings.FromUrl(new MongoUrl(_url));
        settings.ApplicationName = "Parley";
        using var client = new MongoClient(settings);
        using var dead = await client.StartSessionAsync(cancellationToken: Token);
        dead.StartTransaction();
        await client.GetDatabase(new MongoUrl(_url).DatabaseName).GetCollection<BsonDocument>("conversations").UpdateOneAsync(
            dead, new BsonDocument("_id", $"{Tenant}/{talk.Id}"), new BsonDocument("$set", new BsonDocument("x", 1)), cancellationToken: Token);

        var watch = Stopwatch.StartNew();
        Assert.Equal(CommitResult.Done, await Other.Commit(talk.Say(), Token));
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, SecondsOnly);
        await AssertKept(talk, 2);
    }

    public static TheoryData<string> Writes => ["Learn", "Leave", "Touch", "Put", "Park", "Quarantine"];

    [Theory]
    [MemberData(nameof(Writes))]
    public async Task What_is_no_commit_waits_for_a_dead_process_no_longer(string write)
    {
        await Write(write, "first");
        var settings = MongoClientSettings.FromUrl(new MongoUrl(_url));
        settings.ApplicationName = "Parley";
        using var client = new MongoClient(settings);
        using var dead = await client.StartSessionAsync(cancellationToken: Token);
        dead.StartTransaction();
        var database = client.GetDatabase(new MongoUrl(_url).DatabaseName);
        foreach (var name in (string[])["lids", "work", "sessions_seen", "directory", "sequences", "quarantine.files"])
        {
            await database.GetCollection<BsonDocument>(name).UpdateManyAsync(
                dead, new BsonDocument(), new BsonDocument("$set", new BsonDocument("x", 1)), cancellationToken: Token);
        }

        var watch = Stopwatch.StartNew();
        await Write(write, "second");
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, SecondsOnly);
    }

    [Fact]
    public async Task A_message_that_no_document_can_hold_is_refused_and_the_others_go_on()
    {
        var talks = Enumerable.Range(1, 10).Select(NewTalk).ToList();
        var large = NewTalk(99);
        var commit = large.Add(
            large.NewMessage("fits"),
            large.NewMessage("large", ahead: 1, content: new MessageContent { Type = MessageType.Text, Text = new string('x', 17 << 20) }));
        var committing = Store.Commit(commit, Token);
        var others = await Task.WhenAll(talks.Select(talk => Store.Commit(talk.Say(), Token)));

        Assert.All(others, result => Assert.Equal(CommitResult.Done, result));
        Assert.Equal(new CommitResult(CommitOutcome.Refused, ExternalId: "large"), await committing);
        Assert.Null(await Other.ReadHead(Tenant, large.Id, Token));

        // One that grows too large by a change.
        var talk = talks[0];
        var change = talk.Change(talk.Messages[1] with
        {
            Content = new MessageContent { Type = MessageType.Text, Text = new string('x', 17 << 20) },
        });
        Assert.Equal(new CommitResult(CommitOutcome.Refused, ExternalId: talk.Messages[1].ExternalId), await Store.Commit(change, Token));
    }

    [Fact]
    public async Task Large_commits_go_some_at_a_time()
    {
        await using var services = await MongoFixture.Services(new MongoOptions { ConnectionString = _proxy.Url, Flushers = 1, Deadline = Patient * 3 });
        var (reached, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        var (updates, commits) = (0, 0);
        _proxy.OnCommand = async command =>
        {
            commits += command == "commitTransaction" ? 1 : 0;
            if (command == "update" && Interlocked.Increment(ref updates) == 1)
            {
                reached.SetResult();
                await release.Task;
            }

            return ProxyAction.Forward;
        };
        var store = services.GetRequiredService<IConversationStore>();
        var first = store.Commit(NewTalk().Say(), Token);
        await reached.Task.WaitAsync(TimeSpan.FromSeconds(10), Token);
        var content = new MessageContent { Type = MessageType.Text, Text = new string('x', 9 << 20) };
        var others = Enumerable.Range(2, 6).Select(contact => store.Commit(NewTalk(contact).Say(content: content), Token)).ToList();
        release.SetResult();

        Assert.All(await Task.WhenAll([first, .. others]), result => Assert.Equal(CommitResult.Done, result));
        Assert.Equal(1 + 3, commits);
    }

    [Fact]
    public async Task A_change_that_no_document_can_hold_is_no_failure_of_the_store()
    {
        // Whoever tried it again would try for ever: it is for its caller to put it aside.
        var change = new EditChange
        {
            TargetId = "x",
            Stamp = new ChangeStamp(1, null, "gw"),
            At = DateTimeOffset.UnixEpoch,
            Text = new string('x', 17 << 20),
        };
        var failure = await Record.ExceptionAsync(
            () => _services.GetRequiredService<IParkingLot>().Park(Tenant, "shop", [change], 10, DateTimeOffset.UnixEpoch, Token));
        Assert.NotNull(failure);
        Assert.IsNotAssignableFrom<StoreException>(failure);
    }

    [Fact]
    public async Task A_commit_of_more_than_a_document_holds_is_done()
    {
        // 500 messages of 64 KB: 32 MB in one transaction.
        await using var patient = await MongoFixture.Services(new MongoOptions { ConnectionString = _proxy.Url, Deadline = Patient * 3 });
        var talk = NewTalk();
        var text = new string('x', 64 << 10);
        var messages = Enumerable.Range(0, 500)
            .Select(i => talk.NewMessage(ahead: i, content: new MessageContent { Type = MessageType.Text, Text = text }))
            .ToArray();

        Assert.Equal(CommitResult.Done, await patient.GetRequiredService<IConversationStore>().Commit(talk.Add(messages), Token));
        Assert.Equal(500, (await Other.ReadAfter(Tenant, talk.Id, 0, 500, Token)).Count);
    }

    private static Talk NewTalk(int contact = 1) => new(Tenant, contact, TimeProvider.System);

    private static async Task AssertInTime<TException>(Func<Task> call)
        where TException : Exception
    {
        var watch = Stopwatch.StartNew();
        await Assert.ThrowsAnyAsync<TException>(call);

        // The deadline is 5 s, and nothing waits for it twice.
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 9.5);
    }

    private static async Task Until(Func<Task<bool>> condition)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                if (await condition())
                {
                    return;
                }
            }
            catch (StoreUnavailableException) when (watch.Elapsed < TimeSpan.FromSeconds(20))
            {
                await Task.Delay(50, Token);
            }
        }
    }

    /// <summary>Once, whole, and with its events.</summary>
    private async Task AssertKept(Talk talk, int messages)
    {
        Same.Value(talk.Head, await Other.ReadHead(Tenant, talk.Id, Token));
        var kept = await Other.ReadAfter(Tenant, talk.Id, 0, 500, Token);
        Same.Values(talk.Messages.Values, kept.Select(message => message.Message!));
        Assert.Equal(messages, kept.Count);
        var database = _others.GetRequiredService<MongoDatabase>();
        var events = await database.Collections.Outbox.Find(new BsonDocument("subject", talk.Id)).ToListAsync(Token);
        Assert.Equal(Enumerable.Range(1, messages).Select(i => (long)i), events.Select(row => row["n"].AsInt64).Order());
        var listed = await _others.GetRequiredService<IQueries>().ListMessages(Tenant, new MessagesFilter(), new PageRequest(200), Token);
        Assert.Equal(listed.Rows.Count, listed.Total);
    }

    private async Task Write(string write, string text)
    {
        var now = DateTimeOffset.UtcNow;
        switch (write)
        {
            case "Learn":
                await _others.GetRequiredService<IAddressBook>().Learn(
                    Tenant,
                    [new LidPair(Address.Parse("100000000000011@lid"), Address.Parse(text == "first" ? "5511987650001" : "5511987650002"))],
                    now,
                    Token);
                break;
            case "Leave":
                await _others.GetRequiredService<IWorkList>().Leave(Tenant, [new Domain.Work.Erase("x")], now, Token);
                break;
            case "Touch":
                await _others.GetRequiredService<ISessionStore>().Touch(Tenant, "shop", now, Token);
                break;
            case "Put":
                await _others.GetRequiredService<IDirectory>().Put(
                    Tenant, [new DirectoryEntry(Address.Parse("5511987650001"), text, null, now)], Token);
                break;
            case "Park":
                await _others.GetRequiredService<IParkingLot>().Park(
                    Tenant,
                    "shop",
                    [new DeletionChange { TargetId = text, Stamp = new ChangeStamp(1, null, "gw"), At = now }],
                    100,
                    now,
                    Token);
                break;
            default:
                var quarantine = _others.GetRequiredService<IQuarantine>();
                if (text == "first")
                {
                    await quarantine.Add(
                        new QuarantinedPayload(Guid.CreateVersion7(now), Tenant, "a", "", null, null, now, 2_000_000, new byte[2_000_000]), Token);
                }
                else
                {
                    Assert.Equal(1, await quarantine.ExpireQuarantined(now.AddDays(1), Token));
                }

                break;
        }
    }
}
