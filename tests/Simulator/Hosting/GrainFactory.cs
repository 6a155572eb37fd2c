using System.Collections.Immutable;
using Parley.Domain.Addresses;
using Parley.Domain.Messages;
using Parley.Domain.Sessions;
using Parley.Grains.Abstractions;

namespace Parley.Simulator.Hosting;

/// <summary>A node's references to grains: each call goes through the cluster.</summary>
internal sealed class GrainFactory(Cluster cluster, Node node) : IGrainFactory
{
    public TGrainInterface GetGrain<TGrainInterface>(string primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithStringKey
    {
        object reference = typeof(TGrainInterface) == typeof(IConversationGrain) ? new ConversationReference(cluster, node, primaryKey)
            : typeof(TGrainInterface) == typeof(ISessionGrain) ? new SessionReference(cluster, node, primaryKey)
            : typeof(TGrainInterface) == typeof(ITenantWorkerGrain) ? new WorkerReference(cluster, node, primaryKey)
            : typeof(TGrainInterface) == typeof(ISenderGrain) ? new SenderReference(cluster, node, primaryKey)
            : typeof(TGrainInterface) == typeof(ISweepGrain) ? new SweepReference(cluster, node, primaryKey)
            : throw new NotSupportedException($"The simulator knows no {typeof(TGrainInterface).Name}.");
        return (TGrainInterface)reference;
    }

    public TGrainInterface GetGrain<TGrainInterface>(Guid primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithGuidKey => throw new NotSupportedException();

    public TGrainInterface GetGrain<TGrainInterface>(long primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithIntegerKey =>
        (TGrainInterface)(object)new RelayReference(cluster, node, GrainIdKeyExtensions.CreateIntegerKey(primaryKey).ToString()!);

    public TGrainInterface GetGrain<TGrainInterface>(Guid primaryKey, string keyExtension, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithGuidCompoundKey => throw new NotSupportedException();

    public TGrainInterface GetGrain<TGrainInterface>(long primaryKey, string keyExtension, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithIntegerCompoundKey => throw new NotSupportedException();

    public TGrainObserverInterface CreateObjectReference<TGrainObserverInterface>(IGrainObserver obj)
        where TGrainObserverInterface : IGrainObserver => throw new NotSupportedException();

    public void DeleteObjectReference<TGrainObserverInterface>(IGrainObserver obj)
        where TGrainObserverInterface : IGrainObserver => throw new NotSupportedException();

    public IGrain GetGrain(Type grainInterfaceType, Guid grainPrimaryKey) => throw new NotSupportedException();

    public IGrain GetGrain(Type grainInterfaceType, long grainPrimaryKey) => throw new NotSupportedException();

    public IGrain GetGrain(Type grainInterfaceType, string grainPrimaryKey) => throw new NotSupportedException();

    public IGrain GetGrain(Type grainInterfaceType, Guid grainPrimaryKey, string keyExtension) => throw new NotSupportedException();

    public IGrain GetGrain(Type grainInterfaceType, long grainPrimaryKey, string keyExtension) => throw new NotSupportedException();

    public TGrainInterface GetGrain<TGrainInterface>(GrainId grainId)
        where TGrainInterface : IAddressable => throw new NotSupportedException();

    public IAddressable GetGrain(GrainId grainId) => throw new NotSupportedException();

    public IAddressable GetGrain(GrainId grainId, GrainInterfaceType interfaceType) => throw new NotSupportedException();

    public IAddressable GetGrain(Type interfaceType, IdSpan grainKey, string grainClassNamePrefix) => throw new NotSupportedException();

    public IAddressable GetGrain(Type interfaceType, IdSpan grainKey) => throw new NotSupportedException();

    private sealed class ConversationReference(Cluster cluster, Node node, string key) : IConversationGrain
    {
        public Task<ApplyReply> Apply(ApplyRequest request) => Call(nameof(Apply), g => g.Apply(request));

        public Task<MarkReadReply> MarkRead(long? upTo) => Call(nameof(MarkRead), g => g.MarkRead(upTo));

        public Task<DeleteReply> Delete() => Call(nameof(Delete), g => g.Delete());

        public Task<LearnReply> Learn(Address known, Address better) => Call(nameof(Learn), g => g.Learn(known, better));

        public Task<SealReply> Seal(SealRequest request) => Call(nameof(Seal), g => g.Seal(request));

        public Task<TakeOverReply> TakeOver(string from) => Call(nameof(TakeOver), g => g.TakeOver(from));

        public Task<bool> Erase() => Call(nameof(Erase), g => g.Erase());

        public Task<QueueReply> Queue(QueueRequest request) => Call(nameof(Queue), g => g.Queue(request));

        public Task<LeaveReply> Leave(Guid messageId, Guid token) => Call(nameof(Leave), g => g.Leave(messageId, token));

        public Task<SettleReply> Settle(SettleRequest request) => Call(nameof(Settle), g => g.Settle(request));

        public Task<SettleReply> Cancel(Guid messageId) => Call(nameof(Cancel), g => g.Cancel(messageId));

        public Task<bool> DropDouble(string externalId, Direction direction) => Call(nameof(DropDouble), g => g.DropDouble(externalId, direction));

        private Task<T> Call<T>(string method, Func<IConversationGrain, Task<T>> call) => cluster.Call(node, key, method, call);
    }

    private sealed class SessionReference(Cluster cluster, Node node, string key) : ISessionGrain
    {
        public Task<Session> Observe(string instanceName, ImmutableArray<SessionSignal> signals) =>
            Call(nameof(Observe), g => g.Observe(instanceName, signals));

        public Task<SessionReply> Create(SessionPlan plan) => Call(nameof(Create), g => g.Create(plan));

        public Task<SessionReply> Adopt(SessionPlan plan) => Call(nameof(Adopt), g => g.Adopt(plan));

        public Task<SessionReply> Command(SessionCommand command) => Call(nameof(Command), g => g.Command(command));

        public Task<Session?> Report(SessionReport report) => Call(nameof(Report), g => g.Report(report));

        public Task<SessionReply> Attention(string code) => Call(nameof(Attention), g => g.Attention(code));

        public Task<bool> Note(SyncRun run) => Call(nameof(Note), g => g.Note(run));

        private Task<T> Call<T>(string method, Func<ISessionGrain, Task<T>> call) => cluster.Call(node, key, method, call);
    }

    private sealed class WorkerReference(Cluster cluster, Node node, string key) : ITenantWorkerGrain
    {
        public Task<bool> Run() => cluster.Call<ITenantWorkerGrain, bool>(node, key, nameof(Run), g => g.Run());
    }

    private sealed class SenderReference(Cluster cluster, Node node, string key) : ISenderGrain
    {
        public Task<bool> Run() => cluster.Call<ISenderGrain, bool>(node, key, nameof(Run), g => g.Run());
    }

    private sealed class RelayReference(Cluster cluster, Node node, string key) : IRelayGrain
    {
        public Task Run() => cluster.Call<IRelayGrain, bool>(node, key, nameof(Run), async g =>
        {
            await g.Run();
            return true;
        });
    }

    private sealed class SweepReference(Cluster cluster, Node node, string key) : ISweepGrain
    {
        public Task Run() => cluster.Call<ISweepGrain, bool>(node, key, nameof(Run), async g =>
        {
            await g.Run();
            return true;
        });
    }
}
