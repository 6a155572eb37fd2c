using Microsoft.OpenApi;

namespace Parley.Api.OpenApi;

/// <summary>What the parts of paths mean.</summary>
internal static class PathParameters
{
    private static readonly Dictionary<string, (string Description, string? Format)> Known = new(StringComparer.Ordinal)
    {
        ["tenantId"] = ("The tenant's id.", null),
        ["keyId"] = ("The key's id.", null),
        ["tokenId"] = ("The token's id.", null),
        ["gatewayId"] = ("The gateway's id.", null),
        ["sessionId"] = ("The session's id.", null),
        ["conversationId"] = ("The conversation's id, as an answer told it.", null),
        ["from"] = ("One party: a number in any spelling, a WhatsApp id or session:<id>.", null),
        ["to"] = ("The other party.", null),
        ["messageId"] = ("The message's id.", "uuid"),
        ["quarantineId"] = ("The payload's id.", "uuid"),
        ["endpointId"] = ("The webhook endpoint's id.", null),
        ["deliveryId"] = ("The delivery's id.", "uuid"),
        ["token"] = ("The webhook token.", null),
        ["type"] = ("The type of event.", null),
        ["event"] = ("What the gateway appends; it is not looked at.", null),
    };

    public static void Describe(OpenApiParameter parameter)
    {
        if (parameter.In != ParameterLocation.Path || !Known.TryGetValue(parameter.Name ?? "", out var known))
        {
            return;
        }

        parameter.Description = known.Description;
        parameter.Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = known.Format, MinLength = 1 };
    }
}
