using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Parley.Api.Events;
using Parley.Api.Http;
using Parley.Api.Paging;
using Parley.Api.Resources;
using Parley.Domain.Conversations;
using Parley.Domain.Messages;
using Parley.Domain.Sessions;
using Parley.Ingest;

namespace Parley.Api.Endpoints;

/// <summary>The examples of the OpenAPI document, made from the very records that are answered.</summary>
internal static class Examples
{
    private const string Line = "5511987650001";
    private const string Customer = "5511987650002";
    private const string Key = "parley_0123456789ABCDEFGHIJabcdefghij0aB1cD";
    private const string Token = "hook_0123456789ABCDEFGHIJabcdefghij0aB1cD";

    private static readonly DateTimeOffset Noon = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    public static CreatedTenantResource CreatedTenant => new("acme", Key, Token, $"https://parley.example/webhooks/evolution/{Token}");

    public static TenantResource Tenant => new("acme", "Acme Ltd.", Noon);

    public static TenantDetailsResource TenantDetails => new(
        "acme", "Acme Ltd.", Noon, [new KeyResource(Id, "B1cD", AllScopes, Noon)], [new TokenResource(Id, "B1cD", Noon)]);

    public static CreatedKeyResource CreatedKey => new(Id, Key, AllScopes, Noon);

    public static CreatedTokenResource CreatedToken => new(Id, Token, $"https://parley.example/webhooks/evolution/{Token}", Noon);

    public static SessionResource Session => new(
        "shop-1",
        "main",
        "p-abcdefghijklmnopqrstuv",
        SessionStatus.Open,
        SessionStatus.Open,
        "200",
        null,
        Line,
        new SessionWebhookResource("https://parley.example/webhooks/evolution/****B1cD", Noon.AddMinutes(5)),
        Noon,
        Noon,
        Noon,
        false,
        new SessionSettingsResource(30, false),
        new Dictionary<string, string>(StringComparer.Ordinal) { ["shop"] = "centre" });

    public static AdminSessionResource AdminSession => new(
        "acme",
        "shop-1",
        "main",
        "p-abcdefghijklmnopqrstuv",
        SessionStatus.Open,
        SessionStatus.Open,
        "200",
        null,
        Line,
        new SessionWebhookResource("https://parley.example/webhooks/evolution/****B1cD", Noon.AddMinutes(5)),
        Noon,
        Noon,
        Noon,
        false,
        new SessionSettingsResource(30, false),
        new Dictionary<string, string>(StringComparer.Ordinal) { ["shop"] = "centre" });

    public static GatewayResource Gateway => new("main", "evolution", "https://evolution.example", "B1cD", Noon, Noon);

    public static CreatedGatewayResource CreatedGateway =>
        new("main", Token, $"https://parley.example/webhooks/evolution/{Token}");

    public static InstanceResource Instance => new("shop-line", SessionStatus.Open, Line, "https://former.example/hook", null, null);

    public static AdoptionResource Adoption => new("shop-line", "shop-1", AdoptionOutcome.Adopted, null);

    public static ConnectResource Connected => new(SessionStatus.Connecting, "ABCD1234", Noon.AddMinutes(1));

    public static QrResource Qr => new("2@fresh-code", null, Noon.AddMinutes(1));

    public static NumberCheckResource NumberCheck => new(Customer, true, Customer);

    public static TransitionResource Transition => new(2, SessionStatus.Connecting, SessionStatus.Open, "200", true, Noon);

    public static ConversationResource Conversation => new(
        $"{Line}:{Customer}",
        ConversationKind.Direct,
        [Line, Customer],
        new LineResource("shop-1", Line),
        new ContactResource(Customer, Customer, "100000000000011@lid", "Ana", null),
        ["shop-1"],
        1,
        1,
        0,
        1,
        0,
        1,
        Message,
        Noon,
        Noon);

