using System.Text.Json;
using System.Text.Json.Serialization;
using Parley.Domain.Addresses;
using Parley.Domain.Observations;

namespace Parley.Gateways.Evolution.Tests;

/// <summary>Observations as text, so that two of them can be compared with all that is in them.</summary>
internal static class Comparable
{
    private static readonly JsonSerializerOptions Options = new() { Converters = { new AddressConverter(), new JsonStringEnumConverter() } };

    /// <summary>Media data aside: a payload that is kept has none.</summary>
    public static string Text(Observation observation) => JsonSerializer.Serialize(
        observation is MessageObserved message ? message with { MediaData = null } : observation, observation.GetType(), Options);

    private sealed class AddressConverter : JsonConverter<Address>
    {
        public override Address Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            Address.Parse(reader.GetString()!);

        public override void Write(Utf8JsonWriter writer, Address value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
    }
}
