using Parley.Api.Resources;
using Parley.Domain.Webhooks;

namespace Parley.Api.Endpoints;

/// <summary>The examples of webhooks out.</summary>
internal static class WebhooksOutExamples
{
    public const string Secret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    private const string Id = "ep_019cae2f5c0070008000000000000006";
    private const string Url = "https://shop.example/hooks/parley";

    public static DateTimeOffset Noon { get; } = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    public static WebhookEndpointResource Endpoint =>
        new(Id, Url, ["message.created", "message.status_changed"], [], null, EndpointStatus.Enabled, null, 0, null, 0, null, Noon, Noon);

    public static CreatedWebhookEndpointResource Created =>
        new(Id, Url, ["message.created", "message.status_changed"], [], null, EndpointStatus.Enabled, Secret, Noon);

    public static DeliveryResource Delivery => new(
        Guid.Parse("019cae2f-5c00-7000-8000-000000000007"),
        "acme",
        "evt_acme_42",
        "message.created",
        42,
        DeliveryStatus.Delivered,
        [new DeliveryAttempt(Noon, 503, "http_status", 12), new DeliveryAttempt(Noon.AddSeconds(5), 204, null, 9)],
        null,
        Noon,
        Noon.AddSeconds(5));

    public static ReplayAcceptedResource Replay =>
        new(Guid.Parse("019cae2f-5c00-7000-8000-000000000008"), Noon, Noon.AddHours(1), 120);
}
