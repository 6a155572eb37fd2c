using Microsoft.Extensions.Logging.Abstractions;
using Parley.Storage.Sqlite.Reading;

namespace Parley.Storage.Sqlite.Tests;

/// <summary>No list reads a table from its start, and none sorts what it reads.</summary>
public sealed class QueryPlanTests
{
    public static TheoryData<string, string> Lists => new()
    {
        { ConversationList.VisibleOlder, "conversation_active" },
        { ConversationList.VisibleNewer, "conversation_active" },
        { ConversationList.UnreadOlder, "conversation_unread" },
        { ConversationList.UnreadNewer, "conversation_unread" },
        { ConversationMessages.Ascending, "INTEGER PRIMARY KEY" },
        { ConversationMessages.Descending, "INTEGER PRIMARY KEY" },
        { ConversationMessages.TimeAscending, "message_conversation_time" },
        { ConversationMessages.TimeDescending, "message_conversation_time" },
        { TenantMessages.ById, "message_id" },
        { TenantMessages.ByIdBackwards, "message_id" },
        { TenantMessages.ByTime, "message_time" },
        { TenantMessages.ByTimeBackwards, "message_time" },
        { TenantMessages.ByChange, "message_updated" },
        { TenantMessages.ByChangeBackwards, "message_updated" },
        { ConversationSearch.SelectConversations, "PRIMARY KEY" },
        { SessionList.OfTenant, "session_name" },
        { SessionList.OfTenantBackwards, "session_name" },
        { SessionList.OfAll, "session_name" },
        { SessionList.OfAllBackwards, "session_name" },
        { TransitionList.Older, "INTEGER PRIMARY KEY" },
        { TransitionList.Newer, "INTEGER PRIMARY KEY" },
        { TenantStore.After, "PRIMARY KEY" },
        { TenantStore.Before, "PRIMARY KEY" },
        { Quarantine.Older, "quarantine_id" },
        { Quarantine.Newer, "quarantine_id" },
        { Quarantine.OfCodeOlder, "quarantine_code" },
        { Quarantine.OfCodeNewer, "quarantine_code" },
        { IdLookUp.SelectByKey, "message_key" },
        { IdLookUp.SelectParked, "parked_target" },
        { ConversationStore.SelectAfter, "INTEGER PRIMARY KEY" },
        { ConversationStore.SelectUnread, "INTEGER PRIMARY KEY" },
        { ConversationStore.SelectMedia, "message_media" },
        { AddressBook.SelectByParty, "PRIMARY KEY" },
        { AddressBook.SelectHidden, "conversation_hidden" },
        { AddressBook.SelectLids, "lid_phone" },
        { WorkList.SelectDue, "work_due" },
        { WorkList.SelectNextTenant, "work_due" },
        { ParkingLot.SelectAfter, "INTEGER PRIMARY KEY" },
        { EventLog.SelectAfter, "INTEGER PRIMARY KEY" },
        { EventLog.SelectOfAll, "event_running" },
        { EventLog.SelectFirst, "INTEGER PRIMARY KEY" },
        { EventLog.SelectFirstOfAll, "event_running" },
        { EventLog.SelectLogged, "INTEGER PRIMARY KEY" },
        { EventLog.SelectLoggedOfAll, "event_running" },
        { EventLog.SelectOld, "event_running" },
        { ConversationStore.SelectById, "message_id" },
        { SessionList.Owners, "session_owner" },
        { TenantStore.SelectCredentials, "PRIMARY KEY" },
        { SendQueue.SelectOfSession, "send_session" },
        { SendQueue.SelectToCount, "send_session" },
        { SendQueue.SelectLeavingOfLine, "send_line" },
        { SendQueue.SelectLeaving, "send_leaving" },
        { SendQueue.SelectEchoes, "echo_line" },
        { SendQueue.SelectLines, "echo_parked" },
        { IdempotencyStore.Select, "PRIMARY KEY" },
        { IdempotencyStore.SelectOld, "idempotency_begun" },
        { UploadStore.Select, "PRIMARY KEY" },
        { UploadStore.SelectOld, "upload_expires" },
        { GatewayStore.After, "PRIMARY KEY" },
        { GatewayStore.Before, "PRIMARY KEY" },
        { WebhookEndpointStore.After, "PRIMARY KEY" },
        { WebhookEndpointStore.Before, "PRIMARY KEY" },
        { WebhookEndpointStore.SelectLive, "endpoint_live" },
        { WebhookEndpointStore.Older, "PRIMARY KEY" },
        { WebhookEndpointStore.Newer, "PRIMARY KEY" },
        { WebhookEndpointStore.OfStatusOlder, "delivery_status" },
        { WebhookEndpointStore.OfStatusNewer, "delivery_status" },
        { GatewayStore.SelectByToken, "gateway_token" },
    };

    [Theory]
    [MemberData(nameof(Lists))]
    public async Task Follows_its_index(string sql, string index)
    {
        using var data = new TempData();
        using var database = SqliteDatabase.Open(data.Options, TimeProvider.System, NullLogger<SqliteDatabase>.Instance);
        var plan = await database.Read(
            connection =>
            {
                var steps = new List<string>();
                using var rows = connection.Use("EXPLAIN QUERY PLAN " + sql);
                while (rows.Step())
                {
                    steps.Add(rows.Text(3));
                }

                return steps;
            },
            TestContext.Current.CancellationToken);

        Assert.All(plan, step => Assert.StartsWith("SEARCH", step, StringComparison.Ordinal));
        Assert.Contains(plan, step => step.Contains(index, StringComparison.Ordinal));
    }
}
