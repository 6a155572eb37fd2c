using System.Buffers;
using Microsoft.AspNetCore.Http.Features;

namespace Parley.Api.Http;

/// <summary>Takes in what a client still sends of a body that is too large, after its answer.</summary>
/// <remarks>The server would close the connection at once. A client that is still sending then gets a reset, which makes it throw away the
/// answer that says why. A smaller body that nobody read is taken in by the server itself.</remarks>
internal sealed class LateBody(RequestDelegate next, TimeProvider time)
{
    private const int MostBytes = 8 * 1024 * 1024;
    private const int BufferSize = 64 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public async Task InvokeAsync(HttpContext context)
    {
        await next(context);
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false, MaxRequestBodySize: { } most } bound
            && context.Request.ContentLength > most
            && IsSent(context.Request))
        {
            await context.Response.CompleteAsync();
            bound.MaxRequestBodySize = null;
            await TakeIn(context);
        }
    }

    /// <summary>Whether the body comes without being asked for. In HTTP/2 a stream ends without harm to its connection.</summary>
    private static bool IsSent(HttpRequest request) => request.Headers.Expect.Count == 0 && HttpProtocol.IsHttp11(request.Protocol);

    private async Task TakeIn(HttpContext context)
    {
        using var enough = new CancellationTokenSource(Patience, time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(enough.Token, context.RequestAborted);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            int read;
            for (var taken = 0; taken < MostBytes && (read = await context.Request.Body.ReadAsync(buffer, ending.Token)) > 0; taken += read)
            {
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // It was answered: nothing more is owed to a client that goes on, or has gone.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
