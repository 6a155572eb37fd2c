using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using Parley.Api.Problems;

namespace Parley.Api.Http;

/// <summary>A parameter of the query, as the OpenAPI document shows it.</summary>
internal interface IQueryParameter
{
    string Name { get; }

    string Description { get; }

    OpenApiSchema Schema { get; }
}

/// <summary>A parameter of the query: how it is read and how it is described, in one place.</summary>
/// <typeparam name="T">Nullable: null when the parameter is not given.</typeparam>
internal sealed class QueryParameter<T>(string name, string description, string expected, OpenApiSchema schema, Func<string, T?> read)
    : IQueryParameter
{
    public string Name => name;

    public string Description => description;

    public OpenApiSchema Schema => schema;

    public T? Read(HttpContext context)
    {
        var values = context.Request.Query[name];
        if (values.Count == 0)
        {
            return default;
        }

        if (values.Count > 1)
        {
            throw Wrong($"{name} is given more than once.");
        }

        return read(values[0] ?? "") is { } value ? value : throw Wrong($"{name} must be {expected}.");
    }

    private ProblemException Wrong(string detail) => new(Problem.OfParameter(ProblemCode.InvalidRequest, name, detail));
}

/// <summary>Makes parameters of the query.</summary>
internal static class QueryParameter
{
    public static QueryParameter<long?> Integer(string name, string description, long min, long max, long? byDefault = null) => new(
        name,
        description,
        $"a whole number from {min} to {max}",
        new OpenApiSchema
        {
            Type = JsonSchemaType.Integer,
            Format = "int64",
            Minimum = min.ToString(CultureInfo.InvariantCulture),
            Maximum = max.ToString(CultureInfo.InvariantCulture),
            Default = byDefault is { } value ? JsonValue.Create(value) : null,
        },
        text => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max
            ? value
            : null);

    public static QueryParameter<bool?> Boolean(string name, string description) => new(
        name,
        description,
        "true or false",
        new OpenApiSchema { Type = JsonSchemaType.Boolean },
        text => text switch { "true" => true, "false" => false, _ => null });

    public static QueryParameter<DateTimeOffset?> Time(string name, string description) => new(
        name,
        description,
        "a time as RFC 3339 writes it, with its zone",
        new OpenApiSchema { Type = JsonSchemaType.String, Format = "date-time" },
        text => Rfc3339.TryParse(text, out var time) ? time : null);

    public static QueryParameter<string> Text(string name, string description, int longest = 256) => new(
        name,
        description,
        $"at most {longest} characters",
        new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = longest },
        text => text.Length <= longest ? text : null);

    public static QueryParameter<Guid?> Id(string name, string description) => new(
        name,
        description,
        "an id",
        new OpenApiSchema { Type = JsonSchemaType.String, Format = "uuid" },
        text => Guid.TryParseExact(text, "D", out var id) ? id : null);

    /// <summary>One of the names of an enum, in snake_case.</summary>
    public static QueryParameter<TEnum?> Word<TEnum>(string name, string description)
        where TEnum : struct, Enum
    {
        var words = Enum.GetValues<TEnum>().ToDictionary(
            value => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString()), value => value, StringComparer.Ordinal);
        return new QueryParameter<TEnum?>(
            name,
            description,
            $"one of {string.Join(", ", words.Keys)}",
            new OpenApiSchema { Type = JsonSchemaType.String, Enum = [.. words.Keys.Select(word => (JsonNode)word)] },
            text => words.TryGetValue(text, out var value) ? value : null);
    }
}
