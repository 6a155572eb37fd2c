using Parley.Domain.Messages;
using Parley.Ports;

namespace Parley.Storage.Contract;

/// <summary>The messages of a tenant.</summary>
public abstract class TenantMessageListContract(IStoreFixture fixture) : StoreTests(fixture)
{
    [Fact]
    public async Task The_total_is_what_a_count_would_find()
    {
        var talks = await Fill();
        var expected = talks.Sum(talk => talk.Visible.Count());
        Assert.Equal(expected, (await List(new MessagesFilter(), new PageRequest(1))).Total);
        Assert.Equal(expected, (await Pages.Forwards(page => List(new MessagesFilter(), page), 200)).Count);
        Assert.Null((await List(new MessagesFilter(SessionId: "s0"), new PageRequest(1))).Total);
    }

    [Fact]
    public async Task Each_message_comes_with_its_conversation()
    {
        var talk = NewTalk();
        await Say(talk, 1);
        var entry = Assert.Single((await List(new MessagesFilter(), new PageRequest(5))).Rows);
        Same.Value(talk.Head, entry.Head);
        Same.Value(talk.Messages[1], entry.Message);

        var found = await Store.Queries.FindMessage(Tenant, talk.Messages[1].Id, Token);
        Same.Value(entry, found);
        Assert.Null(await Store.Queries.FindMessage(Tenant, Guid.NewGuid(), Token));
    }

    [Fact]
    public async Task A_list_by_change_time_follows_changes()
    {
        var talk = NewTalk();
        await Say(talk, 3);
        Time.Advance(TimeSpan.FromMinutes(1));
        await Commit(talk.Change(talk.Messages[1] with { UpdatedAt = Now, Status = MessageStatus.Read }));

        var since = (await List(new MessagesFilter(UpdatedSince: Now), new PageRequest(5))).Rows;
        Assert.Equal([1], since.Select(entry => entry.Message.Sequence));
        var all = (await List(new MessagesFilter(UpdatedSince: Now.AddMinutes(-1)), new PageRequest(5))).Rows;
        Assert.Equal([2, 3, 1], all.Select(entry => entry.Message.Sequence));
    }

    [Fact]
    public async Task Random_filters_find_what_a_plain_search_finds()
    {
        var talks = await Fill();
        var random = new Random(1234);
        for (var i = 0; i < 150; i++)
        {
            var order = random.Next(3);
            var talk = talks[random.Next(talks.Count)];
            var filter = new MessagesFilter(
                random.Next(3) switch { 0 => Direction.In, 1 => Direction.Out, _ => null },
                random.Next(3) == 0 ? [MessageStatus.Delivered, MessageStatus.Failed] : null,
                random.Next(3) == 0 ? $"s{random.Next(3)}" : null,
                random.Next(4) == 0 ? talk.Id : null,
                random.Next(5) == 0 ? $"ext-{random.Next(20)}" : null,
                random.Next(3) == 0 ? MessageType.Image : null,
                order == 1 ? Now.AddSeconds(random.Next(-20, 0)) : null,
                order == 1 && random.Next(2) == 0 ? Now.AddSeconds(random.Next(-10, 10)) : null,
                order == 2 ? Now.AddSeconds(random.Next(-100, 0)) : null);
            var limit = random.Next(1, 25);
            var expected = Expected(talks, filter).ToList();

            Same.Values(expected, (await Pages.Forwards(page => List(filter, page), limit)).Select(entry => entry.Message));
            Same.Values(expected, (await Pages.Backwards(page => List(filter, page), limit)).Select(entry => entry.Message));
        }
    }

    private async Task<List<Talk>> Fill()
    {
        var random = new Random(99);
        var talks = Enumerable.Range(1, 6).Select(contact => NewTalk(contact)).ToList();
        for (var i = 0; i < 90; i++)
        {
            Time.Advance(TimeSpan.FromSeconds(1));
            var talk = talks[random.Next(talks.Count)];
            await Commit(talk.Say(
                externalId: random.Next(2) == 0 && !talk.Messages.Values.Any(message => message.ExternalId == $"ext-{i % 20}")
                    ? $"ext-{i % 20}"
                    : null,
                direction: random.Next(2) == 0 ? Direction.In : Direction.Out,
                timestamp: Now.AddSeconds(random.Next(-20, 20)),
                status: (MessageStatus)random.Next(6),
                sessionId: $"s{random.Next(3)}",
                content: new MessageContent { Type = random.Next(3) == 0 ? MessageType.Image : MessageType.Text }));
            if (i is 20 or 40)
            {
                await Commit(talks[0].Delete());
            }
        }

        var last = talks[1].Messages.Values.Last();
        await Commit(talks[1].Change(last with { UpdatedAt = Now, Status = MessageStatus.Read, Timestamp = Now.AddSeconds(-15) }));
        var elsewhere = NewTalk(1, OtherTenant);
        await Commit(elsewhere.Say("ext-1"));
        return talks;
    }

    private static IEnumerable<Message> Expected(List<Talk> talks, MessagesFilter filter)
    {
        var found = talks
            .Where(talk => filter.ConversationId is null || talk.Id == filter.ConversationId)
            .SelectMany(talk => talk.Visible)
            .Where(message =>
                (filter.Direction is null || message.Direction == filter.Direction)
                && (filter.Statuses is null || filter.Statuses.Contains(message.Status))
                && (filter.SessionId is null || message.SessionId == filter.SessionId)
                && (filter.ExternalId is null || message.ExternalId == filter.ExternalId)
                && (filter.Type is null || message.Content.Type == filter.Type)
                && (filter.Since is null || message.Timestamp >= filter.Since)
                && (filter.Until is null || message.Timestamp < filter.Until)
                && (filter.UpdatedSince is null || message.UpdatedAt >= filter.UpdatedSince));
        return filter.UpdatedSince is not null
            ? found.OrderBy(message => message.UpdatedAt).ThenBy(Text)
            : filter.Since is not null || filter.Until is not null
                ? found.OrderByDescending(message => message.Timestamp).ThenByDescending(Text)
                : found.OrderByDescending(Text);
    }

    private static string Text(Message message) => message.Id.ToString("D");

    private Task<Page<MessageEntry>> List(MessagesFilter filter, PageRequest page) =>
        Store.Queries.ListMessages(Tenant, filter, page, Token);
}
