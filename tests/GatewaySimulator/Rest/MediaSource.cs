using System.Net;
using System.Text.Json.Nodes;

namespace Parley.GatewaySimulator.Rest;

/// <summary>The bytes of a media send: a file, base64, or an address that the gateway fetches.</summary>
internal static class MediaSource
{
    /// <summary>Characters; 4.4 million were taken and 4.8 were not.</summary>
    private const int MostBase64 = 4_500_000;

    private static readonly HttpClient Client = new() { Timeout = TimeSpan.FromSeconds(30) };

    /// <param name="body">What the call has in it; a file stands for the media.</param>
    /// <param name="name">The media's member.</param>
    /// <exception cref="RestException">It is none of them, or the address gives nothing.</exception>
    public static async Task<byte[]> Read(Dialect dialect, JsonObject body, string name)
    {
        if (body.Text("file") is { } file)
        {
            return Convert.FromBase64String(file);
        }

        var media = body.Text(name) ?? "";
        if (Uri.TryCreate(media, UriKind.Absolute, out var url) && url.Scheme is "http" or "https")
        {
            // Host names without a dot pass for no URL; addresses such as 127.0.0.1 do.
            if (!url.Host.Contains('.', StringComparison.Ordinal) && !IPAddress.TryParse(url.Host.Trim('[', ']'), out _))
            {
                throw NotOwned();
            }

            try
            {
                return await Client.GetByteArrayAsync(url);
            }
            catch (HttpRequestException exception)
            {
                throw new RestException(Answer.Errors(400, $"AxiosError: {exception.Message}"));
            }
        }

        if (dialect.ChokesOnLongBase64 && media.Length > MostBase64)
        {
            throw new RestException(Answer.Error(500, "Maximum call stack size exceeded"));
        }

        var bytes = new byte[media.Length];
        return media.Length > 0 && Convert.TryFromBase64String(media, bytes, out var length) ? bytes[..length] : throw NotOwned();
    }

    private static RestException NotOwned() => new(Answer.Errors(400, "Owned media must be a url or base64"));
}
