namespace Parley.Grains;

/// <summary>The bounds of what a conversation does at once.</summary>
public sealed class ConversationOptions
{
    /// <summary>How many messages a page of taking over or erasing has: with its events well below the 500 rows of a commit.</summary>
    public int PageSize { get; set; } = 200;
}
