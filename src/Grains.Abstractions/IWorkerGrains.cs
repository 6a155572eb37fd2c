using Orleans.CodeGeneration;
using Parley.Domain.Work;

namespace Parley.Grains.Abstractions;

/// <summary>Does the durable to-dos of one tenant: better addresses, merges, erasing. Key: the tenant's id.</summary>
/// <remarks>All it knows is in the store; two at once do no harm.</remarks>
[TenantGrain, Alias("parley.ITenantWorkerGrain"), Version(1)]
public interface ITenantWorkerGrain : IGrainWithStringKey
{
    /// <summary>Works off what is due.</summary>
    /// <returns>False when something is left for later.</returns>
    [Alias("Run")]
    Task<bool> Run();
}

/// <summary>Sends what a session has in its queue. Key: <c>tenant/sessionId</c>.</summary>
/// <remarks>All it knows is in the store; of two at once only the one that makes a send leave sends it.</remarks>
[TenantGrain, Alias("parley.ISenderGrain"), Version(1)]
public interface ISenderGrain : IGrainWithStringKey
{
    /// <summary>Begins to work off the queue, if it is not at it already, and does not wait for the end.</summary>
    /// <returns>Whether the queue was empty and the last run left no echo over.</returns>
    [Alias("Run")]
    Task<bool> Run();
}

/// <summary>Brings a session to the state that its tenant wants, and finds out what the gateway did not report. Key: <c>tenant/sessionId</c>.</summary>
/// <remarks>All it knows is in the store; two at once do no harm.</remarks>
[TenantGrain, Alias("parley.ILineKeeperGrain"), Version(1)]
public interface ILineKeeperGrain : IGrainWithStringKey
{
    /// <summary>Does what is to be done now.</summary>
    /// <returns>When to look again; null = the session is not run by Parley (any more).</returns>
    [Alias("Run")]
    Task<TimeSpan?> Run();
}

/// <summary>Asks a gateway for the bytes of one message's media. Key: <c>tenant/message id</c>.</summary>
[TenantGrain, Alias("parley.IMediaFetcherGrain"), Version(1)]
public interface IMediaFetcherGrain : IGrainWithStringKey
{
    /// <summary>Begins to ask, if that is not being done already, and does not wait for the end.</summary>
    [Alias("Fetch")]
    Task Fetch();
}

/// <summary>Brings in what a gateway has of a session that Parley missed. Key: <c>tenant/sessionId</c>.</summary>
/// <remarks>What is known already changes nothing, so a run that dies is done again from its beginning.</remarks>
[TenantGrain, Alias("parley.ILineSyncGrain"), Version(1)]
public interface ILineSyncGrain : IGrainWithStringKey
{
    /// <summary>Begins to do it, if it is not at it already, and does not wait for the end.</summary>
    /// <returns>Whether this very to-do is done.</returns>
    [Alias("Run")]
    Task<bool> Run(SyncLine item);
}

/// <summary>Looks again at what may have passed each other, and lets things expire. Key: <c>sweep</c>.</summary>
[SystemGrain, Alias("parley.ISweepGrain"), Version(1)]
public interface ISweepGrain : IGrainWithStringKey
{
    [Alias("Run")]
    Task Run();
}

/// <summary>Notices when nobody took webhooks, and has sessions read back what they may have missed. Key: <c>outage</c>.</summary>
/// <remarks>All it knows is in the store; two at once do no harm.</remarks>
[SystemGrain, Alias("parley.IOutageGrain"), Version(1)]
public interface IOutageGrain : IGrainWithStringKey
{
    /// <summary>A node takes webhooks and reaches this grain. Does not wait for what follows from it.</summary>
    [Alias("Beat")]
    Task Beat();
}

/// <summary>Numbers the events of one shard of tenants, where the store does not do so in the commit. Key: the shard.</summary>
/// <remarks>All it knows is in the store; of two at once the store refuses one.</remarks>
[SystemGrain, Alias("parley.IRelayGrain"), Version(1)]
public interface IRelayGrain : IGrainWithIntegerKey
{
    /// <summary>Numbers all that waits, what came meanwhile included.</summary>
    [Alias("Run")]
    Task Run();
}

/// <summary>Posts events to one endpoint. Key: <c>owner/endpointId</c>; the owner is a tenant, or empty for the administrator's.</summary>
/// <remarks>All it knows is in the store. Two of one may post an event twice; the place moves for one of them only.</remarks>
[SystemGrain, Alias("parley.IWebhookDelivererGrain"), Version(1)]
public interface IWebhookDelivererGrain : IGrainWithStringKey
{
    /// <summary>Begins to post what waits, if it is not at it already, and does not wait for the end.</summary>
    /// <param name="version">The endpoint's, as the caller knows it: one who knows an older one reads the endpoint again.</param>
    [Alias("Run")]
    Task Run(long version);
}

/// <summary>Publishes the events of one shard to Kafka. Key: the shard.</summary>
/// <remarks>Two of one may publish events twice, never in another order; the place moves for one of them only.</remarks>
[SystemGrain, Alias("parley.IKafkaPublisherGrain"), Version(1)]
public interface IKafkaPublisherGrain : IGrainWithIntegerKey
{
    /// <summary>Begins to publish what waits, if it is not at it already, and does not wait for the end.</summary>
    [Alias("Run")]
    Task Run();
}
