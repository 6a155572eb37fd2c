using System.Text.Json.Nodes;

namespace Parley.BlackBox;

/// <summary>A tenant of a test with its client.</summary>
public sealed record TestTenant(string Id, string ApiKey, string WebhookToken, ParleyClient Client)
{
    /// <summary>Posts a webhook as a gateway would.</summary>
    public Task<Answer> Webhook(JsonNode body) => Client.Post($"/webhooks/evolution/{WebhookToken}", body);

    /// <summary>Posts a webhook that must be taken.</summary>
    public async Task<Answer> Accept(JsonNode body)
    {
        var answer = await Webhook(body);
        answer.Expect(200);
        return answer;
    }

    /// <summary>Posts a body as it is.</summary>
    public Task<Answer> Raw(byte[] body, string contentType = "application/json") =>
        Client.Send(HttpMethod.Post, $"/webhooks/evolution/{WebhookToken}", ParleyClient.Bytes(body, contentType));
}
