using System.Text.Json;
using System.Text.Json.Serialization;
using Parley.Domain.Addresses;

namespace Parley.Ports.Rows;

/// <summary>An address as its text; the empty text is the address that was never set.</summary>
internal sealed class AddressConverter : JsonConverter<Address>
{
    public override Address Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetString() is { Length: > 0 } text ? Address.Parse(text) : default;

    public override void Write(Utf8JsonWriter writer, Address value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Value);
}
