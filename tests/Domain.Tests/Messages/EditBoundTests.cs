using Parley.Domain.Messages;

namespace Parley.Domain.Tests.Messages;

public sealed class EditBoundTests
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

    private static Message Tell(IEnumerable<EditChange> edits)
    {
        var message = MessageRules.Open(Sample.Delivery(new Random(1), Direction.In), Guid.Empty, 1, Sample.Start);
        return edits.Aggregate(message, static (m, e) => MessageRules.Apply(m, e, Sample.Start));
    }

    private static EditChange Edit(int number) => new()
    {
        TargetId = "M1",
        Stamp = new ChangeStamp(number, null, "one"),
        At = DateTimeOffset.FromUnixTimeMilliseconds(number),
        Text = $"{number}",
    };
}
