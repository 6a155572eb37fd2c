using System.Globalization;

namespace Parley.Api.Tests;

/// <summary>One process in which a tenant has few requests.</summary>
public sealed class QuotaProcess : IAsyncLifetime
{
    public const int Requests = 6;
    public const string Page = "https://app.example";

    private ParleyProcess? _parley;

    public ParleyProcess Parley => _parley ?? throw new InvalidOperationException("It is not started.");

    public async ValueTask InitializeAsync() => _parley = await ParleyProcess.Start(
        null,
        "--Parley:Quota:RequestsPerMinute",
        Requests.ToString(CultureInfo.InvariantCulture),
        "--Parley:Cors:Origins:0",
        Page);

    public async ValueTask DisposeAsync()
    {
        if (_parley is not null)
        {
            await _parley.DisposeAsync();
        }
    }
}
