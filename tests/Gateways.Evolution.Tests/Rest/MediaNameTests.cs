using Parley.Gateways.Evolution.Rest;

namespace Parley.Gateways.Evolution.Tests.Rest;

/// <summary>The gateway goes by the name's extension, whatever type it is told.</summary>
public sealed class MediaNameTests
{
    [Theory]
    [InlineData(null, "audio/mpeg", "file.mp3")]
    [InlineData(null, "audio/mp4", "file.m4a")]
    [InlineData(null, "audio/ogg; codecs=opus", "file.ogg")]
    [InlineData(null, "text/plain", "file.txt")]
    [InlineData("", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "file.docx")]
    [InlineData(null, "image/png", "file.png")]
    [InlineData(null, "application/x-something-new", "file.bin")]
    [InlineData(null, null, "file.bin")]
    [InlineData("invoice", "application/pdf", "invoice.pdf")]
    [InlineData("invoice no. 5", "application/pdf", "invoice no. 5.pdf")]
    [InlineData("report 2.1", "application/pdf", "report 2.1.pdf")]
    [InlineData("name.", "application/pdf", "name.pdf")]
    [InlineData(".profile", "text/plain", ".profile.txt")]
    [InlineData("invoice.PDF", "application/pdf", "invoice.PDF")]
    [InlineData("drawing.dwg", "application/octet-stream", "drawing.dwg")]
    public void A_name_ends_with_what_tells_its_type(string? name, string? mimeType, string expected) =>
        Assert.Equal(expected, MediaNames.Of(name, mimeType));
}
