using System.Text.Json.Nodes;

namespace Parley.Truth;

/// <summary>Every picture that is not deleted has the bytes that WhatsApp has of it.</summary>
internal static class PictureCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <returns>How many were read.</returns>
    public static async Task<int> Check(TruthLine line, Books books)
    {
        var asked = line.Asked.Where(static a => a is { Id: not null, Picture: not null }).ToDictionary(static a => a.Id!, static a => a.Picture!, StringComparer.Ordinal);
        var pictures = books.Kept.Messages
            .Where(m => m["sessionId"]!.GetValue<string>() == line.SessionId && m["deletedAt"] is null)
            .Select(m => (Message: m, Bytes: asked.GetValueOrDefault(m["id"]!.GetValue<string>()) ?? Written(line, m)))
            .Where(static p => p.Bytes is not null)
            .ToList();
        foreach (var (message, bytes) in pictures)
        {
            Assert.Equal("image", message["type"]!.GetValue<string>());
            Answer? answer = null;
            await Poll.Until(
                async () => (answer = await line.Client.Get($"/messages/{message["id"]}/media")).Status != 202, $"the bytes of {message.ToJsonString()}", Patience);
            Assert.True(
                answer!.Status == 200 && answer.Bytes.AsSpan().SequenceEqual(bytes),
                $"{line.SessionId}: {answer.Status}, {answer.Bytes.Length} bytes of {bytes!.Length}: {message.ToJsonString()}");
        }

        return pictures.Count;
    }

    private static byte[]? Written(TruthLine line, JsonNode message) =>
        message["externalId"]?.GetValue<string>() is { } id ? line.Written.GetValueOrDefault(id)?.Picture : null;
}
