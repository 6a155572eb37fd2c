using System.Runtime.CompilerServices;
using Orleans.Concurrency;
using Parley.Domain.Addresses;
using Parley.Domain.Conversations;
using Parley.Domain.Messages;
using Parley.Grains.Abstractions;

namespace Parley.PreviousSilo;

/// <summary>Takes the place of the real one (Orleans names a grain by its class), keeps nothing, tells what it was given, and answers with
/// something that is made of it.</summary>
[Reentrant]
public sealed class ConversationGrain(IGrainContext context) : IConversationGrain
{
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    private string Key => context.GrainId.Key.ToString()!;

    public Task<ApplyReply> Apply(ApplyRequest request)
    {
        Tell(request);
        return Task.FromResult(new ApplyReply(null, null, false, [.. request.Items.Select(Take)]));
    }

    public Task<MarkReadReply> MarkRead(long? upTo)
    {
        Tell(upTo);
        return Task.FromResult(new MarkReadReply(null, true, upTo + 1 ?? 0, upTo ?? -1));
    }

    public Task<DeleteReply> Delete()
    {
        Tell();
        return Task.FromResult(new DeleteReply($"{Key}:deleted", true));
    }

    public Task<LearnReply> Learn(Address known, Address better)
    {
        Tell(new { known, better });
        return Task.FromResult(new LearnReply(null, new AddressPair { Low = known.Value, High = better.Value }));
    }

    public Task<SealReply> Seal(SealRequest request)
    {
        Tell(request);
        return Task.FromResult(new SealReply(SealOutcome.Moved, request.Into));
    }

    public Task<TakeOverReply> TakeOver(string from)
    {
        Tell(from);
        return Task.FromResult(new TakeOverReply(from, true));
    }

    public Task<bool> Erase()
    {
        Tell();
        return Task.FromResult(true);
    }

    public Task<bool> DropDouble(string externalId, Direction direction)
    {
        Tell(new { externalId, direction });
        return direction == Direction.In ? Task.FromResult(true) : throw new RetryableException(externalId);
    }

    private ItemReply Take(ConversationItem item) =>
        item is not KeepItem keep ? new(ItemOutcome.Changed)
        : _known.Add(keep.Message.ExternalId) ? new(ItemOutcome.Kept)
        : new(ItemOutcome.Duplicate);

    private void Tell(object? given = null, [CallerMemberName] string call = "") =>
        Output.Write(new { Call = call, Key, Tenant = RequestContext.Get(TenantContext.Key), Given = given });
}
