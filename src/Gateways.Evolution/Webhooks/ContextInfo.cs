using System.Collections.Immutable;
using System.Text.Json;
using Parley.Domain.Addresses;
using Parley.Domain.Messages;

namespace Parley.Gateways.Evolution.Webhooks;

/// <summary>What a message says about others: quote, mentions, forwarding, the advertisement it came from.</summary>
/// <remarks>
/// Two copies can exist, each with gaps: <c>data.contextInfo</c> and the unwrapped content's. A contextInfo proves
/// nothing by being there: only a <c>stanzaId</c> is a quote (webhooks, 5.1 and 12).
/// </remarks>
internal readonly ref struct ContextInfo(JsonElement lifted, JsonElement inner, JsonElement beside)
{
    private readonly JsonElement _lifted = lifted;
    private readonly JsonElement _inner = inner;
    private readonly JsonElement _beside = beside;

    public static ContextInfo Of(JsonElement data, in Content content) => new(
        data.Get("contextInfo"u8), content.Value.Get("contextInfo"u8), content.Holder.Get("contextInfo"u8));

    public string? Quoted =>
        MessageKey.IdOf(_lifted.Get("stanzaId"u8))
        ?? MessageKey.IdOf(_inner.Get("stanzaId"u8))
        ?? MessageKey.IdOf(_beside.Get("stanzaId"u8));

    /// <summary>Whether what is quoted is a story or the like, which Parley never has.</summary>
    public bool QuotesElsewhere => IsElsewhere(_lifted) || IsElsewhere(_inner) || IsElsewhere(_beside);

    public bool Forwarded => IsForwarded(_lifted) || IsForwarded(_inner) || IsForwarded(_beside);

    public ImmutableArray<Address> Mentions =>
        MentionsOf(_lifted) is { IsEmpty: false } lifted ? lifted
        : MentionsOf(_inner) is { IsEmpty: false } inner ? inner
        : MentionsOf(_beside);

    public Referral? Referral => ReferralOf(_lifted) ?? ReferralOf(_inner) ?? ReferralOf(_beside);

    private static bool IsElsewhere(JsonElement info) => MessageKey.IsElsewhere(info.Get("remoteJid"u8));

    private static bool IsForwarded(JsonElement info) => info.Get("isForwarded"u8).IsTrue() || info.Get("forwardingScore"u8).Integer() > 0;

    private static ImmutableArray<Address> MentionsOf(JsonElement info)
    {
        var jids = info.Get("mentionedJid"u8);
        if (!jids.IsArray() || jids.GetArrayLength() == 0)
        {
            return [];
        }

        var mentions = ImmutableArray.CreateBuilder<Address>(jids.GetArrayLength());
        foreach (var jid in jids.EnumerateArray())
        {
            if (Address.TryParse(jid.Text(), out var address))
            {
                mentions.Add(address);
            }
        }

        return mentions.ToImmutable();
    }

    private static Referral? ReferralOf(JsonElement info)
    {
        var ad = info.Get("externalAdReply"u8);
        var clickId = ad.Get("ctwaClid"u8).Words();
        var sourceId = ad.Get("sourceId"u8).Words();
        var sourceType = ad.Get("sourceType"u8).Words();

        // Rich link previews use the same object: without a source they are no advertisement.
        if (clickId is null && sourceId is null && sourceType is null && info.Get("conversionSource"u8).Words() is null)
        {
            return null;
        }

        return new(
            ad.Get("title"u8).Words(), ad.Get("body"u8).Words(), ad.Get("sourceUrl"u8).Words(),
            sourceType ?? info.Get("conversionSource"u8).Words(), sourceId, clickId);
    }
}
