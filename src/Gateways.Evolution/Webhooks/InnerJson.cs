using System.Text;
using System.Text.Json;

namespace Parley.Gateways.Evolution.Webhooks;

/// <summary>JSON that travels inside a string.</summary>
internal static class InnerJson
{
    /// <returns>Null when it is no JSON.</returns>
    public static JsonDocument? Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        try
        {
            return JsonDocument.Parse(BodyText.Readable(Encoding.UTF8.GetBytes(text)), Json.Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
