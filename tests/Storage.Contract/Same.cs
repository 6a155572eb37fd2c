using System.Text.Json;
using System.Text.Json.Serialization;
using Parley.Domain.Addresses;

namespace Parley.Storage.Contract;

/// <summary>Compares values of the domain by all that they hold: records compare their arrays by reference.</summary>
public static class Same
{
    private static readonly JsonSerializerOptions Options = new() { Converters = { new AddressText() }, WriteIndented = true };

    public static void Value<T>(T expected, T actual) => Assert.Equal(Text(expected), Text(actual));

    public static void Values<T>(IEnumerable<T> expected, IEnumerable<T> actual) =>
        Assert.Equal(expected.Select(Text), actual.Select(Text));

    private static string Text<T>(T value) => JsonSerializer.Serialize(value, Options);

    private sealed class AddressText : JsonConverter<Address>
    {
        public override Address Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, Address value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.Value);
    }
}
