namespace Parley.Simulator.Tests;

/// <summary>Every safeguard that the promises rest on, and what the code is without it.</summary>
internal static class Mutants
{
    private const string Draft = "src/Domain/Conversations/ConversationDraft.cs";
    private const string Rules = "src/Domain/Messages/MessageRules.cs";
    private const string Grain = "src/Grains/ConversationGrain.cs";
    private const string Decisions = "src/Grains/ItemDecisions.cs";
    private const string Worker = "src/Grains/TenantWorkerGrain.cs";
    private const string Changes = "src/Ingest/ChangeRouter.cs";
    private const string Routes = "src/Ingest/Routes.cs";
    private const string DraftSends = "src/Domain/Conversations/ConversationDraft.Sends.cs";
    private const string GrainSends = "src/Grains/ConversationGrain.Sends.cs";
    private const string Sender = "src/Grains/SenderGrain.cs";
    private const string SendFaults = "src/Grains/SendFaults.cs";
    private const string Sweep = "src/Grains/SweepGrain.cs";
    private const string Echoes = "src/Ingest/Echoes.cs";
    private const string Relay = "tests/Simulator/Stores/ModelStore.Relay.cs";
    private const string RelayGrain = "src/Grains/RelayGrain.cs";
    private const string RelayClock = "src/Grains/RelayClock.cs";
    private const string Store = "tests/Simulator/Stores/ModelStore.Conversations.cs";

