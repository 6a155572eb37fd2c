using Parley.Domain.Messages;

namespace Parley.Domain.Tests.Messages;

public sealed class EditTests
{
    [Fact]
    public void beyond_the_bound_the_oldest_edits_go_whichever_came_last()
    {
        var edits = Enumerable.Range(1, MessageRules.MostEdits + 20).Select(Edit).ToArray();
        var forward = Tell(edits);
        Array.Reverse(edits);
        var backward = Tell(edits);

        Assert.Equal(MessageRules.MostEdits, forward.Edits.Length);
        Assert.Equal(Rendering.Of(forward), Rendering.Of(backward));
        Assert.Equal("220", MessageView.Text(forward));
        Assert.Same(forward, MessageRules.Apply(forward, Edit(1), Sample.Start));
    }

    [Fact]
    public void an_edit_back_to_an_earlier_text_counts_also_where_no_edit_has_a_time_of_its_own()
    {
        EditChange[] edits = [Received("one", 1), Received("two", 2), Received("one", 3)];

        foreach (var order in (int[][])[[0, 1, 2], [2, 1, 0], [1, 2, 0], [2, 0, 1, 0, 2]])
        {
            var message = Tell(order.Select(i => edits[i]));
            Assert.Equal("one", MessageView.Text(message));
            Assert.Equal(["two", "one"], message.Edits.OrderBy(static e => e.Stamp.EnvelopeMs).Select(static e => e.Text));
        }
    }

    /// <summary>By envelope the second beats the first, by their times the third would lie between them.</summary>
    [Fact]
    public void which_of_several_reports_of_one_edit_stays_does_not_depend_on_their_order()
    {
        EditChange[] edits = [Report("one", 1, 10), Report("one", 2, 12), Report("two", 1, 11)];

        var stories = ((int[][])[[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0], [0, 2, 1, 0, 2]])
            .Select(order => Rendering.Of(Tell(order.Select(i => edits[i]))));

        Assert.Single(stories.Distinct(StringComparer.Ordinal));

        static EditChange Report(string gateway, int envelope, int at) =>
            Edit(at) with { Text = "text", Stamp = new ChangeStamp(null, envelope, gateway) };
    }

    private static Message Tell(IEnumerable<EditChange> edits)
    {
        var message = MessageRules.Open(Sample.Delivery(new Random(1), Direction.In), Guid.Empty, 1, Sample.Start);
        return edits.Aggregate(message, static (m, e) => MessageRules.Apply(m, e, Sample.Start));
    }

    private static EditChange Received(string text, int at) => Edit(at) with { Text = text, Stamp = new ChangeStamp(null, at, "one") };

    private static EditChange Edit(int number) => new()
    {
        TargetId = "M1",
        Stamp = new ChangeStamp(number, null, "one"),
        At = DateTimeOffset.FromUnixTimeMilliseconds(number),
        Text = $"{number}",
    };
}
