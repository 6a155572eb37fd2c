using System.Collections.Immutable;
using Parley.Domain.Addresses;
using Parley.Domain.Conversations;
using Parley.Grains.Abstractions;
using Parley.Ports;

namespace Parley.Grains;

/// <summary>A call of Apply that waits for its commit.</summary>
internal sealed class PendingApply(ApplyRequest request, MessageLookup? lookup)
{
    private readonly TaskCompletionSource<ApplyReply> _reply = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ApplyRequest Request { get; } = request;

    /// <summary>What was read for it; null = nothing yet, all of it is taken for new.</summary>
    public MessageLookup? Lookup { get; set; } = lookup;

    /// <summary>The second look that came with the commit's answer; null = there was none.</summary>
    public MessageLookup? Seen { get; private set; }

    /// <summary>Gateway ids of deliveries that were not here when this call read, if it did. Another call may have brought one since: whichever
    /// ends well has looked for what came meanwhile.</summary>
    public HashSet<string> Unread { get; } = new(StringComparer.Ordinal);

    /// <summary>Gateway ids that the store refused.</summary>
    public HashSet<string> Refused { get; } = new(StringComparer.Ordinal);

    /// <summary>What was decided; true only once the commit is.</summary>
    public ImmutableArray<ItemReply> Outcomes { get; set; } = [];

    public Task<ApplyReply> Reply => _reply.Task;

    public IEnumerable<string> Ids => Request.Items.Select(static item => item.ExternalId);

    public void Complete(ApplyReply reply) => _reply.TrySetResult(reply);

    public void Complete(ConversationHead? head, MessageLookup? seen)
    {
        // What was looked up was no part of what the commit looked for.
        Seen = Lookup is null ? seen : null;
        Complete(new ApplyReply(null, null, head is not null && (!head.HasPhone || head.Line.Kind == AddressKind.Session), Outcomes));
    }

    /// <summary>Leaves out the item that the store refused; an id that is not here would be refused for ever, so then all are left out.</summary>
    public void Refuse(string? externalId)
    {
        if (externalId is not null && Ids.Contains(externalId, StringComparer.Ordinal) && Refused.Add(externalId))
        {
            return;
        }

        Refused.UnionWith(Ids);
    }

    public void Fail(Exception failure) => _reply.TrySetException(failure);
}
