using System.Text;
using Parley.Domain.Messages;
using Parley.Ports.Rows;
using Parley.Storage.Contract;

namespace Parley.Storage.Sqlite.Tests;

/// <summary>How values are written into rows.</summary>
public sealed class StoreJsonTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void What_is_empty_is_left_out()
    {
        var json = Encoding.UTF8.GetString(StoreJson.Write(new MessageContent { Type = MessageType.Text, Text = "é" }));
        Assert.Equal("{\"type\":\"text\",\"text\":\"é\"}", json);
    }

    [Fact]
    public void What_is_missing_is_read_as_empty()
    {
        var content = StoreJson.Read<MessageContent>("{\"type\":\"system\"}"u8);
        Assert.True(content.Mentions is { IsDefault: false, IsEmpty: true });
        Assert.True(content.Contacts is { IsDefault: false, IsEmpty: true });
    }

    [Fact]
    public void An_array_that_was_never_set_is_an_empty_one()
    {
        var poll = StoreJson.Read<Poll>(StoreJson.Write(new Poll("x", default, 0)));
        Assert.True(poll.Options is { IsDefault: false, IsEmpty: true });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(10_000)]
    [InlineData(1_234_567)]
    public void Times_keep_their_ticks(long ticks)
    {
        var time = Now.AddTicks(ticks);
        Assert.Equal(time, StoreJson.Read<DateTimeOffset>(StoreJson.Write(time)));
    }

    [Fact]
    public void Every_kind_of_change_is_read_as_it_was_written()
    {
        foreach (var change in new[] { Changes.Edit("a", "b", Now), Changes.Deletion("a", Now), Changes.Vote("a", Now) })
        {
            Same.Value<object>(change, StoreJson.Read<MessageChange>(StoreJson.Write(change)));
        }
    }

    [Fact]
    public void An_external_key_tells_tenants_directions_and_ids_apart()
    {
        byte[][] keys =
        [
            ExternalKey.Of("a", Direction.In, "x"),
            ExternalKey.Of("a", Direction.Out, "x"),
            ExternalKey.Of("b", Direction.In, "x"),
            ExternalKey.Of("a", Direction.In, "y"),
            ExternalKey.Of("a", Direction.In, new string('y', 5000)),
        ];
        Assert.Equal(5, keys.Select(Convert.ToHexString).Distinct(StringComparer.Ordinal).Count());
        Assert.All(keys, key => Assert.Equal(ExternalKey.Length, key.Length));
        Assert.Equal(keys[0], ExternalKey.Of("a", Direction.In, "x"));
    }
}
