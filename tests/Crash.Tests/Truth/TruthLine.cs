using System.Collections.Concurrent;
using System.Globalization;
using Parley.Api.Tests;
using Parley.GatewaySimulator;
using Parley.GatewaySimulator.Instances;
using Parley.GatewaySimulator.Network;
using Parley.GatewaySimulator.Webhooks;

namespace Parley.Truth;

/// <summary>A line at a gateway of its own, the people it knows, and all that was done.</summary>
internal sealed class TruthLine : IAsyncDisposable
{
    private static int _groups;
    private readonly TestGateway _gateway;

    private TruthLine(TestGateway gateway, string sessionId, Instance instance)
    {
        (_gateway, SessionId, Instance) = (gateway, sessionId, instance);
        People = [.. Enumerable.Range(1, 4).Select(n => Simulated.WhatsApp.AddPerson(TestGateway.NewPhone(), $"Person {n.ToString(CultureInfo.InvariantCulture)}"))];
        var number = Interlocked.Increment(ref _groups);
        Group = Simulated.WhatsApp.AddGroup($"1203630252461{number + 10_000}", "Friends", [.. People]);
    }

    public string SessionId { get; }

    public Instance Instance { get; }

    public SimulatedGateway Simulated => _gateway.Simulated;

    public bool IsV1 => Simulated.Dialect.IsV1;

    public ParleyClient Client => _gateway.Tenant.Client;

    public IReadOnlyList<Person> People { get; }

    public Group Group { get; }

    /// <summary>On phones, by the message's id.</summary>
    public ConcurrentDictionary<string, Written> Written { get; } = new(StringComparer.Ordinal);

    public ConcurrentQueue<Asked> Asked { get; } = new();

    /// <summary>Answers that no rule explains.</summary>
    public ConcurrentQueue<string> Surprises { get; } = new();

    public static async Task<TruthLine> Open(ParleyProcess api, string version, TestTenant tenant, string sessionId)
    {
        var gateway = await TestGateway.Start(api, version, tenant);
        gateway.Simulated.Options.Retry = new WebhookRetry { Attempts = 1_000, Initial = TimeSpan.FromMilliseconds(200), Longest = TimeSpan.FromSeconds(1) };
        return new TruthLine(gateway, sessionId, await gateway.OpenSession(sessionId));
    }

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();
}