    public static MessageResource Message => new(
        Guid.Parse("019cae2f-5c00-7000-8000-000000000001"),
        "3EB0C767D097B7C0C1F2",
        $"{Line}:{Customer}",
        "shop-1",
        1,
        Direction.In,
        MessageOrigin.Live,
        ShownStatus.Delivered,
        Customer,
        Line,
        null,
        "Ana",
        MessageType.Text,
        null,
        "Is the red one still there?",
        null,
        null,
        [],
        null,
        null,
        null,
        null,
        [],
        false,
        null,
        [new ReactionResource(Line, "👍", Noon.AddMinutes(1))],
        [],
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        Noon,
        Noon,
        Noon,
        null,
        Noon,
        null,
        null,
        null);

    public static SendMessageRequest Send => new(Text: "Yes, it is. Shall we keep it for you?");

    public static UploadResource Upload => new("019cae2f5c0070008000000000000004", "image/jpeg", "red.jpg", 81_234, Noon.AddDays(1));

    public static SyncRunResource SyncRun => new(
        Guid.Parse("019cae2f-5c00-7000-8000-000000000005"), SyncStatus.Done, Noon.AddHours(-2), Noon, 320, 3, Noon, Noon.AddSeconds(4), null);

    public static MarkReadResource MarkedRead => new(0, 12, ReceiptOutcome.Skipped);

    public static QuarantineResource Quarantined => new(
        Guid.Parse("019cae2f-5c00-7000-8000-000000000002"), "no_content", "The message has no content.", "shop-1", "messages.upsert", Noon, 512);

    public static QuarantineDetailsResource QuarantinedDetails => new(
        Guid.Parse("019cae2f-5c00-7000-8000-000000000002"),
        "no_content",
        "The message has no content.",
        "shop-1",
        "messages.upsert",
        Noon,
        512,
        new RawJson(Encoding.UTF8.GetBytes("""{"event":"messages.upsert","instance":"shop-1","data":{}}""")));

    public static IReadOnlyDictionary<string, bool> Checks =>
        new Dictionary<string, bool>(StringComparer.Ordinal) { ["running"] = true, ["store"] = true, ["membership"] = true };

    public static JsonObject Webhook => new()
    {
        ["event"] = "messages.upsert",
        ["instance"] = "shop-1",
        ["data"] = new JsonObject
        {
            ["key"] = new JsonObject
            {
                ["remoteJid"] = $"{Customer}@s.whatsapp.net",
                ["fromMe"] = false,
                ["id"] = "3EB0C767D097B7C0C1F2",
            },
            ["pushName"] = "Ana",
            ["message"] = new JsonObject { ["conversation"] = "Is the red one still there?" },
            ["messageType"] = "conversation",
            ["messageTimestamp"] = Noon.ToUnixTimeSeconds(),
        },
        ["sender"] = $"{Line}@s.whatsapp.net",
        ["date_time"] = "2026-03-02T12:00:00.000Z",
    };

    public static EventTicketResource EventTicket => new("CfDJ8Ll3t5Zk0vB7q2xMdQ9aR1wTyU", Noon.AddMinutes(5));

    public static EventPageResource EventPage => new([Event(EventCatalogue.All[0])], new EventPaginationResource(PageCall.DefaultLimit, false, "42"));

    public static EventPageResource AdminEventPage => EventPage with
    {
        Pagination = new EventPaginationResource(PageCall.DefaultLimit, false, "42.0.7"),
    };

    public static string EventStream => $"""
        retry: 3000
        id: 41
        data:

        id: 42
        event: {EventCatalogue.All[0].Type}
        data: {JsonSerializer.Serialize(Event(EventCatalogue.All[0]), Json.Options)}

        :


        """.ReplaceLineEndings("\n");

    public static CloudEventResource Event(EventKind kind) => CloudEventResource.Of(EventRenderer.Show(
        EventCatalogue.Example(kind), new Dictionary<Guid, MessageResource?> { [Message.Id] = Message }));

    private static IReadOnlyList<KeyScope> AllScopes => [KeyScope.Read, KeyScope.Send, KeyScope.Manage];

    private static string Id => "019cae2f5c0070008000000000000003";

    public static ListAnswer<T> Page<T>(T row) => new([row], new Pagination(PageCall.DefaultLimit, 0, false, null, false, null, 1));
}
