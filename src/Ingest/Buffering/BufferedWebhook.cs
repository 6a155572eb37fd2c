namespace Parley.Ingest.Buffering;

/// <summary>A webhook between its receipt and its being taken in, as a buffer keeps it.</summary>
/// <param name="Owner">Whose its token is.</param>
/// <param name="Instance">The gateway's name of the instance, from the envelope.</param>
/// <param name="ReceivedAt">When Parley received it.</param>
/// <param name="Body">As the gateway posted it; empty where the media store keeps it.</param>
public sealed record BufferedWebhook(WebhookOwner Owner, string Instance, DateTimeOffset ReceivedAt, ReadOnlyMemory<byte> Body)
{
    /// <summary>The file of the media store that is the body, where that was too large for the buffer; null = <see cref="Body"/> is it.</summary>
    public string? BodySha256 { get; init; }

    /// <summary>In whose name the media store keeps the body: what the token alone tells.</summary>
    public string Space => SpaceOf(Owner);

    /// <summary>What is to be taken in one after another: the webhooks of one instance of one tenant, or of one gateway's.</summary>
    /// <remarks>A session's token counts as its tenant's, so that an address that changes from one to the other keeps the order.</remarks>
    public string Key => $"{Space}/{Instance}";

    internal static string SpaceOf(WebhookOwner owner) => owner.TenantId ?? WebhookOwner.SpaceOf(owner.GatewayId!);
}
