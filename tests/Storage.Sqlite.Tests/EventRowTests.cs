using System.Text;
using Parley.Domain.Events;
using Parley.Domain.Messages;
using Parley.Ports.Rows;

namespace Parley.Storage.Sqlite.Tests;

/// <summary>Every row of the log can be read, whatever became of it.</summary>
public sealed class EventRowTests
{
    private static readonly DateTimeOffset LoggedAt = DateTimeOffset.UnixEpoch.AddDays(20_000);

    private static readonly EventFacts Whole = new()
    {
        Type = EventType.MessageStatusChanged,
        Number = 7,
        At = LoggedAt.AddSeconds(-1),
        SessionId = "shop-1",
        MessageId = Guid.Parse("019cae2f-5c00-7000-8000-000000000001"),
        Sequence = 3,
        Origin = MessageOrigin.Live,
        Previous = MessageStatus.Sent,
        Current = MessageStatus.Read,
    };

    [Fact]
    public void A_row_that_is_whole_is_read_as_it_was_written() => Assert.Equal(Whole, EventRow.Read(StoreJson.Write(Whole), LoggedAt));

    [Fact]
    public void A_word_of_a_newer_version_leaves_all_else()
    {
        var facts = EventRow.Read(Change("\"current\":\"read\"", "\"current\":\"framed\""), LoggedAt);
        Assert.Equal(
            Whole with { Type = EventType.Unreadable, WasType = EventType.MessageStatusChanged, Previous = null, Current = null },
            facts);
    }

    [Fact]
    public void Cut_anywhere_it_tells_what_was_before_the_cut_and_never_throws()
    {
        var bytes = StoreJson.Write(Whole);
        for (var length = 0; length < bytes.Length; length++)
        {
            var facts = EventRow.Read(bytes.AsSpan(0, length), LoggedAt);
            Assert.Equal(EventType.Unreadable, facts.Type);
            Assert.True(facts.WasType is null || facts.WasType == Whole.Type);
            Assert.True(facts.Number is 0 or 7);
            Assert.True(facts.At == LoggedAt || facts.At == Whole.At);
        }

        Assert.Equal(Whole.MessageId, EventRow.Read(bytes.AsSpan(0, bytes.Length - 1), LoggedAt).MessageId);
    }

    [Fact]
    public void Other_bytes_anywhere_do_not_throw()
    {
        var random = new Random(7);
        for (var n = 0; n < 20_000; n++)
        {
            var bytes = StoreJson.Write(Whole);
            for (var changes = random.Next(1, 4); changes > 0; changes--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            var facts = EventRow.Read(bytes, LoggedAt);
            Assert.DoesNotContain('\n', facts.Type);
            Assert.NotEmpty(facts.Type);
        }
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"message.created\"")]
    [InlineData("{}")]
    [InlineData("""{"type":null,"number":1,"at":5}""")]
    [InlineData("""{"type":"","number":1,"at":5}""")]
    [InlineData("""{"type":"a\nid: 7","number":1,"at":5}""")]
    [InlineData("""{"type":{"type":"message.created"},"number":1,"at":5}""")]
    public void What_has_no_type_has_none(string json)
    {
        var facts = EventRow.Read(Encoding.UTF8.GetBytes(json), LoggedAt);
        Assert.Equal((EventType.Unreadable, null), (facts.Type, facts.WasType));
    }

    [Theory]
    [InlineData("9223372036854775807")]
    [InlineData("-9223372036854775808")]
    [InlineData("\"yesterday\"")]
    [InlineData("1e400")]
    public void A_time_that_is_none_is_that_of_the_log(string at)
    {
        var facts = EventRow.Read(Encoding.UTF8.GetBytes($$"""{"type":"session.updated","at":{{at}},"number":4}"""), LoggedAt);
        Assert.Equal((EventType.Unreadable, EventType.SessionUpdated, LoggedAt, 4), (facts.Type, facts.WasType, facts.At, facts.Number));
    }

    [Theory]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    public void A_number_that_is_no_time_is_the_nearest_one(long ms) => Assert.Equal(ms < 0 ? 1 : 9999, EventRow.Time(ms).Year);

    private static byte[] Change(string from, string to)
    {
        var text = Encoding.UTF8.GetString(StoreJson.Write(Whole));
        Assert.Contains(from, text, StringComparison.Ordinal);
        return Encoding.UTF8.GetBytes(text.Replace(from, to, StringComparison.Ordinal));
    }
}
