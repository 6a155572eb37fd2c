using System.Globalization;
using System.Text.Json.Nodes;
using Parley.Ports.Gateways;

namespace Parley.Gateways.Evolution.Rest;

/// <summary>How a generation of the gateway wants its requests (gateway notes, 7). Answers are read in both shapes by all.</summary>
internal abstract class Dialect
{
    public static Dialect V1 { get; } = new DialectV1();

    /// <summary>Before 2.3 two events had no name yet, and no reaction could be taken back.</summary>
    public static Dialect V20 { get; } = new DialectV2("SEND_MESSAGE_UPDATE", "STATUS_INSTANCE");

    public static Dialect V2 { get; } = new DialectV2() { TakesReactionsBack = true, WantsFiles = true };

    /// <summary>Of calls that change something of a chat or an instance.</summary>
    public abstract HttpMethod Change { get; }

    /// <summary>Whether what it was given at creation must be given once more, since it drops it.</summary>
    public abstract bool ForgetsAtCreate { get; }

    /// <summary>Whether an open instance must be logged out before it is deleted.</summary>
    public abstract bool DeletesClosedOnly { get; }

    /// <summary>Whether a reaction can be taken back.</summary>
    public bool TakesReactionsBack { get; private init; }

    /// <summary>Whether the list of messages comes in pages, and knows a filter by time.</summary>
    public abstract bool PagesMessages { get; }

    /// <summary>Whether it takes media as files, and must be given large ones so; stickers it takes as text only.</summary>
    public bool WantsFiles { get; private init; }

    public abstract JsonObject Create(InstanceOrder order);

    /// <summary>The webhook with every key of it: some keep an old value where a key is missing.</summary>
    public abstract JsonObject Webhook(InstanceWebhook webhook);

    /// <summary>Settings under which groups are heard, with every key.</summary>
    public abstract JsonObject Settings();

    public abstract SendBody Send(OutgoingMessage message);

    /// <param name="emoji">Empty takes it back.</param>
    public abstract JsonObject Reaction(MessageReference message, string emoji);

    public abstract JsonObject MarkRead(IReadOnlyList<MessageReference> messages);

    public abstract JsonObject Presence(string number, string state, int delayMs);

    /// <param name="version">As the gateway names it; 0.x speaks as 1.x does.</param>
    /// <returns>Null when it is no version.</returns>
    public static Dialect? Of(string version)
    {
        var text = version.AsSpan().TrimStart("vV ");
        if (Number(ref text) is not { } major)
        {
            return null;
        }

        return major < 2 ? V1 : major == 2 && Number(ref text) < 3 ? V20 : V2;
    }

    /// <summary>Takes the number that the text begins with, and the dot behind it.</summary>
    private static int? Number(ref ReadOnlySpan<char> text)
    {
        var end = text.IndexOfAnyExceptInRange('0', '9');
        end = end < 0 ? text.Length : end;
        int? number = int.TryParse(text[..end], NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
        text = text[end..].TrimStart('.');
        return number;
    }
}

/// <summary>A message as a gateway's call wants it.</summary>
/// <param name="Call">As in <c>sendText</c>.</param>
/// <param name="Body">Has <see cref="JsonWithMedia.Place"/> where media goes.</param>
internal sealed record SendBody(string Call, JsonObject Body);
