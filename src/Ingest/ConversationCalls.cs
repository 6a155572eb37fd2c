using Parley.Grains.Abstractions;

namespace Parley.Ingest;

/// <summary>Calls conversations, and goes where a merged one points.</summary>
public sealed class ConversationCalls(IGrainFactory grains, TimeProvider time)
{
    private const int MostReferences = 50_000;

    /// <summary>Merges are rare and short; a longer chain of pointers is a fault.</summary>
    private const int MostPointers = 16;

    // Orleans finds the type of a reference by reflection, each time that one is made: a twentieth of what a message costs.
    private readonly ExpiringMap<(string Tenant, string Conversation), IConversationGrain> _references =
        new(time, TimeSpan.FromHours(1), MostReferences);

    public IConversationGrain Grain(string tenantId, string conversationId)
    {
        if (!_references.TryGet((tenantId, conversationId), out var grain))
        {
            grain = grains.GetGrain<IConversationGrain>(GrainKey.Of(tenantId, conversationId));
            _references.Set((tenantId, conversationId), grain);
        }

        return grain;
    }

    /// <returns>The reply, and the conversation that gave it.</returns>
    public async Task<(string ConversationId, ApplyReply Reply)> Apply(string tenantId, string conversationId, ApplyRequest request)
    {
        var (id, reply) = await Follow(tenantId, conversationId, grain => grain.Apply(request), static r => r.MovedTo);
        return (id, reply);
    }

    /// <summary>Makes a call at the conversation that stays.</summary>
    /// <param name="movedTo">Where a reply points, if it does.</param>
    public async Task<(string ConversationId, T Reply)> Follow<T>(
        string tenantId, string conversationId, Func<IConversationGrain, Task<T>> call, Func<T, string?> movedTo)
    {
        for (var i = 0; i < MostPointers; i++)
        {
            var reply = await call(Grain(tenantId, conversationId));
            if (movedTo(reply) is not { } next)
            {
                return (conversationId, reply);
            }

            conversationId = next;
        }

        throw new InvalidOperationException("Merged conversations point in a circle.");
    }
}
