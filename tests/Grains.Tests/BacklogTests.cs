using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Parley.Domain.Messages;
using Parley.Grains.Abstractions;
using Parley.Ingest.Buffering;
using Parley.Ports.Gateways;

namespace Parley.Grains.Tests;

/// <summary>Webhooks that wait in a buffer may hold the echo of a send.</summary>
public sealed class BacklogTests
{
    [Fact]
    public async Task no_send_becomes_unknown_while_webhooks_wait()
    {
        var backlog = new Backlog { Waits = true };
        await using var cluster = new Cluster(1, silo => silo.Services.Replace(ServiceDescriptor.Singleton<IWebhookBacklog>(backlog)));
        await cluster.InitializeAsync();
        Assert.SkipWhen(cluster.Missing is not null, cluster.Missing ?? "");
        TenantContext.Set("acme");
        var outbox = new Outbox(cluster, "acme");
        await outbox.Open();
        outbox.OnSend((_, _) => throw new GatewayException(GatewayFault.Unknown, "timed out"));

        var id = await outbox.Queue("hello");
        var abandoned = DateTimeOffset.UtcNow + cluster.Get<SendOptions>().Abandoned + TimeSpan.FromSeconds(1);
        while (DateTimeOffset.UtcNow < abandoned)
        {
            await outbox.Sender().Run();
            Assert.Equal(MessageStatus.Pending, (await outbox.Read(id)).Status);
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        Assert.True(backlog.WasAsked);
        backlog.Waits = false;
        await outbox.Drain();
        Assert.Equal(MessageStatus.OutcomeUnknown, (await outbox.Read(id)).Status);
        Assert.Single(outbox.Asked);
    }

    private sealed class Backlog : IWebhookBacklog
    {
        private volatile bool _waits;
        private volatile bool _wasAsked;

        public bool Waits
        {
            set => _waits = value;
        }

        public bool WasAsked => _wasAsked;

        public Task<bool> IsDone(DateTimeOffset upTo, CancellationToken cancellationToken)
        {
            _wasAsked = true;
            return Task.FromResult(!_waits);
        }
    }
}
