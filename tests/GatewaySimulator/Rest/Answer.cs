using System.Text.Json.Nodes;

namespace Parley.GatewaySimulator.Rest;

/// <summary>An answer of the REST side.</summary>
/// <param name="Body">Null = an empty body; JSON's null is <see cref="Nothing"/>.</param>
internal sealed record Answer(int Status, JsonNode? Body)
{
    /// <summary>200 with JSON's <c>null</c>.</summary>
    public static Answer Nothing { get; } = new(200, null) { WritesNull = true };

    public bool WritesNull { get; private init; }

    public static Answer Ok(JsonNode body) => new(200, body);

    public static Answer Created(JsonNode body) => new(201, body);

    /// <param name="message">What stands in <c>response.message</c>.</param>
    public static Answer Error(int status, JsonNode message) => new(status, new JsonObject
    {
        ["status"] = status,
        ["error"] = Reason(status),
        ["response"] = new JsonObject { ["message"] = message },
    });

    /// <summary>Most errors put their text into an array.</summary>
    public static Answer Errors(int status, params string[] messages) => Error(status, Json.Array(messages));

    /// <summary>The body is not what the call needs: an array in an array.</summary>
    public static Answer Invalid(params IEnumerable<string> messages) => Error(400, new JsonArray(Json.Array(messages)));

    public static string Reason(int status) => status switch
    {
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        429 => "Too Many Requests",
        _ => "Internal Server Error",
    };
}
