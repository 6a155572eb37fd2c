using System.Net;

namespace Parley.GatewaySimulator.Rest;

/// <summary>The bytes of a media send: base64, or an address that the gateway fetches.</summary>
internal static class MediaSource
{
    private static readonly HttpClient Client = new() { Timeout = TimeSpan.FromSeconds(30) };

    /// <exception cref="RestException">It is neither, or the address gives nothing.</exception>
    public static async Task<byte[]> Read(string media)
    {
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

        var bytes = new byte[media.Length];
        return media.Length > 0 && Convert.TryFromBase64String(media, bytes, out var length) ? bytes[..length] : throw NotOwned();
    }

    private static RestException NotOwned() => new(Answer.Errors(400, "Owned media must be a url or base64"));
}
