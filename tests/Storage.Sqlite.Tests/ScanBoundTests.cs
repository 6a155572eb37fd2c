using Microsoft.Extensions.DependencyInjection;
using Parley.Domain.Messages;
using Parley.Ports;
using Parley.Storage.Contract;
using Parley.Storage.Sqlite.Reading;

namespace Parley.Storage.Sqlite.Tests;

/// <summary>Where a filter has no index, a page stops after a number of rows and says where to go on.</summary>
public sealed class ScanBoundTests : IDisposable
{
    private readonly TempData _data = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task A_scan_that_finds_nothing_stops_and_goes_on()
    {
        await using var services = SqliteFixture.Services(_data.Options);
        var store = services.GetRequiredService<IConversationStore>();
        var queries = services.GetRequiredService<IQueries>();
        var talk = new Talk("acme", 1, TimeProvider.System);
        await store.Commit(talk.Say(content: new MessageContent { Type = MessageType.Poll }), Token);
        while (talk.Head.LastSequence < Keyset.Bound + 100)
        {
            await store.Commit(talk.Add([.. Enumerable.Range(0, 500).Select(i => talk.NewMessage(ahead: i))]), Token);
        }

        foreach (var filter in new[]
        {
            new MessagesFilter(Type: MessageType.Poll),
            new MessagesFilter(Type: MessageType.Poll, Until: DateTimeOffset.UtcNow.AddDays(1)),
            new MessagesFilter(Type: MessageType.Poll, ConversationId: talk.Id),
        })
        {
            var first = await queries.ListMessages("acme", filter, new PageRequest(10), Token);
            Assert.Empty(first.Rows);
            Assert.True(first.HasMore);
            Assert.NotNull(first.Continue);

            var second = await queries.ListMessages("acme", filter, new PageRequest(10, first.Continue), Token);
            Assert.Equal(1, Assert.Single(second.Rows).Message.Sequence);
            Assert.Null(second.Continue);
        }
    }
}