    public static IReadOnlyList<Mutant> All { get; } =
    [
        new("the expected version", (Store, "kept != next - 1", "false")),
        new("the commits laid over a read", (Decisions, "if (recent.Find(key) is { } committed)", "if (recent.Find(key) is { } committed && committed.Sequence < 0)")),
        new("seeing an id only after its commit", (Grain, "            // A conversation begins with a message;", "            batch.ForEach(pending => pending.Complete(draft?.Head, null));\n            // A conversation begins with a message;")),
        new("unknown is not yes", (Grain, "throw Fail(\"The outcome of a commit is not known.\", e);", "_ = e; result = CommitResult.Done;")),
        new("unknown is not no", (Grain, "throw Fail(\"The outcome of a commit is not known.\", e);", "_ = e; return CommitResult.Stale;")),
        new("a commit refuses what it takes for new and is known", (Store, "seen.Messages.Count + seen.Parked.Count > 0", "seen.Messages.Count > 99")),
        new("a commit that did not look makes its caller look", (Grain, "|| seen is { Messages: [], Parked: [] })", "|| seen is null or { Messages: [], Parked: [] })")),
        new("the second look of a message for its changes", (Grain, "        await ApplyParked(lookup);\n    }", "    }")),
        new("the second look of a message for its double", (Grain, "        await LeaveDoubles(request, lookup);\n", "")),
        new("the second look of a change", (Changes, "        await Apply(tenantId, all, open, outcomes, cancellationToken);\n        return outcomes;", "        return outcomes;")),
        new("parked before the look", (Changes, "        var parked = await parking.Park(", "        await Apply(tenantId, [.. changes.Select(c => new ParkedChange(0, tenantId, sessionId, c))], open, outcomes, cancellationToken);\n        if (open.Count == 0)\n        {\n            return outcomes;\n        }\n\n        var parked = await parking.Park("), (Changes, "        await Apply(tenantId, all, open, outcomes, cancellationToken);\n        return outcomes;", "        return outcomes;")),
        new("a pair is durable before its message is routed", (Routes, "        var left = await book.Learn(tenantId, unknown, time.GetUtcNow(), cancellationToken);", "        _ = book.Learn(tenantId, unknown, time.GetUtcNow(), cancellationToken);\n        var left = true;")),
        new("an answer that rests on no commit is confirmed", (Grain, "        if ((kept?.Version ?? 0) != (_head?.Version ?? 0))", "        if ((kept?.Version ?? 0) < 0)")),
        new("the one with a number stays", (Draft, "            return _head.HasPhone;", "            return !_head.HasPhone;")),
        new("the seal is judged by the own head", (Grain, "if (draft.StaysBeside(request.Into, request.IntoHasPhone, request.IntoCreatedAt))", "if (request.Into.Length == 0)")),
        new("none is sealed that is taking over", (Grain, "if (!head.TakingOver.IsEmpty || IsLeaving(head))", "if (IsLeaving(head))")),
        new("unread is kept by moving", (Draft, "TakeMessage(from, sequence, message, message.CountsUnread && sequence > state.ReadUpTo);", "TakeMessage(from, sequence, message, message.CountsUnread);")),
        new("what is deleted there arrives deleted", (Draft, "if (message is null || sequence <= state.DeletedUpTo)", "if (message is null)")),
        new("the delete mark covers what is still to be taken over", (Draft, "t with { DeletedUpTo = t.Last }", "t")),
        new("the delete mark goes along with the seal", (Draft, "from.LastSequence, from.ReadUpTo, from.DeletedUpTo, null)", "from.LastSequence, from.ReadUpTo, 0, null)")),
        new("a double is folded", (Draft, "            known = Over(key, known);\n            if (known is null)", "            known = Over(key, known);\n            if (known is null || sequence > 0)")),
        new("a double gives what it knows", (Draft, "MessageRules.Fold(known.Message!, doubled, _now)", "known.Message!")),
        new("what is taken over looks for parked changes", (Grain, "                _decisions.ApplyParked(draft, message.ExternalId, lookup);\n", ""), (Grain, "            await ApplyParked(await _reads.LookUp(taken, []));\n", "")),
        new("a copy of a tombstone is ignored", (Draft, "        if (known is null)\n        {\n            Add(delivery);", "        if (known is null || IsDeleted(known))\n        {\n            Add(delivery);")),
        new("a change of a tombstone is ignored", (Draft, "    private bool IsDeleted(KnownMessage known) => known.Message is null || known.Sequence <= _head.DeletedUpTo;", "    private bool IsDeleted(KnownMessage known) => known.Message is null;")),
        new("deleting leaves the erasing", (Draft, "        _leaves.Add(new Erase(_head.ConversationId));\n", "")),
        new("a status only moves forward", (Rules, "        var status = Max(kept.Status, told);", "        var status = told;")),
        new("a message of another conversation of the line is a duplicate", (Decisions, "if (Elsewhere(lookup, message) is { } other)", "if (Elsewhere(lookup, message) is { Sequence: < 0 } other)")),
        new("a merge is finished by whoever finds it begun", (Worker, "        await FinishTakeOver(merge.One);\n        await FinishTakeOver(merge.Other);\n        var one", "        var one"), (Worker, "            await FinishTakeOver(merge.One);\n            await FinishTakeOver(merge.Other);\n            return true;", "            return true;")),
        new("of two relays at once one is refused", (Relay, "plan.Running != _shards[plan.Shard].Count", "plan.Running < 0")),
        new("a conversation's events are numbered in their order", (Relay, ".OrderBy(row => row.Events[0].Number)", "")),
        new("a relay takes from the outbox what it numbers", (Relay, "            tenant.Outbox.RemoveAll(rows.Select(row => row.Row).Contains);\n", "")),
        new("the clock looks for events of which nobody told", (RelayClock, "await source.WaitingShards(stoppingToken)", "Array.Empty<int>()")),
        new("a shard whose relay failed is woken again", (RelayClock, "                // The clock comes again.\n", "                return;\n")),
        new("a relay that has ended runs when it is asked again", (RelayGrain, "_running is { IsCompleted: false } running", "_running is { } running")),
        new("only whoever made a send leave sends it", (GrainSends, "(send.State == SendState.Leaving && send.Token != token)", "send.Sequence < 0")),
        new("a send leaves by a commit", (GrainSends, "            draft.MakeLeave(send, token);\n            await Commit(draft);\n", "            _head = head with { Sends = head.Sends.Replace(send, send with { State = SendState.Leaving, Token = token }) };\n")),
        new("what may have been sent is not sent again", (SendFaults, "GatewayFault.Unknown => (SendResult.Unknown, null)", "GatewayFault.Unknown => (SendResult.NotSent, null)")),
        new("a send that is over leaves the queue", (DraftSends, "s.MessageId == send.MessageId) };\n        Dequeue(send.MessageId);", "s.MessageId == send.MessageId) };")),
        new("none is sealed that sends", (Grain, "if (!head.TakingOver.IsEmpty || IsLeaving(head))", "if (!head.TakingOver.IsEmpty)")),
        new("what waits goes along with a merge", (Draft, "        TakeSend(moved);\n", "")),
        new("a merge keeps the send, not its echo", (Draft, "else if (message.IsSend)", "else if (message.Sequence < 0)")),
        new("a folded double is told to be gone", (Draft, "if (message.DeletedAt is null)\n                {\n                    // It was", "if (message.Sequence < 0)\n                {\n                    // It was")),
        new("what is deleted is not sent any more", (Draft, "        CancelSends();\n", "")),
        new("what left before it was deleted is erased when it is over", (DraftSends, "            Leave(new Erase(_head.ConversationId));\n", "")),
        new("what is nobody's any more is settled", (Sender, "        await SettleAbandoned(firstPage);\n", "")),
        new("an echo waits while its send leaves", (Echoes, "        if (own.Count == 0)\n        {\n            return parked;\n        }\n\n        var known", "        if (own.Count >= 0)\n        {\n            return parked;\n        }\n\n        var known")),
        new("an echo that the gateway's list tells waits, too", (Echoes, "m.Message.Direction == Direction.Out)", "m.Message is { Direction: Direction.Out, Origin: MessageOrigin.Live })")),
        new("an echo is released after its send is settled", (Echoes, "known.Contains(e.Echo.Message.ExternalId)\n", "e.Id > 0\n")),
        new("an echo looks for the send after it was parked", (Echoes, "        if (parked.Count > 0)\n", "        if (parked.Count > 999)\n"), (Sweep, "            () => MeetEchoes(now),\n", "")),
        new("a sender that could not look for echoes does so again", (Sender, "if (_isDone && await", "if (await"), (Sweep, "            () => MeetEchoes(now),\n", "")),
        new("an echo tells how a send ended", (Decisions, "&& BecomeSend(draft, message, lookup)", "&& draft.Touched.Count < 0 && BecomeSend(draft, message, lookup)")),
        new("the copy that came first gives its id up", (DraftSends, "if (taken is not null && taken.Sequence != before.Sequence)", "if (taken is { Sequence: < 0 })")),
        new("the second look after a send is named", (GrainSends, "        if (named is not null)\n        {\n            await MeetNamed(named, reply.Message!);\n        }\n\n", "")),
    ];
}
