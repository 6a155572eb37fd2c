namespace Parley.Storage.Sqlite.Rows;

/// <summary>
/// Row ids made of two numbers, so that a table is clustered by them, keeps the cheap leaves of a rowid table, and its
/// indexes point to a row with one number.
/// </summary>
internal static class MessagePlace
{
    private const int SequenceBits = 32;

    /// <summary>The row id of a message: conversation (below 2^31), then sequence (below 2^32).</summary>
    /// <remarks>A sequence may come from a link that somebody wrote: whatever it says, the place stays within the conversation.</remarks>
    public static long Of(long conversation, long sequence) => (conversation << SequenceBits) | Math.Clamp(sequence, 0, uint.MaxValue);

    public static long Last(long conversation) => Of(conversation, uint.MaxValue);

    public static long Conversation(long place) => place >> SequenceBits;

    public static long Sequence(long place) => place & uint.MaxValue;
}
