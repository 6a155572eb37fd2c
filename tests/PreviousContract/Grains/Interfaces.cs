using System.Collections.Immutable;
using Orleans.CodeGeneration;
using Parley.Domain.Addresses;
using Parley.Domain.Messages;
using Parley.Domain.Sessions;

namespace Parley.Grains.Abstractions;

[Alias("parley.IConversationGrain"), Version(1)]
public interface IConversationGrain : IGrainWithStringKey
{
    [Alias("Apply")]
    Task<ApplyReply> Apply(ApplyRequest request);

    [Alias("MarkRead")]
    Task<MarkReadReply> MarkRead(long? upTo);

    [Alias("Delete")]
    Task<DeleteReply> Delete();

    [Alias("Learn")]
    Task<LearnReply> Learn(Address known, Address better);

    [Alias("Seal")]
    Task<SealReply> Seal(SealRequest request);

    [Alias("TakeOver")]
    Task<TakeOverReply> TakeOver(string from);

    [Alias("Erase")]
    Task<bool> Erase();

    [Alias("DropDouble")]
    Task<bool> DropDouble(string externalId, Direction direction);
}

[Alias("parley.ISessionGrain"), Version(1)]
public interface ISessionGrain : IGrainWithStringKey
{
    [Alias("Observe")]
    Task<Session> Observe(string instanceName, ImmutableArray<SessionSignal> signals);
}

[Alias("parley.ITenantWorkerGrain"), Version(1)]
public interface ITenantWorkerGrain : IGrainWithStringKey
{
    [Alias("Run")]
    Task<bool> Run();
}

[Alias("parley.ISweepGrain"), Version(1)]
public interface ISweepGrain : IGrainWithStringKey
{
    [Alias("Run")]
    Task Run();
}
